import * as tf from '@tensorflow/tfjs';

/**
 * x[:, order, :] for a permutation `order`: [batch, fields, dim] -> the same shape. tf.gather would do, but its gradient
 * is a segment sum between two transposes; that of a permutation is its inverse.
 */
export function reorderFields(x: tf.Tensor3D, order: readonly number[]): tf.Tensor3D {
  if (order.every((field, i) => field === i)) return x;
  const inverse = new Array<number>(order.length);
  order.forEach((field, i) => (inverse[field] = i));
  const gather = (tensor: tf.Tensor, indices: readonly number[]) =>
    tf.gather(tensor, tf.tensor1d([...indices], 'int32'), 1);
  const op = tf.customGrad((x) => ({
    value: gather(x as tf.Tensor, order),
    gradFunc: (dy: tf.Tensor) => gather(dy, inverse),
  }));
  return op(x) as tf.Tensor3D;
}
