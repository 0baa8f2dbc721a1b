import { deriveSeed } from '../../../base/hash.ts';
import { random } from '../../../base/random.ts';
import type { Sketch, SketchShape } from './sketch.ts';

/**
 * P of normal numbers of variance 1/size: the sketch whose error is known to the constant (sketch-size.ts), and the
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
