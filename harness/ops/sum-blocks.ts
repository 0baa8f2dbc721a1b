import * as tf from '@tensorflow/tfjs';
import { kernelOr } from './kernel.ts';

/**
 * Sums every `blocks` consecutive vectors: [batch, fields * blocks, dim] -> [batch, fields, dim]. Backends may bring
 * kernels `SumBlocks` (input `x`, attribute `blocks`) and `SumBlocksGrad` (input `dy`, attribute `blocks`).
 */
export function sumBlocks(x: tf.Tensor3D, blocks: number): tf.Tensor3D {
  if (blocks === 1) return x;
  const [batch, vectors, dim] = x.shape;
  const apart = [batch, vectors / blocks, blocks, dim];
  const op = tf.customGrad((x) => ({
    value: kernelOr('SumBlocks', { x: x as tf.Tensor }, () => tf.sum(tf.reshape(x as tf.Tensor, apart), 2), {
      blocks,
    }),
    gradFunc: (dy: tf.Tensor) =>
      kernelOr(
        'SumBlocksGrad',
        { dy },
        () => tf.tile(tf.expandDims(dy, 2), [1, 1, blocks, 1]).reshape([batch, vectors, dim]),
        { blocks },
      ),
  }));
  return op(x) as tf.Tensor3D;
}
