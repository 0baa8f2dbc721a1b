import type { CarriedState } from './carried-state.ts';
import type { Checkpoints } from '../../contract/checkpoints.ts';
import type { OpenBackend, OptimizerRule } from '../../contract/backend.ts';
import type { Data } from '../../contract/data.ts';
import type { StepCounts } from '../../contract/step-replay.ts';
import type { Plan, Stage } from '../../contract/method.ts';
import { practiceOf } from '../../contract/training-practice.ts';
import { deriveSeed } from '../../../base/hash.ts';
import type { Model, Network } from '../../contract/model.ts';
import type { StageShelf } from '../../contract/stage-shelf.ts';
import type { TrainingApproximation } from '../../contract/training-approximation.ts';
import { trainedBytes, weightFloats } from '../../contract/size.ts';
import { Embedding } from '../../embedding/embedding.ts';
import { requireRules } from '../../optimizers/missing-rules.ts';
import { optimizers } from '../../optimizers/index.ts';
import {
  type EpochResult,
  train,
  type Progress,
  type SchedulePlace,
  type Training,
  type TrainResult,
} from '../train.ts';
import { stageName } from './stage-name.ts';
import { trainOnce } from './train-once.ts';
import { trainedStage } from './trained-stage.ts';
import { carryState } from './carry-state.ts';
import { type Resumption, StageCheckpoints } from './stage-checkpoints.ts';
import { StageMeter } from './stage-meter.ts';
import { Trainer } from '../trainer.ts';
import {
  expectedMemory,
  type MeasuredMemory,
  maxMemory,
  type TrainingMemory,
} from '../../measuring/training-memory.ts';

export interface RunSettings extends Training, TrainingApproximation {
  readonly dim: number;
  /** The model's, as it parses them; its defaults if absent. */
  readonly modelOptions?: Readonly<Record<string, unknown>>;
  readonly optimizer: OptimizerRule;
  /** True: rows may be in this process where the backend lacks the optimizer's rule. */
  readonly hostRows?: boolean;
}

/** The cost of one stage. */
export interface StageCost {
  readonly name: string;
  readonly steps: number;
  readonly samples: number;
  /** Seconds with what comes between it and the next stage: clustering, quantizing. */
  readonly seconds: number;
  /** The embedding layer's floats, frozen ones too, maps, and optimizer state. */
  readonly trainingBytes: number;
  /** Absent if it had one epoch, and no schedule of the learning rate. */
  readonly epochs?: readonly EpochResult[];
  /** Snapshots that its weights are the mean of, where an average was asked for: 0 where its plan allows none. */
  readonly snapshots?: number;
  /** Steps that the backend replayed: absent where it replays none. */
  readonly replay?: StageReplay;
  /** Another run trained it: all numbers here are as if this one had. */
  readonly shared?: SharedStage;
}

/** Steps of a stage that were replayed, and the reason why others were not, if it is another than that they were recorded. */
export interface StageReplay {
  readonly steps: number;
  readonly reason?: string;
}

/** A stage that another run has trained. */
export interface SharedStage {
  /** The id of that run. */
  readonly run: string;
  /** Seconds that its training took there, and that this run did not spend. */
  readonly seconds: number;
}

export interface TrainedStages {
  /** The last stage, in the form it is trained in. */
  readonly trainer: Trainer;
  readonly results: readonly TrainResult[];
  readonly costs: readonly StageCost[];
  /** Memory of the stage that takes most: as measured, and as formulas say. */
  readonly memory: StageMemory;
  /** The most memory of another process that has trained a part of it; undefined if none has. */
  readonly otherPeakRssBytes: number | undefined;
  /** The part of the training that earlier processes of the run have done; undefined if none has. */
  readonly resumed: Resumption | undefined;
}

export interface StageMemory {
  readonly measured: MeasuredMemory;
  readonly expected: TrainingMemory;
}

/**
 * Trains one stage of a plan after the other. With a shelf, the first one is taken from there where another run has trained the
 * same: what follows is the same, bit by bit. With checkpoints, it goes on where an earlier process was interrupted, in the same way.
 */
export async function runStages(
  data: Data,
  first: Plan,
  model: Model,
  backend: OpenBackend,
  settings: RunSettings,
  onProgress?: (progress: Progress) => void,
  shelf?: StageShelf,
  checkpoints?: Checkpoints,
): Promise<TrainedStages> {
  const { dim, optimizer, activations, gradients } = settings;
  const way: TrainingApproximation = { ...(activations && { activations }), ...(gradients && { gradients }) };
  // Seeds are derived by name, so that every method starts from the same network.
  const seed = deriveSeed(settings.seed, 'embedding');
  const shape = { denseFields: data.denseFields.length, fields: data.fields.length, dim };
  const options = model.options.parse(settings.modelOptions ?? {});
  const freshNetwork = () => model.build(shape, options, deriveSeed(settings.seed, 'network'));
  const results: TrainResult[] = [];
  const costs: StageCost[] = [];
  const memories = new Map<MeasuredMemory, TrainingMemory>();
  let network: Network | undefined;
  let taken = 0; // of the run's epochs
  let plan = first;
  let networkState: Stage['network'] = 'fresh';
  let contents: Stage['contents'];
  let before: CarriedState | undefined;
  let otherPeakRssBytes: number | undefined;
  const resumption: Resumption = { times: 0, seconds: 0 };
  let schedule: SchedulePlace | undefined; // the place in the schedule of the learning rate, which starts anew with the network
  for (;;) {
    requireRules(backend, optimizer, plan, settings.hostRows); // a later stage may have rules of its own
    const meter = new StageMeter(performance.now());
    const embedding = new Embedding(plan, backend, optimizer, seed, contents, before?.tables, settings);
    before?.tables.clear(); // as large as the tables, and written to them
    if (plan.next === undefined) contents = undefined; // nobody will ask: it is as large as the tables
    if (networkState === 'fresh') {
      network?.variables.forEach((variable) => variable.dispose());
      schedule = undefined;
    }
    network = networkState === 'kept' && network ? network : freshNetwork();
    const trainer = new Trainer(embedding, network, optimizers[optimizer], {
      ...way,
      ...practiceOf(settings),
      seed: deriveSeed(settings.seed, 'gradients'),
      dropoutSeed: deriveSeed(settings.seed, 'dropout'),
      ...(before && { before }),
    });
    await backend.synchronize?.(); // a device says here what it has no memory for

    const { name: called, share, continues, holdOutEvery } = plan.training ?? {};
    const training = {
      ...settings,
      ...(share !== undefined && { share }),
      ...(continues && { from: taken }),
      ...(schedule && { before: schedule }),
      // Held-out batches are places in the log.
      ...(holdOutEvery !== undefined && { order: 'log' as const }),
    };
    const name =
      shelf && results.length === 0 ? stageName(data, plan, model, backend, { ...settings }) : undefined;
    const kept = checkpoints && new StageCheckpoints(checkpoints, results.length, trainer, meter, resumption);
    const ended = kept?.takeEnd();
    const told = onProgress && afterOthers(onProgress, results);
    const trainStage = (onProgress: (progress: Progress) => void) =>
      kept
        ? kept.listening(() => train(trainer, data, training, onProgress, kept))
        : train(trainer, data, training, onProgress);
    const place = shelf && name !== undefined ? { shelf, name } : undefined;
    const trained = ended ?? (await trainOnce(trainer, place, meter, trainStage, told));
    if (ended)
      told?.({ samples: ended.result.samples, total: ended.result.samples, points: ended.result.curve });
    else await kept?.putEnd(trained);
    const { result, memory, seconds, by, peakRssBytes } = trained;
    if (by !== undefined || resumption.times > 0)
      otherPeakRssBytes = Math.max(otherPeakRssBytes ?? 0, peakRssBytes);
    const after = performance.now();
    results.push(result);
    memories.set(
      memory,
      expectedMemory({
        ...{ plan, network, rule: optimizers[optimizer] },
        batchSize: Math.min(settings.batchSize, data.rows.train),
        ...way,
      }),
    );
    schedule = result.after;
    taken = (continues ? taken : 0) + shareTaken(result, share ?? 1, data, settings);
    const view = trainedStage(trainer, { data, batchSize: settings.batchSize, seed }, contents);
    const next = await plan.next?.(view);
    costs.push({
      name: called ?? (plan.next ? 'training' : share === 0 ? 'conversion' : 'training'),
      steps: result.steps,
      samples: result.samples,
      seconds: seconds + (performance.now() - after) / 1000,
      trainingBytes: trainingBytes(plan, embedding, optimizer),
      ...(tellsOfEpochs(result, settings) && { epochs: result.epochs }),
      ...(result.snapshots !== undefined && { snapshots: result.snapshots }),
      ...(result.steps > 0 && result.ran && { replay: replayOf(result.ran) }),
      ...(by !== undefined && { shared: { run: by, seconds } }),
    });
    if (next === undefined) {
      const measured = maxMemory([...memories.keys()]);
      const memory = { measured, expected: memories.get(measured)! };
      const resumed = resumption.times > 0 ? resumption : undefined;
      return { trainer, results, costs, memory, otherPeakRssBytes, resumed };
    }
    before = await carryState(trainer, next);
    trainer.dispose({ network: false });
    ({ plan, contents, network: networkState } = next);
  }
}

const replayOf = ({ replayed, reason }: StepCounts): StageReplay => ({
  steps: replayed,
  ...(reason !== undefined && { reason }),
});

/** True if the epochs of a stage say more than its one validation AUC. */
function tellsOfEpochs({ epochs }: TrainResult, { warmUp, decay }: Training): boolean {
  return epochs.length > 1 || (epochs.length === 1 && (warmUp !== undefined || decay !== undefined));
}

/** The share of the run's epochs that a stage has taken: less than planned where it ended early. */
function shareTaken(
  { steps, endedEarly }: TrainResult,
  planned: number,
  { rows }: Data,
  { batchSize, epochs }: Training,
): number {
  return endedEarly ? steps / (epochs * Math.ceil(rows.train / batchSize)) : planned;
}

/** A stage knows its own samples; the learning curve continues from those of the stages before. */
function afterOthers(onProgress: (progress: Progress) => void, before: readonly TrainResult[]) {
  const taken = before.reduce((sum, { samples }) => sum + samples, 0);
  return ({ points, ...progress }: Progress) =>
    onProgress({
      ...progress,
      ...(points && { points: points.map((point) => ({ ...point, samples: point.samples + taken })) }),
    });
}

function trainingBytes(plan: Plan, embedding: Embedding, rule: OptimizerRule): number {
  const states = (plan.weights ?? [])
    .filter(({ frozen }) => !frozen)
    .flatMap(({ shape, optimizer }) => optimizers[optimizer?.rule ?? rule].denseState(shape));
  const stateFloats = states.reduce((sum, shape) => sum + weightFloats({ shape }), 0);
  return trainedBytes(plan) + 4 * stateFloats + embedding.stateBytes;
}
