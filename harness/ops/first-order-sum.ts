import * as tf from '../../tensors/index.ts';
import { kernelOr } from './kernel.ts';

/**
 * The sum of coordinate 0 over the vectors of a sample: [batch, fields, dim] -> [batch]. Backends may bring kernels
 * `FirstOrderSum` (input `vectors`) and `FirstOrderSumGrad` (input `dy`; attributes `fields`, `dim`).
 */
export function firstOrderSum(vectors: tf.Tensor3D): tf.Tensor1D {
  const [, fields, dim] = vectors.shape;
  const op = tf.customGrad((...args) => {
    const [vectors] = args as unknown as [tf.Tensor3D];
    return {
      value: kernelOr('FirstOrderSum', { vectors }, () => sumOfFirst(vectors)),
      gradFunc: (dy: tf.Tensor) =>
        kernelOr('FirstOrderSumGrad', { dy }, () => spread(dy as tf.Tensor1D, fields, dim), { fields, dim }),
    };
  });
  return op(vectors) as tf.Tensor1D;
}

function sumOfFirst(vectors: tf.Tensor3D): tf.Tensor {
  const [batch, fields] = vectors.shape;
  return tf.tidy(() => tf.sum(tf.slice(vectors, [0, 0, 0], [batch, fields, 1]), [1, 2]));
}

/** dy in coordinate 0 of every field, 0 in the others. */
function spread(dy: tf.Tensor1D, fields: number, dim: number): tf.Tensor {
  return tf.tidy(() => {
    const first = tf.tile(tf.reshape(dy, [-1, 1, 1]), [1, fields, 1]);
    return tf.pad(first, [
      [0, 0],
      [0, 0],
      [0, dim - 1],
    ]);
  });
}
