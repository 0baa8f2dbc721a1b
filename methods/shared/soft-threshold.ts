import * as tf from '@tensorflow/tfjs';

/** sign(x) max(0, |x| - limit): floats are shrunk by their limit, and those below it are zero. */
export function softThreshold(x: tf.Tensor3D, limits: tf.Tensor): tf.Tensor3D {
  return tf.mul(tf.sign(x), tf.relu(tf.sub(tf.abs(x), limits)));
}
