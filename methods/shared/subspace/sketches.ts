import type { RowBlock } from './streamed-rows.ts';
import { deriveSeed, hash32 } from '../../../base/hash.ts';
import { random } from '../../../base/random.ts';

/**
 * S = P A of a matrix A that is seen row by row, P random and drawn without a look at A (oblivious): |S x| is |A x| up to a
 * factor near 1, for all x at once. It holds S and no row of A (SRHT: one block of rows).
 */
export interface Sketch {
  /** Blocks in order, every row once. */
  add(block: RowBlock): void;
  /** S, [size, width]. Nothing is added after it. */
  finish(): Float64Array;
}

export interface SketchShape {
  /** Rows of S. */
  readonly size: number;
  readonly width: number;
  readonly seed: number;
}

/**
 * P of normal numbers of variance 1/size: the sketch whose error is known to the constant (suites/subspace/sketch-size.ts), and the
 * slowest, size (width + a normal number) for every row. The numbers of a row come from its own stream.
 */
export function gaussianSketch({ size, width, seed }: SketchShape): Sketch {
  const sums = new Float64Array(size * width);
  return {
    add({ first, count, values }) {
      for (let row = 0; row < count; row++) {
        const stream = random(deriveSeed(seed, first + row));
        for (let to = 0; to < sums.length; to += width) {
          const factor = stream.normal();
          for (let k = 0; k < width; k++) sums[to + k] += factor * values[row * width + k];
        }
      }
    },
    finish: () => sums.map((x) => x / Math.sqrt(size)),
  };
}

/**
 * Every row of A is added, with a random sign, to one random row of S (Clarkson and Woodruff, STOC 2013): width additions
 * for a row whatever the size of S. One hash of a row's number gives both.
 */
export function countSketch({ size, width, seed }: SketchShape): Sketch {
  const sums = new Float64Array(size * width);
  return {
    add({ first, count, values }) {
      for (let row = 0, at = 0; row < count; row++, at += width) {
        const hash = hash32(first + row, seed);
        const to = ((hash >>> 1) % size) * width;
        if (hash & 1) for (let k = 0; k < width; k++) sums[to + k] += values[at + k];
        else for (let k = 0; k < width; k++) sums[to + k] -= values[at + k];
      }
    },
    finish: () => sums,
  };
}
