import fs from 'node:fs';
import { join } from 'node:path';
import { cpu } from '../../backends/cpu.ts';
import type { Plan } from '../../harness/contract/method.ts';
import type { Model } from '../../harness/contract/model.ts';
import { models } from '../../harness/models/index.ts';
import { run } from '../../harness/run.ts';
import { logitsOf } from '../../harness/training/step-on-tape.ts';
import { methods, wrappers } from '../../methods/index.ts';
import { modelFile, writeModel } from '../../serving/export/model-files.ts';
import { takeModel } from '../../serving/export/take-model.ts';
import type { Manifest } from '../../serving/program/manifest.ts';
import { findMethod } from '../../suites/find-method.ts';
import * as tf from '../../tensors/index.ts';
import { data, planOf, smallRun } from '../harness/training/shared-training.ts';

/** A trained model to export. */
export interface Exported {
  readonly method: string;
  readonly options?: Record<string, unknown>;
  readonly model: Model;
}

/** An exported model beside the answers of the model that was trained. */
export interface Expected {
  readonly ids: readonly number[]; // [rows, fields]
  readonly dense: readonly number[]; // [rows, columns]
  readonly probabilities: readonly number[]; // [rows]
}

const [dlrm] = models.filter(({ name }) => name === 'dlrm');

/** Number formats with other options than their first ones. */
const formats: readonly Omit<Exported, 'model'>[] = [
  { method: 'fp8(full)', options: { scaled: false } },
  { method: 'mxfp8(full)', options: { element: 'e5m2' } },
  { method: 'mxfp6(full)', options: { element: 'e3m2' } },
  { method: 'nf4(full)', options: { scales: 'fp16' } },
  { method: 'nf4(full)', options: { scales: 'double' } },
  { method: 'int8(hashing-trick)', options: { floatsPerScale: 1 } },
  { method: 'int8(robe)' },
];

/** Every method with one model, every model with one method, every number format. */
export const allExports: readonly Exported[] = [
  ...methods.map(({ name }) => ({ method: name, model: dlrm })),
  ...models.filter((model) => model !== dlrm).map((model) => ({ method: 'hashing-trick', model })),
  ...wrappers.map(({ name }) => ({ method: `${name}(full)`, model: dlrm })),
  ...formats.map((format) => ({ ...format, model: dlrm })),
];

export const nameOf = ({ method, options = {}, model }: Exported) =>
  [method, ...Object.entries(options).map((option) => option.join('=')), model.name].join(' ');

/** Trains a model on a small log in a moment, and writes what it serves into a new folder, `expected.json` with its answers beside it. */
export async function exportInto(folder: string, { method, options = {}, model }: Exported): Promise<Manifest> {
  const backend = await cpu.open({});
  const shape = { denseFields: data.denseFields.length, fields: data.fields.length, dim: smallRun.dim };
  const modelOptions = model === dlrm ? smallRun.modelOptions : {};
  const found = findMethod(method);
  let manifest: Manifest | undefined;
  await run(data, feasiblePlan(method, options), model, backend, { ...smallRun, modelOptions }, {
    async served(trained) {
      const [batch] = data.batches('test', { batchSize: 100 });
      const logits = tf.tidy(() => logitsOf(trained, batch).dataSync<'float32'>().slice());
      const cardinalities = data.fields.map(({ cardinality }) => cardinality);
      const built = { model, options: model.options.parse(modelOptions), shape };
      const taken = await takeModel(trained, built, cardinalities);
      fs.mkdirSync(folder);
      manifest = writeModel(folder, taken, {
        method: found,
        options: found.options.parse(options) as Record<string, unknown>,
        seed: smallRun.seed,
        model: { name: model.name, options: modelOptions },
        dim: smallRun.dim,
        denseColumns: shape.denseFields,
        fields: data.fields,
      });
      const expected: Expected = {
        ids: [...batch.ids],
        dense: [...batch.dense],
        probabilities: Array.from(logits, (z) => 1 / (1 + Math.exp(-z))),
      };
      fs.writeFileSync(join(folder, 'expected.json'), JSON.stringify(expected));
    },
  }); // prettier-ignore
  return manifest!;
}

export const expectedOf = (folder: string) =>
  JSON.parse(fs.readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;

/** The plan at a third of the full table's bytes, or at the nearest compression that the method can. */
function feasiblePlan(method: string, options: Record<string, unknown>): Plan {
  for (const ratio of method === 'full' ? [1] : [3, 2, 1]) {
    const plan = planOf({ method, options, ratio });
    if (plan) return plan;
  }
  throw new Error(`${method}: no plan`);
}

export { modelFile };
