import * as tf from '../../tensors/index.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import type { Plan, Stage, Table, Trained, Weight } from '../../harness/contract/method.ts';
import { tableRows } from '../../harness/contract/size.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';

/** The result of a method's stages for tables that have just been drawn, or hold what a test gives them. */

/** `given`: floats in place of what training would have left, of tables and weights of the first plan. */
export async function nextStage(
  plan: Plan,
  backend: OpenBackend,
  given: ReadonlyMap<Table | Weight, Float32Array> = new Map<Table | Weight, Float32Array>(),
  { seed = 1, fields = 1 } = {},
): Promise<Stage> {
  const embedding = new Embedding(plan, backend, 'sgd', seed, given);
  const rows = (table: Table) => embedding.rowsOf(table).read(0, tableRows(table));
  const before = new Map<Table, Float32Array>();
  for (const table of plan.tables) before.set(table, (await rows(table)).slice());
  const trained: Trained = {
    rows,
    initialRows: (table) => before.get(table)!,
    weight: async (weight) => (await embedding.variableOf(weight).data<'float32'>()).slice(),
    vectors: async (ids) => {
      const vectors = tf.tidy(() => embedding.embed(ids, ids.length / fields, fields));
      const values = await vectors.data<'float32'>();
      vectors.dispose();
      return values;
    },
    auc: () => Promise.resolve(0.5),
  };
  const stage = await plan.next!(trained);
  embedding.dispose();
  return stage;
}

/** Vectors of ids, row-major [batch, fields]: [batch, fields, dim]. */
export function vectorsOf(
  { plan, contents }: Pick<Stage, 'plan' | 'contents'>,
  backend: OpenBackend,
  { ids, batch }: { readonly ids: Uint32Array; readonly batch: number },
  seed = 1,
): Float32Array {
  const embedding = new Embedding(plan, backend, 'sgd', seed, contents);
  const vectors = tf.tidy(() => embedding.embed(ids, batch, ids.length / batch).dataSync<'float32'>());
  embedding.dispose();
  return vectors;
}

/** Ids of one field in a column each, other fields' first ids beside them. */
export function columnOf(field: number, fields: number, ids: readonly number[]) {
  const rows = new Uint32Array(ids.length * fields);
  ids.forEach((id, row) => (rows[row * fields + field] = id));
  return { ids: rows, batch: ids.length };
}
