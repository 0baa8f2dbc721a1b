import * as tf from '@tensorflow/tfjs';
import type { OpenBackend, OptimizerRule } from './contract/backend.ts';
import type { Data } from './contract/data.ts';
import type { Plan } from './contract/method.ts';
import { deriveSeed } from './contract/mix.ts';
import type { Model } from './contract/model.ts';
import { fullSize, sizeOf } from './contract/size.ts';
import { Embedding } from './embedding.ts';
import { evaluate } from './evaluate.ts';
import { measureLookups } from './measure-lookups.ts';
import { scoresOf, type Scores } from './metrics/scores.ts';
import type { Spread } from './metrics/spread.ts';
import { optimizers } from './optimizers/index.ts';
import { train, type CurvePoint, type Progress, type Training } from './train.ts';
import { Trainee } from './trainee.ts';

export interface RunSettings extends Training {
  readonly dim: number;
  readonly bottom: readonly number[];
  readonly top: readonly number[];
  readonly optimizer: OptimizerRule;
}

/** What one training run showed, counted and measured by the harness. */
export interface Outcome {
  readonly size: {
    readonly parameters: number;
    readonly servingBytes: number;
    readonly trainingBytes: number;
    readonly fullParameters: number;
    readonly fullBytes: number;
  };
  readonly quality: Scores & {
    readonly validation: Scores;
    readonly bestPossible?: Scores;
    readonly epoch: number;
  };
  readonly speed: {
    readonly trainSamplesPerSecond: Spread;
    readonly inferenceSamplesPerSecond: Spread;
    readonly lookupsPerSecond: Spread;
  };
  readonly memory: { readonly peakRssBytes: number };
  readonly curve: readonly CurvePoint[];
}

/** Trains a plan under a model, once, and measures it: the whole life of one run. */
export async function run(
  data: Data,
  plan: Plan,
  model: Model,
  backend: OpenBackend,
  settings: RunSettings,
  onProgress?: (progress: Progress) => void,
): Promise<Outcome> {
  tf.enableProdMode();
  if (backend.substitutes) backend.substitutes.refused = true; // what is measured is one backend
  const { dim, bottom, top, optimizer, seed } = settings;
  // Seeds are derived by name, so that every method starts from the same network.
  const embedding = new Embedding(plan, backend, optimizer, deriveSeed(seed, 'embedding'));
  const shape = { denseFields: data.denseFields.length, fields: data.fields.length, dim, bottom, top };
  const network = model.build(shape, deriveSeed(seed, 'network'));
  const trainee = new Trainee(embedding, network, optimizers[optimizer]);

  await backend.synchronize?.(); // a device says here what it has no memory for
  const trained = await train(trainee, data, settings, onProgress);
  const test = await evaluate(trainee, data, 'test', settings.batchSize); // the only time the test part is read
  const lookupsPerSecond = await measureLookups(embedding, data, settings.batchSize);

  const truth = data.trueProbabilities('test');
  const full = fullSize({ fields: data.fields, dim });
  const size = sizeOf(plan);
  const outcome: Outcome = {
    size: {
      ...size,
      trainingBytes: size.servingBytes + embedding.stateBytes + weightStateBytes(plan, optimizer),
      fullParameters: full.parameters,
      fullBytes: full.servingBytes,
    },
    quality: {
      ...test.scores,
      validation: trained.validation,
      ...(truth && { bestPossible: scoresOf(truth, data.labels('test')) }),
      epoch: trained.epoch,
    },
    speed: {
      trainSamplesPerSecond: trained.samplesPerSecond,
      inferenceSamplesPerSecond: test.samplesPerSecond,
      lookupsPerSecond,
    },
    memory: { peakRssBytes: process.resourceUsage().maxRSS * 1024 },
    curve: trained.curve,
  };
  trainee.dispose();
  return outcome;
}

/** Bytes of optimizer state of the embedding layer's dense weights. */
function weightStateBytes({ weights = [] }: Plan, optimizer: OptimizerRule): number {
  const floats = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);
  const states = weights.flatMap(({ shape }) => optimizers[optimizer].denseState(shape));
  return 4 * states.reduce((sum, shape) => sum + floats(shape), 0);
}
