import * as tf from '@tensorflow/tfjs';
import type { Plan, Stage, Trained } from '../../harness/contract/method.ts';
import { tableRows } from '../../harness/contract/size.ts';
import type { Embedding } from '../../harness/embedding.ts';

/** Vectors of a batch as they are looked up to be scored, one row-major array. */
export function vectorsOf(embedding: Embedding, ids: Uint32Array, fields: number): Float32Array {
  return tf.tidy(() => embedding.embed(ids, ids.length / fields, fields).dataSync<'float32'>());
}

/** The update of one step, without what the plan does afterwards: of sum(vectors * slopes). Returns the slopes. */
export function updateOnce(
  embedding: Embedding,
  ids: Uint32Array,
  fields: number,
  { index, slopes, rate = 0.1 }: { index: number; slopes: (sample: number) => number; rate?: number },
): void {
  const batch = ids.length / fields;
  tf.tidy(() => {
    const { grads } = tf.variableGrads(() => {
      const vectors = embedding.embed(ids, batch, fields, { index, steps: 1000 });
      const factors = tf.tensor3d(
        Float32Array.from({ length: batch }, (_, i) => slopes(i)),
        [batch, 1, 1],
      );
      return tf.sum(tf.mul(vectors, factors));
    }, [...embedding.variables]);
    tf.dispose(grads);
    embedding.update(rate);
  });
}

/** The stage after an embedding that was trained, brought to life. */
export async function nextStage(embedding: Embedding): Promise<{ stage: Stage; trained: Trained }> {
  const trained: Trained = {
    rows: (table) => embedding.rowsOf(table).read(0, tableRows(table)),
    initialRows: () => {
      throw new Error('not asked for');
    },
    weight: async (weight) => (await embedding.variableOf(weight).data<'float32'>()).slice(),
    vectors: () => {
      throw new Error('not asked for');
    },
    auc: () => {
      throw new Error('not asked for');
    },
  };
  return { stage: await embedding.plan.next!(trained), trained };
}

export type { Plan };
