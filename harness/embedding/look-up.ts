import * as tf from '../../tensors/index.ts';
import type { Rows } from '../contract/backend.ts';
import type { Indices } from '../contract/indices.ts';
import type { Table } from '../contract/method.ts';
import type { Pooled } from './batch-rows.ts';
import { l2Slopes } from './l2-of-rows.ts';

/** A lookup that puts its gradient aside. */
export interface LookUp {
  readonly anchor: tf.Variable;
  /** Takes over the rows' gradient on the way back. */
  readonly take: (indices: Indices, gradient: tf.Tensor2D) => void;
  /** The L2 penalty of a batch with pooled fields: it adds slopes, and no term of the loss. */
  readonly pooledL2?: { readonly pooled: Pooled; readonly lambda: number } | undefined;
}

/** Rows of one table, [batch, fields, width]. */
export function gatherRows(rows: Rows, indices: Indices): tf.Tensor3D {
  return tf.reshape<tf.Rank.R3>(rows.gather(indices), [indices.batch, indices.fields, rows.table.width]);
}

/** The same under a tape. */
export function lookUpRows(rows: Rows, indices: Indices, { anchor, take, pooledL2 }: LookUp): tf.Tensor3D {
  const { batch, fields } = indices;
  const { width }: Table = rows.table;
  const op = tf.customGrad((...args) => {
    const [zero, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    const value = gatherRows(rows, indices);
    if (pooledL2) save([value]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, [looked]: tf.Tensor[]) => {
        const slopes = pooledL2
          ? tf.add(
              dy,
              l2Slopes(looked as tf.Tensor3D, dy as tf.Tensor3D, pooledL2.pooled.size, pooledL2.lambda),
            )
          : dy;
        take(indices, tf.keep(tf.reshape<tf.Rank.R2>(slopes, [batch * fields, width])));
        return tf.zerosLike(zero);
      },
    };
  });
  return op(anchor);
}
