import * as tf from '../../tensors/index.ts';
import { cpu } from '../../backends/cpu.ts';
import type { Plan } from '../../harness/contract/method.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { readTables } from './small-layer.ts';

export interface Embedded {
  /** Row-major [batch, fields, dim]. */
  readonly vectors: Float32Array;
  /** Tables as they were looked up, in the order of the plan: rows side by side. */
  readonly tables: readonly Float32Array[];
}

/** The vectors that a plan makes of ids, row-major [batch, fields], before any training. */
export async function embedded(plan: Plan, ids: Uint32Array, fields = 1): Promise<Embedded> {
  const embedding = new Embedding(plan, await cpu.open({}), 'sgd', 1);
  const vectors = tf.tidy(() => embedding.embed(ids, ids.length / fields, fields).dataSync<'float32'>());
  const tables = await readTables(embedding, plan.tables);
  embedding.dispose();
  return { vectors, tables };
}
