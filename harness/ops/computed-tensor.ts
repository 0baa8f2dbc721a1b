import * as tf from '../../tensors/index.ts';
import { kernelOr } from './kernel.ts';

type Arrays = readonly Readonly<ArrayLike<number>>[];

/**
 * A tensor whose floats a loop of JavaScript fills, of `shape`. Steps may be replayed by a backend: `fill` then runs again for the
 * step that is replayed, with that step's arrays in the places of `arrays`. So it takes arrays of a batch from there, and reads what
 * else differs from step to step when it runs. `into` is full of zeros.
 *
 * Backends may bring a kernel `ComputedTensor` (no inputs; attributes `shape`, `fill`, `arrays`).
 */
export function computedTensor<S extends number[], A extends Arrays>(
  shape: S,
  fill: (into: Float32Array, ...arrays: A) => void,
  ...arrays: A
): tf.Tensor {
  return kernelOr(
    'ComputedTensor',
    {},
    () => {
      const values = new Float32Array(tf.util.sizeFromShape(shape));
      fill(values, ...arrays);
      return tf.tensor(values, shape);
    },
    // Attributes are handed over as they are; their type knows no functions.
    { shape, fill: fill as never, arrays: arrays as never },
  );
}
