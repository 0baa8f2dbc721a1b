import * as tf from '../../tensors/index.ts';
import type { Stage } from '../../harness/contract/method.ts';
import { tableRows } from '../../harness/contract/size.ts';
import type { Embedding } from '../../harness/embedding/embedding.ts';

/** Steps of a training by hand: of methods that do something after each. */

/** Vectors of ids, row-major [batch, fields], as they are looked up to be scored. */
export function vectorsOf(embedding: Embedding, ids: Uint32Array, fields: number): Float32Array {
  return tf.tidy(() =>
    embedding
      .embed(ids, ids.length / fields, fields)
      .dataSync<'float32'>()
      .slice(),
  );
}

export interface HandStep {
  readonly index: number;
  /** The gradient of every coordinate of a lookup, by its place in the ids. */
  readonly slope: (at: number) => number;
  readonly rate?: number;
}

/** Looks ids up and updates rows, without what the plan does afterwards: the embedding's `afterStep` has to follow. */
export function update(
  embedding: Embedding,
  ids: Uint32Array,
  fields: number,
  { index, slope, rate = 0.1 }: HandStep,
): void {
  const slopes = Float32Array.from(ids, (_, at) => slope(at));
  const { value, grads } = tf.tidy(() =>
    tf.variableGrads(() => {
      const vectors = embedding.embed(ids, ids.length / fields, fields, { index, steps: 1000 });
      return tf.sum(tf.mul(vectors, tf.tensor3d(slopes, [ids.length / fields, fields, 1])));
    }, [...embedding.variables]),
  );
  tf.dispose([value, grads]);
  embedding.update(rate);
}

/** The stage that follows on what an embedding has learned. */
export async function nextStage(embedding: Embedding): Promise<Stage> {
  const notAsked = () => {
    throw new Error('what the stage began with is not known here');
  };
  return embedding.plan.next!({
    rows: (table) => embedding.rowsOf(table).read(0, tableRows(table)),
    initialRows: notAsked,
    weight: async (weight) => (await embedding.variableOf(weight).data<'float32'>()).slice(),
    vectors: notAsked,
    auc: notAsked,
  });
}
