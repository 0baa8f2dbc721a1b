import * as tf from '../../tensors/index.ts';
import type { Table } from '../../harness/contract/method.ts';
import { random } from '../../base/random.ts';
import { tableRows } from '../../harness/contract/size.ts';
import type { Embedding } from '../../harness/embedding/embedding.ts';
import { zipfFields } from '../layers.ts';

/** A layer small enough to look up every id of. */

export const dim = 8;
export const fields = zipfFields([3, 40, 700, 300, 6]);

/** Every `stride`th id of every field, smaller fields over and over. */
function idsOfEvery(stride: number) {
  const batch = Math.ceil(Math.max(...fields.map(({ cardinality }) => cardinality)) / stride);
  const ids = new Uint32Array(batch * fields.length);
  for (let row = 0; row < batch; row++)
    fields.forEach(({ cardinality }, f) => (ids[row * fields.length + f] = (row * stride) % cardinality));
  return { ids, batch };
}

export const allIds = idsOfEvery(1);
export const someIds = idsOfEvery(17);

export const embedAll = (embedding: Embedding, { ids, batch } = allIds) =>
  embedding.embed(ids, batch, fields.length);

/** The vectors of all ids. Floats that leave a `tidy` are each looked at for tensors: this reads them after it. */
export function vectorsNow(embedding: Embedding): Float32Array {
  const vectors = tf.tidy(() => embedAll(embedding));
  const floats = vectors.dataSync<'float32'>();
  vectors.dispose();
  return floats;
}

/** d sum(embed * slopes) / d everything, applied as one SGD step. */
export function sgdStep(
  embedding: Embedding,
  slopes: tf.Tensor,
  learningRate: number,
  ids = allIds,
): tf.NamedTensorMap {
  const { value, grads } = tf.variableGrads(
    () => tf.sum(tf.mul(embedAll(embedding, ids), slopes)),
    [...embedding.variables],
  );
  value.dispose();
  embedding.update(learningRate);
  return grads;
}

const slopesOf = new Map<string, Float32Array>();
export function randomSlopes(seed: number, { batch } = allIds): tf.Tensor {
  const key = `${seed} ${batch}`;
  const stream = random(seed);
  const size = batch * fields.length * dim;
  const slopes = slopesOf.get(key) ?? Float32Array.from({ length: size }, () => stream.normal());
  slopesOf.set(key, slopes);
  return tf.tensor(slopes.slice(), [batch, fields.length, dim]);
}

export function readTables(embedding: Embedding, tables: readonly Table[]): Promise<Float32Array[]> {
  return Promise.all(tables.map((table) => embedding.rowsOf(table).read(0, tableRows(table))));
}
