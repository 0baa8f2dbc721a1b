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

export function randomSlopes(seed: number, { batch } = allIds): tf.Tensor {
  const stream = random(seed);
  const shape = [batch, fields.length, dim];
  return tf.tensor(
    Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, () => stream.normal()),
    shape,
  );
}

export function readTables(embedding: Embedding, tables: readonly Table[]): Promise<Float32Array[]> {
  return Promise.all(tables.map((table) => embedding.rowsOf(table).read(0, tableRows(table))));
}
