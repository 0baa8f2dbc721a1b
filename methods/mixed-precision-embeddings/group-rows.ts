import * as tf from '../../tensors/index.ts';
import { kernelOr } from '../../harness/ops/kernel.ts';
import type { Lookup } from '../../harness/contract/method.ts';

/**
 * Rows of a small matrix, [groups, width], one for each look-up by its group: [batch, fields, width]. Their gradient is a sum
 * by groups; a product with ones at their places where a backend has no kernel for it.
 */
export function ofGroups(
  matrix: tf.Tensor2D,
  { ids }: Pick<Lookup, 'ids'>,
  groups: tf.Tensor2D,
): tf.Tensor3D {
  const [count, width] = matrix.shape;
  const lookUps = ids.batch * ids.fields;
  const numbers = tf.cast<tf.Tensor1D>(tf.reshape(groups, [lookUps]), 'int32');
  const op = tf.customGrad((...args) => {
    const [matrix, save] = args as unknown as [tf.Tensor2D, tf.GradSaveFunc];
    save([numbers]);
    return {
      value: tf.reshape(tf.gather(matrix, numbers), [ids.batch, ids.fields, width]),
      gradFunc: (dy: tf.Tensor, [numbers]: tf.Tensor[]) => {
        const slopes = tf.reshape<tf.Rank.R2>(dy, [lookUps, width]);
        return kernelOr(
          'UnsortedSegmentSum',
          { x: slopes, segmentIds: numbers },
          () => tf.matMul(tf.oneHot(numbers as tf.Tensor1D, count), slopes, true, false),
          { numSegments: count },
        );
      },
    };
  });
  return op(matrix) as tf.Tensor3D;
}
