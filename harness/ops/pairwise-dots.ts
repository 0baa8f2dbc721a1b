import * as tf from '../../tensors/index.ts';
import { kernelOr } from './kernel.ts';

/** `dots` with their gradient: [batch, vectors, dim] -> [batch, vectors (vectors - 1) / 2]. */
export function pairwiseDots(vectors: tf.Tensor3D): tf.Tensor2D {
  const op = tf.customGrad((...args) => {
    const [vectors, save] = args as unknown as [tf.Tensor3D, tf.GradSaveFunc];
    save([vectors]);
    return {
      value: dots(vectors),
      gradFunc: (dy: tf.Tensor, [vectors]: tf.Tensor[]) => dotsGradient(vectors as tf.Tensor3D, dy),
    };
  });
  return op(vectors);
}

/**
 * Dot products of every pair of vectors i > j, in the order (1,0), (2,0), (2,1), (3,0), ...:
 * [batch, vectors, dim] -> [batch, vectors (vectors - 1) / 2]. Backends may bring kernels `PairwiseDots` (input
 * `vectors`) and `PairwiseDotsGrad` (inputs `vectors`, `dy`).
 */
export function dots(vectors: tf.Tensor3D): tf.Tensor2D {
  return kernelOr('PairwiseDots', { vectors }, () => {
    const [batch, count] = vectors.shape;
    const products = tf.matMul(vectors, vectors, false, true); // [batch, count, count]
    const lower: number[] = [];
    for (let i = 0; i < count; i++) for (let j = 0; j < i; j++) lower.push(i * count + j);
    return tf.gather(tf.reshape(products, [batch, count * count]), tf.tensor1d(lower, 'int32'), 1);
  });
}

/** d vectors[i] = sum over j of dy[i,j] vectors[j]: a product with dy spread out to a symmetric matrix. */
export function dotsGradient(vectors: tf.Tensor3D, dy: tf.Tensor): tf.Tensor3D {
  return kernelOr('PairwiseDotsGrad', { vectors, dy }, () => {
    const [batch, count] = vectors.shape;
    const pairs = (count * (count - 1)) / 2;
    const zero = pairs; // the column of zeros appended for the diagonal
    const position: number[] = [];
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        const [high, low] = i > j ? [i, j] : [j, i];
        position.push(i === j ? zero : (high * (high - 1)) / 2 + low);
      }
    }
    const padded = tf.concat([tf.reshape(dy, [batch, pairs]), tf.zeros([batch, 1])], 1);
    const symmetric = tf.reshape(tf.gather(padded, tf.tensor1d(position, 'int32'), 1), [batch, count, count]);
    return tf.matMul<tf.Tensor3D>(symmetric, vectors);
  });
}
