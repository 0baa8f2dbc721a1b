import type * as tf from '../../tensors/index.ts';

/** The values of a float tensor, which is disposed then. */
export async function readAndDispose(tensor: tf.Tensor): Promise<Float32Array> {
  try {
    return await tensor.data<'float32'>();
  } finally {
    tensor.dispose();
  }
}
