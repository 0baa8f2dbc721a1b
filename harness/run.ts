import * as tf from '../tensors/index.ts';
import type { Checkpoints } from './contract/checkpoints.ts';
import type { OpenBackend } from './contract/backend.ts';
import type { Data } from './contract/data.ts';
import { fullKeyBytes, keyBytes, keysOf } from './contract/keys.ts';
import type { Plan } from './contract/method.ts';
import type { Model } from './contract/model.ts';
import type { StageShelf } from './contract/stage-shelf.ts';
import { type ServingBytes, servingBytesOf } from './contract/serving-bytes.ts';
import { fullSize, sizeOf } from './contract/size.ts';
import { evaluate } from './metrics/evaluate.ts';
import { measureLookups } from './measuring/measure-lookups.ts';
import { scoresByFrequency, type GroupScores } from './metrics/by-frequency.ts';
import { scoresOf, type Scores } from './metrics/scores.ts';
import { spreadOf, type Spread } from './metrics/spread.ts';
import { rarestIds } from './metrics/rarest-ids.ts';
import {
  runStages,
  type RunSettings,
  type StageCost,
  type StageMemory,
} from './training/stages/run-stages.ts';
import { setHyperParameters } from './rules/hyper-parameters.ts';
import { updateRules } from './rules/index.ts';
import { serve } from './serving/serve.ts';
import type { Trainer } from './training/trainer.ts';
import type { CurvePoint, Progress, TrainResult } from './training/train.ts';

export type { RunSettings } from './training/stages/run-stages.ts';

/** The result of one training run, counted and measured by the harness. */
export interface Outcome {
  readonly size: {
    readonly parameters: number;
    readonly servingBytes: number;
    readonly bytes: ServingBytes;
    /** Ids told apart, and bytes of their keys; of a full table, those of all ids. */
    readonly keys: number;
    readonly keyBytes: number;
    readonly fullKeyBytes: number;
    readonly trainingBytes: number;
    readonly fullParameters: number;
    readonly fullBytes: number;
  };
  readonly quality: Scores & {
    readonly validation: Scores;
    readonly bestPossible?: Scores;
    readonly epoch: number;
    readonly byFrequency: readonly GroupScores[];
  };
  readonly speed: {
    readonly trainSamplesPerSecond: Spread;
    readonly inferenceSamplesPerSecond: Spread;
    readonly lookupsPerSecond: Spread;
  };
  readonly memory: {
    readonly peakRssBytes: number;
    readonly training: StageMemory;
  };
  /** The choices of the plan that is served. */
  readonly choices: Plan['choices'];
  readonly stages: readonly StageCost[];
  readonly curve: readonly CurvePoint[];
  /** Earlier processes of the run whose training this one went on from, and the seconds of that; absent if there were none. */
  readonly resumed?: { readonly times: number; readonly seconds: number };
}

/** The observers of a run, and the stages that it may share. */
export interface RunSurroundings {
  readonly progress?: (progress: Progress) => void;
  /** The click probabilities of the test part, in the order of the log. */
  readonly tested?: (probabilities: Float32Array) => void;
  /** The trained network and the layer as it is served, once all is measured. It is disposed when this ends. */
  readonly served?: (trainer: Trainer) => Promise<void>;
  /** Stages that other runs have trained, and the place for one of this run's; every stage is trained here if absent. */
  readonly shelf?: StageShelf;
  /** The state of an interrupted training, from which it goes on; it begins anew if absent. */
  readonly checkpoints?: Checkpoints;
}

/** Trains a plan under a model, once, and measures it: the whole life of one run. */
export async function run(
  data: Data,
  plan: Plan,
  model: Model,
  backend: OpenBackend,
  settings: RunSettings,
  watch: RunSurroundings = {},
): Promise<Outcome> {
  tf.enableProdMode();
  if (backend.fallbacks) backend.fallbacks.refused = true; // what is measured is one backend
  const { dim, batchSize } = settings;
  const trained = await withOptimizerOptions(settings, () =>
    runStages(data, plan, model, backend, settings, watch.progress, watch.shelf, watch.checkpoints),
  );
  const { results, costs, memory, otherPeakRssBytes = 0, resumed } = trained;
  const trainer = await serve(trained.trainer, plan, backend);
  const { embedding } = trainer;
  const [keys, promised] = [keysOf(embedding.plan, data.fields), keysOf(plan, data.fields)];
  if (keys > promised) throw new Error(`the last stage tells ${keys} ids apart, the plan said ${promised}`);
  const last = results.at(-1)!;
  // Most methods serve what was trained: validation is then scored already.
  const asTrained = last.validation !== undefined && embedding.plan.tables.every(({ stored }) => !stored);
  const validation = asTrained
    ? last.validation
    : (await evaluate(trainer, data, 'validation', batchSize)).scores;
  const test = await evaluate(trainer, data, 'test', batchSize); // the only time the test part is read
  const lookupsPerSecond = await measureLookups(embedding, data, batchSize);
  // A process that was given a part of the training has not held what that takes.
  const peakRssBytes = Math.max(otherPeakRssBytes, process.resourceUsage().maxRSS * 1024);

  // All is measured: from here on nothing is timed, and the model is asked no more.
  watch.tested?.(test.probabilities);
  const [truth, labels, weights] = [
    data.trueProbabilities('test'),
    data.labels('test'),
    data.weights?.('test'),
  ];
  const full = fullSize({ fields: data.fields, dim });
  const outcome: Outcome = {
    size: {
      ...sizeOf(embedding.plan),
      bytes: servingBytesOf(embedding.plan),
      keys,
      keyBytes: keyBytes(keys),
      fullKeyBytes: fullKeyBytes(data.fields),
      trainingBytes: Math.max(...costs.map(({ trainingBytes }) => trainingBytes)),
      fullParameters: full.parameters,
      fullBytes: full.servingBytes,
    },
    quality: {
      ...test.scores,
      validation,
      ...(truth && { bestPossible: scoresOf(truth, labels, weights) }),
      epoch: results.findLast(({ steps }) => steps > 0)?.epoch ?? 0,
      byFrequency: scoresByFrequency(test.probabilities, labels, rarestIds(data, 'test'), weights),
    },
    speed: {
      trainSamplesPerSecond: spreadOf(results.flatMap(({ rates }) => rates)),
      inferenceSamplesPerSecond: test.samplesPerSecond,
      lookupsPerSecond,
    },
    memory: { peakRssBytes, training: memory },
    choices: embedding.plan.choices,
    stages: costs,
    curve: oneAfterTheOther(results),
    ...(resumed && { resumed }),
  };
  await watch.served?.(trainer);
  trainer.dispose();
  return outcome;
}

/** Trains with the numbers of the optimizer that were asked for, and puts its defaults back. */
async function withOptimizerOptions<T>(
  { optimizer, optimizerOptions = {} }: RunSettings,
  train: () => Promise<T>,
): Promise<T> {
  const putBack = setHyperParameters(updateRules[optimizer], optimizerOptions);
  try {
    return await train();
  } finally {
    putBack();
  }
}

/** Samples are counted on from stage to stage. */
function oneAfterTheOther(results: readonly TrainResult[]): CurvePoint[] {
  let before = 0;
  return results.flatMap(({ curve, samples }) => {
    const shifted = curve.map((point) => ({ ...point, samples: point.samples + before }));
    before += samples;
    return shifted;
  });
}
