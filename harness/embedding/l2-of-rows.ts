import * as tf from '../../tensors/index.ts';

/** The penalty of looked-up floats, [batch, fields, width]: lambda times half their squares, summed over a sample, as a mean over samples. */
export function l2Penalty(values: tf.Tensor3D, lambda: number): tf.Scalar {
  return tf.mul(tf.sum(tf.square(values)), lambda / (2 * values.shape[0]));
}

/**
 * The gradient of the same penalty where rows of further values follow those of the `size` samples: [rows, fields, width]. Cells that only
 * fill these rows have none; methods look up cells in any order, but a cell that no pool takes in is known by its slopes, which are all 0. A
 * further value of a sample that teaches nothing, as one of weight 0, is taken for one of them.
 */
export function l2Slopes(
  values: tf.Tensor3D,
  slopes: tf.Tensor3D,
  size: number,
  lambda: number,
): tf.Tensor3D {
  const [rows, fields, width] = values.shape;
  const further = tf.slice(slopes, [size, 0, 0], [rows - size, fields, width]);
  const used = tf.step(tf.max(tf.abs(further), 2, true)); // [rows - size, fields, 1]
  const counted = tf.concat([tf.ones([size, fields, 1]), used], 0);
  return tf.mul(tf.mul(values, counted), lambda / size);
}
