import * as tf from '@tensorflow/tfjs';
import { kernelOr } from './kernel.ts';

/**
 * x[:, order, :] for a permutation `order`: [batch, fields, dim] -> the same shape. tf.gather would do, but its gradient
 * is a segment sum between two transposes; that of a permutation is its inverse. Backends may bring a kernel
 * `ReorderFields` (input `x`, attribute `order`).
 */
export function reorderFields(x: tf.Tensor3D, order: readonly number[]): tf.Tensor3D {
  if (order.every((field, i) => field === i)) return x;
  const inverse = new Array<number>(order.length);
  order.forEach((field, i) => (inverse[field] = i));
  const op = tf.customGrad((x) => ({
    value: reorder(x as tf.Tensor, order),
    gradFunc: (dy: tf.Tensor) => reorder(dy, inverse),
  }));
  return op(x) as tf.Tensor3D;
}

function reorder(x: tf.Tensor, order: readonly number[]): tf.Tensor {
  const indices = [...order];
  return kernelOr('ReorderFields', { x }, () => tf.gather(x, tf.tensor1d(indices, 'int32'), 1), {
    order: indices,
  });
}
