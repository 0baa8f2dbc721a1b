import * as tf from '@tensorflow/tfjs';

/**
 * Runs a kernel that the current backend registered under this name, or the composition of ordinary operations that
 * means the same. This is the one place where a backend's own kernels come in; models and methods know nothing of it.
 */
export function kernelOr(
  name: string,
  inputs: tf.NamedTensorMap,
  composition: () => tf.Tensor,
  attributes: tf.NamedAttrMap = {},
): tf.Tensor {
  if (tf.getKernel(name, tf.getBackend()) === undefined) return composition();
  return tf.engine().runKernel(name, inputs, attributes);
}
