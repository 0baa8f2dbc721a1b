import * as tf from '../../tensors/index.ts';
import { kernelOr } from './kernel.ts';

/** Dense features as vectors: feature j is x_j times row j of the factors. */
export interface DenseFactors {
  readonly dense: tf.Tensor2D; // [batch, denseFields]: data, without a gradient
  readonly factors: tf.Tensor2D; // [denseFields, dim - 1]
}

/**
 * A factorization machine (Rendle, ICDM 2010) of degree 2 without its bias: sum_i v_i0 + sum_{i<j} v_i . v_j, dot products over
 * coordinates 1 to dim. With S the sum of the vectors, the second term is half the sum over coordinates of S^2 - sum_i v_i^2, so
 * that it takes a multiplication for every float, not for every pair. vectors: [batch, fields, dim], dim at least 2 -> [batch].
 *
 * Backends may bring kernels `FmInteraction` (inputs `vectors`, and `dense` and `factors` where there are some; outputs the
 * value and S: [batch, dim - 1]) and `FmInteractionGrad` (these inputs, `sums` and `dy`; outputs for `vectors` and `factors`).
 */
export function fmInteraction(vectors: tf.Tensor3D, withDense?: DenseFactors): tf.Tensor1D {
  const dense = withDense?.dense;
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const [vectors, factors] = args.slice(0, -1) as [tf.Tensor3D, tf.Tensor2D?];
    const given = { vectors, ...(dense && { dense }), ...(factors && { factors }) };
    const [value, sums] = kernelOr('FmInteraction', given, () => interaction(vectors, dense, factors));
    save([vectors, sums, ...(dense && factors ? [dense, factors] : [])]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, [vectors, sums, dense, factors]: tf.Tensor[]) =>
        kernelOr(
          'FmInteractionGrad',
          { vectors, sums, dy, ...(dense && { dense }), ...(factors && { factors }) },
          () => gradients(dy, vectors as tf.Tensor3D, sums, dense as tf.Tensor2D, factors),
        ),
    };
  });
  return op(vectors, ...(withDense ? [withDense.factors] : [])) as tf.Tensor1D;
}

function interaction(vectors: tf.Tensor3D, dense?: tf.Tensor2D, factors?: tf.Tensor2D): tf.Tensor[] {
  return tf.tidy(() => {
    const [batch, , dim] = vectors.shape;
    const [first, ofIds] = tf.split(tf.sum(vectors, 1), [1, dim - 1], 1);
    const pairwise = tf.slice(vectors, [0, 0, 1], [batch, vectors.shape[1], dim - 1]);
    const squaresOfIds = tf.sum(tf.square(pairwise), 1); // [batch, dim - 1]
    const sums = dense && factors ? tf.add(ofIds, tf.matMul(dense, factors)) : ofIds;
    const squares =
      dense && factors ? tf.add(squaresOfIds, tf.matMul(tf.square(dense), tf.square(factors))) : squaresOfIds;
    const pairs = tf.mul(tf.sum(tf.sub(tf.square(sums), squares), 1), 0.5);
    return [tf.add(tf.reshape(first, [batch]), pairs), sums];
  });
}

/** d v_i = dy (1, S - v_i); d u_j = sum over samples of dy x_j (S - x_j u_j). */
function gradients(
  dy: tf.Tensor,
  vectors: tf.Tensor3D,
  sums: tf.Tensor,
  dense?: tf.Tensor2D,
  factors?: tf.Tensor,
): tf.Tensor[] {
  return tf.tidy(() => {
    const [batch, fields, dim] = vectors.shape;
    const slopes: tf.Tensor2D = tf.reshape(dy, [batch, 1]);
    const pairwise = tf.slice(vectors, [0, 0, 1], [batch, fields, dim - 1]);
    const others = tf.sub(tf.expandDims(sums, 1), pairwise); // [batch, fields, dim - 1]
    const slopesOf = tf.concat([tf.ones([batch, fields, 1]), others], 2);
    const ofVectors = tf.mul(tf.expandDims(slopes, 1), slopesOf);
    if (dense === undefined || factors === undefined) return [ofVectors];
    const together = tf.matMul(dense, tf.mul<tf.Tensor2D>(slopes, sums), true, false);
    const own = tf.mul(factors, tf.matMul(tf.square(dense), slopes, true, false));
    return [ofVectors, tf.sub(together, own)];
  });
}
