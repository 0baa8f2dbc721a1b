import * as tf from '../../tensors/index.ts';
import { valuesOf } from '../../harness/contract/indices.ts';
import type { Plan, Table } from '../../harness/contract/method.ts';
import { HostIndices } from '../../harness/embedding/host-indices.ts';
import { TrainingClock } from '../../harness/embedding/training-clock.ts';

export interface LookUp {
  readonly table: Table;
  /** Row-major [batch, columns]. */
  readonly indices: Uint32Array;
  readonly columns: number;
}

/**
 * The rows that a plan looks up for ids, row-major [batch, fields], in the order in which it does. Rows are zeros and weights ones.
 */
export function lookupsOf(
  plan: Plan,
  ids: Uint32Array,
  fields: number,
  training?: { readonly index: number; readonly steps: number },
): LookUp[] {
  const batch = ids.length / fields;
  const lookUps: LookUp[] = [];
  tf.tidy(() =>
    plan.embed({
      ids: new HostIndices(ids, batch, fields),
      rows(table, indices) {
        lookUps.push({ table, indices: valuesOf(indices), columns: indices.fields });
        return tf.zeros([batch, indices.fields, table.width]);
      },
      weight: ({ shape }) => tf.ones([...shape]),
      compute: (rowsOf, columns) => new HostIndices(rowsOf(ids), batch, columns),
      penalize: () => undefined,
      ...(training && { training: TrainingClock.at(training.index, training.steps) }),
    }),
  );
  return lookUps;
}

/** Every id of a field, in a column of its own. */
export const everyId = (cardinality: number) => Uint32Array.from({ length: cardinality }, (_, id) => id);
