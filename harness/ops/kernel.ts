import * as tf from '../../tensors/index.ts';

/**
 * Runs a kernel that the current backend registered under this name, or the composition of ordinary operations that
 * means the same. This is the one place where a backend's own kernels come in; models and methods know nothing of it.
 * Kernels with several outputs, or none, go with a composition of the same form.
 */
export function kernelOr<T extends tf.Tensor | readonly tf.Tensor[] | void>(
  name: string,
  inputs: tf.NamedTensorMap,
  composition: () => T,
  attributes: tf.NamedAttrMap = {},
): T {
  if (!hasKernel(name)) return composition();
  return tf.engine().runKernel(name, inputs, attributes) as T;
}

/** True if the current backend registered a kernel under this name. */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}
