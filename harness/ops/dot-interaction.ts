import * as tf from '../../tensors/index.ts';
import { kernelOr } from './kernel.ts';
import { dots, dotsGradient } from './pairwise-dots.ts';

/**
 * DLRM's interaction (Naumov et al., 2019): x, then the dot products of every pair of x and the fields' vectors.
 * x: [batch, dim], vectors: [batch, fields, dim] -> [batch, dim + fields (fields + 1) / 2].
 * Backends may bring kernels `DotInteraction` (inputs `x`, `vectors`) and `DotInteractionGrad` (`x`, `vectors`, `dy`;
 * outputs for `x` and `vectors`).
 */
export function dotInteraction(x: tf.Tensor2D, vectors: tf.Tensor3D): tf.Tensor2D {
  const op = tf.customGrad((...args) => {
    const [x, vectors, save] = args as unknown as [tf.Tensor2D, tf.Tensor3D, tf.GradSaveFunc];
    save([x, vectors]);
    return {
      value: kernelOr('DotInteraction', { x, vectors }, () => tf.concat([x, dots(together(x, vectors))], 1)),
      gradFunc: (dy, saved) => gradients(dy as tf.Tensor2D, saved[0] as tf.Tensor2D, saved[1] as tf.Tensor3D),
    };
  });
  return op(x, vectors) as tf.Tensor2D;
}

function gradients(dy: tf.Tensor2D, x: tf.Tensor2D, vectors: tf.Tensor3D): tf.Tensor[] {
  return kernelOr('DotInteractionGrad', { x, vectors, dy }, () => {
    const [batch, dim] = x.shape;
    const [direct, ofDots] = tf.split(dy, [dim, dy.shape[1] - dim], 1);
    const all = dotsGradient(together(x, vectors), ofDots); // [batch, fields + 1, dim]
    const [ofX, ofVectors] = tf.split(all, [1, vectors.shape[1]], 1);
    return [tf.add(direct, tf.reshape(ofX, [batch, dim])), ofVectors];
  });
}

const together = (x: tf.Tensor2D, vectors: tf.Tensor3D) =>
  tf.concat<tf.Tensor3D>([tf.expandDims(x, 1), vectors], 1);
