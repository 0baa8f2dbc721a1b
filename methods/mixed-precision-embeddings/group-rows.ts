import * as tf from '../../tensors/index.ts';
import type { Lookup } from '../../harness/contract/method.ts';

/**
 * Rows of a small matrix, [groups, width], one for each look-up by its group: [batch, fields, width]. Their gradient is a product with
 * ones at their places: not every backend sums by numbers.
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
      gradFunc: (dy: tf.Tensor, [numbers]: tf.Tensor[]) =>
        tf.matMul(tf.oneHot(numbers as tf.Tensor1D, count), tf.reshape(dy, [lookUps, width]), true, false),
    };
  });
  return op(matrix) as tf.Tensor3D;
}
