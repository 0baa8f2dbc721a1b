import fs from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../../files/folders.ts';
import type { Batch, Data } from '../../harness/contract/data.ts';
import { readAndDispose } from '../../harness/measuring/read-and-dispose.ts';
import type { Trainer } from '../../harness/training/trainer.ts';
import * as tf from '../../tensors/index.ts';
import type { ManifestSamples } from '../program/manifest.ts';
import { type ModelOrigin, writeModel } from './model-files.ts';
import { type BuiltModel, takeModel } from './take-model.ts';

/** Rows whose click probabilities are told with a model. */
const sampleRows = 100;

/**
 * Writes a trained model into a folder, which is there whole or not at all; one of the same name is replaced. The last thing that a process does with its
 * model: afterwards another backend is the current one. Throws an Error that names what cannot be exported, and a UserError where the disk refuses.
 */
export async function keepModel(
  folder: string,
  trainer: Trainer,
  built: BuiltModel,
  data: Data,
  origin: Omit<ModelOrigin, 'samples' | 'model' | 'dim' | 'denseColumns' | 'fields'>,
): Promise<void> {
  const { model, options, shape } = built;
  const samples = await scoredRows(trainer, data);
  const taken = await takeModel(
    trainer,
    built,
    data.fields.map(({ cardinality }) => cardinality),
  );
  const work = `${folder}.${process.pid}.tmp`;
  fs.rmSync(work, { recursive: true, force: true });
  makeFolder(dirname(folder));
  makeFolder(work);
  try {
    writeModel(work, taken, {
      ...{ ...origin, samples, fields: data.fields, dim: shape.dim, denseColumns: shape.denseFields },
      model: { name: model.name, options },
    });
    fs.rmSync(folder, { recursive: true, force: true });
    fs.renameSync(work, folder);
  } catch (error) {
    fs.rmSync(work, { recursive: true, force: true });
    throw error;
  }
}

/** The first training rows with the probabilities that the trainer gives for them. */
async function scoredRows(trainer: Trainer, data: Data): Promise<ManifestSamples> {
  const [batch] = data.batches('train', { batchSize: sampleRows });
  const logits = await readAndDispose(tf.tidy(() => trainer.logits(batch)));
  return { ...copied(batch), probabilities: Array.from(logits, (z) => 1 / (1 + Math.exp(-z))) };
}

function copied({ size, dense, ids, further }: Batch): Omit<ManifestSamples, 'probabilities'> {
  const fields = further?.fields.map(({ field, pool, samples }) => ({ field, pool, samples: [...samples] }));
  return {
    ...{ size, dense: [...dense], ids: [...ids] },
    ...(further && { further: { rows: further.rows, fields: fields! } }),
  };
}
