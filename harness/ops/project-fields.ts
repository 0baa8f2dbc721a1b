import * as tf from '@tensorflow/tfjs';

/**
 * Each field's vectors times that field's matrix:
 * x: [batch, fields, in], matrices: [fields, in, out] -> [batch, fields, out]
 */
export function projectFields(x: tf.Tensor3D, matrices: tf.Tensor3D): tf.Tensor3D {
  if (x.shape[2] === 1) return tf.mul(x, matrices.reshape([1, matrices.shape[0], matrices.shape[2]]));
  const byField = tf.transpose(x, [1, 0, 2]); // [fields, batch, in]
  return tf.transpose(tf.matMul(byField, matrices), [1, 0, 2]);
}
