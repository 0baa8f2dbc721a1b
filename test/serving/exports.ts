import fs from 'node:fs';
import { join } from 'node:path';
import { cpu } from '../../backends/cpu.ts';
import { native } from '../../backends/native/index.ts';
import type { Data } from '../../harness/contract/data.ts';
import { isInfeasible, type Plan } from '../../harness/contract/method.ts';
import type { Model } from '../../harness/contract/model.ts';
import { readAndDispose } from '../../harness/measuring/read-and-dispose.ts';
import { models } from '../../harness/models/index.ts';
import { serve } from '../../harness/serving/serve.ts';
import { runStages, type RunSettings } from '../../harness/training/stages/run-stages.ts';
import { methods, wrappers } from '../../methods/index.ts';
import { keepModel } from '../../serving/export/keep-model.ts';
import type { Manifest } from '../../serving/program/manifest.ts';
import { findMethod } from '../../suites/find-method.ts';
import * as tf from '../../tensors/index.ts';
import { everyIdOf, layerAt } from '../layers.ts';
import { pooledData } from '../pooled-data.ts';
import { smallData } from '../small-data.ts';

/** A model to train and to export. */
export interface Exported {
  readonly method: string;
  readonly options?: Record<string, unknown>;
  readonly model: Model;
  /** The log to train on, if it is not the usual one. */
  readonly log?: Data;
}

const [dlrm] = models.filter(({ name }) => name === 'dlrm');

/** Number formats with other options than their first ones, and rows of other shapes in them. */
const formats: readonly Omit<Exported, 'model'>[] = [
  { method: 'fp8(full)', options: { scaled: false } },
  { method: 'mxfp8(full)', options: { element: 'e5m2' } },
  { method: 'mxfp6(full)', options: { element: 'e3m2' } },
  { method: 'nf4(full)', options: { scales: 'fp16' } },
  { method: 'nf4(full)', options: { scales: 'double' } },
  { method: 'int8(hashing-trick)', options: { floatsPerScale: 1 } },
  { method: 'int8(low-rank)' },
  { method: 'int4(robe)' },
];

/** Every method with one model, every model with one method, every number format. */
export const allExports: readonly Exported[] = [
  ...methods.map(({ name }) => ({ method: name, model: dlrm })),
  ...models.filter((model) => model !== dlrm).map((model) => ({ method: 'hashing-trick', model })),
  ...wrappers.map(({ name }) => ({ method: `${name}(full)`, model: dlrm })),
  ...formats.map((format) => ({ ...format, model: dlrm })),
  { method: 'hashing-trick', model: dlrm, log: pooledData('mean', { field: 1 }) },
  { method: 'quotient-remainder', model: dlrm, log: pooledData('sum', { field: 2 }) },
];

export const nameOf = ({ method, options = {}, model, log }: Exported) =>
  [method, ...Object.entries(options).map((option) => option.join('=')), model.name, log?.name ?? []].flat().join(' '); // prettier-ignore

const data = smallData(1, [3, 40, 500, 300]);
const settings: RunSettings = {
  ...{ dim: 8, optimizer: 'adagrad', learningRate: 0.05, batchSize: 150, epochs: 1, order: 'log', seed: 3 },
};
/** One network is small; the others have their own sizes. */
const optionsOf = (model: Model) => (model === dlrm ? { bottom: [8], top: [16] } : {});

/** Ids, row-major [rows, fields], and the vectors of the trained layer for them, [rows, fields, dim]. */
export interface LookedUp {
  readonly ids: Uint32Array;
  readonly vectors: Float32Array;
}

/**
 * Trains a model on a small log in a moment, and writes what it serves into a new folder, with the answers of the trained model as samples. `seen`: takes
 * the vectors of every id.
 */
export async function exportInto(
  folder: string,
  { method, options = {}, model, log = data }: Exported,
  seen?: (all: LookedUp) => void,
): Promise<Manifest> {
  const { usable } = await native.probe();
  const backend = await (usable ? native : cpu).open({});
  const modelOptions = optionsOf(model);
  const found = findMethod(method);
  const plan = feasiblePlan(method, options, log);
  const stages = await runStages(log, plan, model, backend, { ...settings, modelOptions });
  const trained = await serve(stages.trainer, plan, backend);
  if (seen) {
    const ids = everyIdOf(log.fields.map(({ cardinality }) => cardinality));
    const looked = tf.tidy(() =>
      trained.embedding.embed(ids, ids.length / log.fields.length, log.fields.length),
    );
    seen({ ids, vectors: (await readAndDispose(looked)).slice() });
  }
  const shape = { denseFields: log.denseFields.length, fields: log.fields.length, dim: settings.dim };
  const built = { model, options: model.options.parse(modelOptions), shape };
  await keepModel(folder, trained, built, log, {
    method: found,
    options: found.options.parse(options) as Record<string, unknown>,
    seed: settings.seed,
  });
  trained.dispose();
  return JSON.parse(fs.readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
}

/** The plan at a fourth of the full table's bytes, or at the nearest compression that the method can. */
function feasiblePlan(method: string, options: Record<string, unknown>, { fields }: Data): Plan {
  const found = findMethod(method);
  for (const ratio of [4, 2, 1]) {
    const plan = found.plan(layerAt(fields, settings.dim, ratio), found.options.parse(options));
    if (!isInfeasible(plan)) return plan;
  }
  throw new Error(`${method}: no plan`);
}
