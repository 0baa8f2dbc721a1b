import * as tf from '../../tensors/index.ts';
import type { Layer, TrainingPlace } from '../../harness/contract/method.ts';
import { computedTensor } from '../../harness/ops/computed-tensor.ts';
import { deriveSeed } from '../../base/hash.ts';
import { random } from '../../base/random.ts';

/** Sums of the magnitudes of rows: [batch, fields, width] -> [batch, fields, 1]. */
export function sumsOfMagnitudes(rows: tf.Tensor3D): tf.Tensor3D {
  return tf.sum<tf.Tensor3D>(tf.abs(rows), 2, true);
}

/** Excess of each row's sum of magnitudes over the limit of its field, for the rows of all fields in order. */
export function overLimits(values: Float32Array, { fields, dim }: Layer, limits: Float32Array): Float32Array {
  const scores = new Float32Array(values.length / dim);
  let row = 0;
  fields.forEach(({ cardinality }, f) => {
    for (const end = row + cardinality; row < end; row++) {
      let sum = 0;
      for (let at = row * dim; at < (row + 1) * dim; at++) sum += Math.abs(values[at]);
      scores[row] = sum - limits[f];
    }
  });
  return scores;
}

/**
 * 1 if x > 0, else 0. A step has no slope to learn from; in its place stands the long-tailed one of Xu and Cheung (2019):
 * 2 - 4|x| up to .4, and .4 from there to 1.
 */
export function step<T extends tf.Tensor>(x: T): T {
  const op = tf.customGrad((...args) => {
    const [x, save] = args as unknown as [T, tf.GradSaveFunc];
    save([x]);
    return {
      value: tf.cast(tf.greater(x, 0), 'float32'),
      gradFunc: (dy: tf.Tensor, [x]: tf.Tensor[]) => {
        const distance = tf.abs(x);
        const slope = tf.maximum(tf.sub(2, tf.mul(distance, 4)), 0.4);
        return tf.mul(dy, tf.mul(slope, tf.cast(tf.lessEqual(distance, 1), 'float32')));
      },
    };
  });
  return op(x) as T;
}

/** 1 for the first coordinates, up to the width of each, and 0 after them: [.., fields, 1] -> [.., fields, dim]. */
export function prefixes(widths: tf.Tensor3D, dim: number): tf.Tensor3D {
  const coordinates = tf.reshape(tf.range(0, dim, 1, 'float32'), [1, 1, dim]);
  return tf.cast(tf.less(coordinates, widths), 'float32');
}

/** Draws a number from 1 to dim for every sample and field, the same in the same step of a run: [batch, fields, 1]. */
export function drawWidths(
  { fields, dim, seed }: { readonly fields: number; readonly dim: number; readonly seed: number },
  batch: number,
  { counter }: Pick<TrainingPlace, 'counter'>,
): tf.Tensor3D {
  const draw = (widths: Float32Array, [index]: Float64Array) => {
    const stream = random(deriveSeed(seed, 'widths', index));
    for (let i = 0; i < widths.length; i++) widths[i] = 1 + Math.floor(dim * stream.uniform());
  };
  return computedTensor([batch, fields, 1], draw, counter) as tf.Tensor3D;
}
