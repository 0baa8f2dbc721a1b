import { setImmediate } from 'node:timers/promises';
import type { Data } from '../contract/data.ts';
import type { StepCounts } from '../contract/step-replay.ts';
import type { TrainingPractice } from '../contract/training-practice.ts';
import { deriveSeed } from '../../base/hash.ts';
import { evaluate } from '../metrics/evaluate.ts';
import { Pipeline } from '../measuring/pipeline.ts';
import type { Scores } from '../metrics/scores.ts';
import { Plateau } from './plateau.ts';
import { rateFactor } from './rate-schedule.ts';
import { StepGroup, type StepLoss } from './step-group.ts';
import type { Trainer } from './trainer.ts';
import { snapshotSteps, WeightAverage } from './weight-average.ts';

export interface Training extends TrainingPractice {
  readonly batchSize: number;
  readonly epochs: number;
  readonly learningRate: number;
  /** Order of the batches: as in the log, or shuffled anew every epoch. The same seed gives every method the same. */
  readonly order: 'log' | 'shuffled';
  readonly seed: number;
  /** Share of the epochs, 1 if absent; it may end within one. */
  readonly share?: number;
  /** Share of the epochs that stages before have taken, where this one continues from there: 0 if absent. */
  readonly from?: number;
  /** The place of earlier stages' training in the schedule of the learning rate, where their network continues. */
  readonly before?: SchedulePlace;
}

/** How far a network's training has come in the schedule of its learning rate. */
export interface SchedulePlace {
  /** Steps since the network was fresh. */
  readonly steps: number;
  /** The factor on the learning rate that plateaus have left. */
  readonly factor: number;
}

export interface TrainResult {
  /** Scores of the validation part after the epoch that was kept; undefined if nothing was trained. */
  readonly validation: Scores | undefined;
  /** The epoch kept, from 1: the one with the best validation AUC. */
  readonly epoch: number;
  readonly steps: number;
  readonly samples: number;
  /** Samples per second of every step but the first few, which compile code and fill caches. */
  readonly rates: readonly number[];
  readonly curve: readonly CurvePoint[];
  /** Every epoch of the stage, or the part of it that the stage has, in their order. */
  readonly epochs: readonly EpochResult[];
  readonly after: SchedulePlace;
  /** True if `patience` ended it before its planned steps. */
  readonly endedEarly: boolean;
  /** How its steps ran, where the backend can replay steps. */
  readonly ran?: StepCounts;
  /** Snapshots whose mean was evaluated after the last epoch: 0 where the plan allows none. Undefined without `average`. */
  readonly snapshots: number | undefined;
}

/** The end of an epoch. */
export interface EpochResult {
  readonly validationAuc: number;
  /** The learning rate of its last step. */
  readonly learningRate: number;
}

/** Mean training loss of the samples since the point before. */
export interface CurvePoint {
  readonly samples: number;
  readonly loss: number;
}

export interface Progress {
  /** The samples of the stage. */
  readonly samples: number;
  readonly total: number;
  /** New points of the learning curve; absent if none is. Samples count from the first stage on. */
  readonly points?: readonly CurvePoint[];
}

const curvePoints = 50;

/**
 * Steps to one reading of their losses on a device that computes while this process prepares the next batches. It waits
 * for nobody as long as a group is on its way when the one before is read.
 */
const stepsPerReading = 16;

/**
 * Trains for some epochs and leaves the trainer as it was after the one that validation liked best. With `patience`, epochs
 * without gain end it early.
 */
export async function train(
  trainer: Trainer,
  data: Data,
  training: Training,
  onProgress: (progress: Progress) => void = () => {},
): Promise<TrainResult> {
  const { batchSize, learningRate, before = { steps: 0, factor: 1 } } = training;
  const length = lengthOf(data.rows.train, training);
  const rates: number[] = [];
  const curve: CurvePoint[] = [];
  let samples = 0;
  let stepsRead = 0;
  let sinceLastPoint = { samples: 0, loss: 0 };
  const { synchronize } = trainer.embedding;
  const groupSize = synchronize ? stepsPerReading : 1;
  const read = new Pipeline<readonly StepLoss[]>(synchronize ? 1 : 0, (losses, milliseconds) => {
    const told = curve.length;
    rates.push((1000 * losses.reduce((sum, { size }) => sum + size, 0)) / milliseconds);
    for (const { size, loss } of losses) {
      if (!Number.isFinite(loss)) throw new Diverged(samples, learningRate);
      samples += size;
      stepsRead++;
      sinceLastPoint = {
        samples: sinceLastPoint.samples + size,
        loss: sinceLastPoint.loss + loss * size,
      };
      if (sinceLastPoint.samples >= length.samples / curvePoints || stepsRead === length.steps) {
        curve.push({ samples, loss: sinceLastPoint.loss / sinceLastPoint.samples });
        sinceLastPoint = { samples: 0, loss: 0 };
      }
    }
    const points = curve.slice(told);
    onProgress({
      ...{ samples: Math.min(samples, length.samples), total: length.samples },
      ...(points.length > 0 && { points }),
    });
  });
  let best: { validation: Scores; epoch: number } | undefined;

  const { first, perEpoch } = length;
  const run = { perEpoch, all: perEpoch * training.epochs };
  const plateau = new Plateau(training, before.factor);
  const factorOf = (step: number) => plateau.factor * rateFactor(before.steps + step, run, training);
  const epochs: EpochResult[] = [];
  const average =
    training.average !== undefined && WeightAverage.suits(trainer) ? new WeightAverage(trainer) : undefined;
  let due: ReadonlySet<number> = new Set();
  let step = 0;
  for (let epoch = 1 + Math.floor(first / perEpoch); step < length.steps && !plateau.over; epoch++) {
    const shuffle =
      training.order === 'shuffled' ? { shuffle: deriveSeed(training.seed, 'epoch', epoch) } : {};
    const end = Math.min(length.steps, epoch * perEpoch - first);
    if (average) due = snapshotSteps(step, end, training.average! * perEpoch);
    let group = new StepGroup();
    let index = -1; // within the epoch: what is held out is the same in each
    for (const batch of data.batches('train', { batchSize, ...shuffle })) {
      index++;
      if ((epoch - 1) * perEpoch + index < first) continue;
      if (step === length.steps) break;
      const rate = { rateFactor: factorOf(step) };
      const place = { index: step++, steps: length.steps, heldOut: trainer.holdsOut(index), ...rate };
      // The clock runs while the step runs, up to reading its loss. Reading the batch from disk is outside it, but for
      // the batches that are read while a device computes.
      group.add(batch.size, () => trainer.step(batch, learningRate, place));
      await trainer.afterStep();
      if (group.steps === groupSize) {
        await read.add(group.start, group.losses());
        group = new StepGroup();
      }
      if (average && due.has(step)) {
        if (group.steps > 0) await read.add(group.start, group.losses());
        await read.finish(); // the clock stands still meanwhile
        group = new StepGroup();
        await average.take();
      }
      await setImmediate(); // signals and messages get their turn
    }
    if (group.steps > 0) await read.add(group.start, group.losses());
    await read.finish();
    await synchronize?.();
    await average?.putIn();
    const { scores } = await evaluate(trainer, data, 'validation', batchSize);
    epochs.push({ validationAuc: scores.auc, learningRate: learningRate * factorOf(step - 1) });
    const better = plateau.add(scores.auc);
    const last = step === length.steps || plateau.over;
    if (better) {
      best = { validation: scores, epoch };
      if (!last) trainer.save();
    } else if (last) trainer.restore();
    if (!last) average?.putBack();
  }
  const endedEarly = step < length.steps;
  if (endedEarly) tellOfTheEnd();
  const ran = trainer.stepCounts;
  return {
    ...(ran && { ran }),
    validation: best?.validation,
    epoch: best?.epoch ?? 0,
    steps: step,
    samples,
    rates: withoutWarmUp(rates),
    curve,
    epochs,
    after: { steps: before.steps + step, factor: plateau.factor },
    endedEarly,
    snapshots: training.average === undefined ? undefined : due.size,
  };

  /** Puts the rest of a stage that ends early on the curve, and says that nothing more will come. */
  function tellOfTheEnd(): void {
    const rest = sinceLastPoint;
    const points = rest.samples > 0 ? [{ samples, loss: rest.loss / rest.samples }] : [];
    curve.push(...points);
    onProgress({ samples, total: samples, ...(points.length > 0 && { points }) });
  }
}

/** The span of a stage: its first step among those of the run, its steps, and about so many samples, for a log's last batch is smaller. */
function lengthOf(rows: number, { batchSize, epochs, share = 1, from = 0 }: Training) {
  const perEpoch = Math.ceil(rows / batchSize);
  const first = Math.round(from * epochs * perEpoch);
  const steps = Math.round((from + share) * epochs * perEpoch) - first;
  return { first, steps, samples: Math.round((steps / perEpoch) * rows), perEpoch };
}

function withoutWarmUp(samples: readonly number[]): readonly number[] {
  return samples.slice(Math.min(5, Math.floor(samples.length / 2)));
}

export class Diverged extends Error {
  constructor(samples: number, learningRate: number) {
    super(`training diverged after ${samples} samples: try a --learning-rate below ${learningRate}`);
  }
}
