import * as tf from '../../../tensors/index.ts';
import type { Batch, Data } from '../../contract/data.ts';
import type { Plan, Stage, Trained } from '../../contract/method.ts';
import { deriveSeed } from '../../../base/hash.ts';
import { tableRows } from '../../contract/table-shape.ts';
import { initialFloats } from '../../embedding/initial-rows.ts';
import { copyOf } from '../../batches/copy-of.ts';
import { auc } from '../../metrics/auc.ts';
import { readAndDispose } from '../../measuring/read-and-dispose.ts';
import type { Trainer } from '../trainer.ts';

/** A stage that is trained, as its method sees it. `seed`: the embedding's. */
export function trainedStage(
  trainer: Trainer,
  { data, batchSize, seed }: { data: Data; batchSize: number; seed: number },
  contents: Stage['contents'],
): Trained {
  const { embedding } = trainer;
  const { tables } = embedding.plan;
  let heldOut: readonly HeldOut[] | undefined;
  return {
    rows: (table) => embedding.rowsOf(table).read(0, tableRows(table)),
    initialRows: (table) => {
      if (table.stride !== undefined && table.stride < table.width)
        throw new RangeError('rows that overlap have no initial rows apart');
      return contents?.get(table) ?? initialFloats(table, deriveSeed(seed, 'table', tables.indexOf(table)));
    },
    weight: async (weight) => (await embedding.variableOf(weight).data<'float32'>()).slice(),
    vectors: (ids) => {
      const { length } = data.fields;
      return readAndDispose(tf.tidy(() => embedding.embed(ids, ids.length / length, length)));
    },
    async auc(embed, rows) {
      heldOut ??= await takeHeldOut(trainer, data, batchSize, rows);
      return await aucOf(trainer, heldOut, embed);
    },
  };
}

/** A batch that candidates are scored on. */
interface HeldOut {
  readonly batch: Batch;
  /** The output of the dense side of the network, [size, width]: the same for all candidates. Undefined if that is nothing. */
  readonly ofDense: Float32Array | undefined;
}

/** Copies of batches that the stage was not trained on, or of the first ones where it was trained on all. */
async function takeHeldOut(
  trainer: Trainer,
  data: Data,
  batchSize: number,
  rows: number,
): Promise<HeldOut[]> {
  const { holdOutEvery } = trainer.embedding.plan.training ?? {};
  const { network } = trainer;
  const taken: HeldOut[] = [];
  let index = 0;
  let size = 0;
  for (const held of data.batches('train', { batchSize })) {
    if (holdOutEvery === undefined || trainer.holdsOut(index++)) {
      const batch = copyOf(held);
      const made = tf.tidy(() => network.ofDense?.(asTensor(batch.dense, batch.size)));
      taken.push({ batch, ofDense: made && (await readAndDispose(made)) });
      size += batch.size;
    }
    if (size >= rows) break;
  }
  return taken;
}

const asTensor = (values: Float32Array, rows: number) =>
  tf.tensor2d(values, [rows, rows === 0 ? 0 : values.length / rows]);

async function aucOf(trainer: Trainer, held: readonly HeldOut[], embed: Plan['embed']): Promise<number> {
  const total = held.reduce((sum, { batch }) => sum + batch.size, 0);
  const logits = new Float32Array(total);
  const labels = new Float32Array(total);
  const weights = held[0]?.batch.weights && new Float32Array(total);
  let row = 0;
  for (const { batch, ofDense } of held) {
    const found = tf.tidy(() =>
      trainer.logits(batch, undefined, embed, ofDense && asTensor(ofDense, batch.size)),
    );
    logits.set(await readAndDispose(found), row);
    labels.set(batch.labels, row);
    if (batch.weights) weights?.set(batch.weights, row);
    row += batch.size;
  }
  return auc(logits, labels, weights);
}
