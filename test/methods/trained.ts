import type { Stage, Table, Trained, Weight } from '../../harness/contract/method.ts';
import { initialFloats } from '../../harness/embedding/initial-rows.ts';

/** A stage that has learned these rows and weights; other tables have the rows that they start with. */
export function trainedTo(
  contents: readonly (readonly [Table | Weight, Float32Array])[],
  auc: Trained['auc'] = () => Promise.resolve(0.5),
): Trained {
  const learned = new Map<Table | Weight, Float32Array>(contents);
  const initialRows = (table: Table) => initialFloats(table, 1);
  return {
    rows: (table) => Promise.resolve(learned.get(table) ?? initialRows(table)),
    initialRows,
    weight: (weight) => Promise.resolve(learned.get(weight)!),
    vectors: () => Promise.reject(new Error('not asked for')),
    auc,
  };
}

/** First contents of a table of the stage's plan. */
export function contentsOf({ plan, contents }: Stage, table = plan.tables[0]): Float32Array {
  const values = contents?.get(table);
  if (values === undefined) throw new Error('the table starts with its own rows');
  return values;
}
