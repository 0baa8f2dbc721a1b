import * as tf from '../../tensors/index.ts';
import { kernelOr } from './kernel.ts';

/**
 * The dot product of each sample's two vectors: a, b: [batch, n] -> [batch]. Backends may bring kernels `RowDots` (inputs `a`, `b`)
 * and `RowDotsGrad` (inputs `a`, `b`, `dy`; outputs for `a` and `b`).
 */
export function rowDots(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor1D {
  const op = tf.customGrad((...args) => {
    const [a, b, save] = args as unknown as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
    save([a, b]);
    return {
      value: kernelOr('RowDots', { a, b }, () => tf.tidy(() => tf.sum(tf.mul(a, b), 1))),
      gradFunc: (dy: tf.Tensor, [a, b]: tf.Tensor[]) =>
        kernelOr('RowDotsGrad', { a, b, dy }, () =>
          tf.tidy((): tf.Tensor[] => {
            const slopes = tf.reshape(dy, [-1, 1]);
            return [tf.mul(slopes, b), tf.mul(slopes, a)];
          }),
        ),
    };
  });
  return op(a, b) as tf.Tensor1D;
}
