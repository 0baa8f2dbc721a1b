import { hash32 } from '../../../base/hash.ts';
import type { Sketch, SketchShape } from './sketch.ts';

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
