import type { Plan, Stage, Trained } from '../../../harness/contract/method.ts';

/**
 * The stage after training in which hot rows have changed hands: the same table, its first rows put in another order, so
 * that what tells whose they are takes less. `rows`: for each of the first rows the one whose values it gets.
 * Nothing trains them any more, so that nobody asks for what the optimizer knows of them.
 */
export async function settled(plan: Plan, rows: Uint32Array, trained: Trained): Promise<Stage> {
  const [table] = plan.tables;
  const { width } = table;
  const values = await trained.rows(table);
  const before = values.slice(0, table.parts[0].rows * width);
  rows.forEach((from, row) => values.set(before.subarray(from * width, (from + 1) * width), row * width));
  return {
    plan: { ...plan, training: { share: 0 } },
    contents: new Map([[table, values]]),
    network: 'kept',
  };
}
