import { setImmediate } from 'node:timers/promises';
import { Stopped } from '../contract/checkpoints.ts';
import type { Data } from '../contract/data.ts';
import type { TrainingPractice } from '../contract/training-practice.ts';
import { deriveSeed } from '../../base/hash.ts';
import { evaluate } from '../metrics/evaluate.ts';
import { Pipeline } from '../measuring/pipeline.ts';
import { type CurvePoint, LossCurve } from './loss-curve.ts';
import { Plateau } from './plateau.ts';
import { rateFactor } from './rate-schedule.ts';
import { StepGroup, type StepLoss } from './step-group.ts';
import type { StageCheckpoints } from './stages/stage-checkpoints.ts';
import type { Trainer } from './trainer.ts';
import {
  countsOf,
  type EpochResult,
  type SchedulePlace,
  type TrainingCourse,
  type TrainResult,
} from './training-course.ts';
import { snapshotSteps, WeightAverage } from './weight-average.ts';

export { type CurvePoint, Diverged } from './loss-curve.ts';
export type { EpochResult, SchedulePlace, TrainResult } from './training-course.ts';

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

export interface Progress {
  /** The samples of the stage. */
  readonly samples: number;
  readonly total: number;
  /** New points of the learning curve; absent if none is. Samples count from the first stage on. */
  readonly points?: readonly CurvePoint[];
}

/**
 * Steps to one reading of their losses on a device that computes while this process prepares the next batches. It waits
 * for nobody as long as a group is on its way when the one before is read.
 */
const stepsPerReading = 16;

/**
 * Trains for some epochs and leaves the trainer as it was after the one that validation liked best. With `patience`, epochs
 * without gain end it early. With checkpoints it goes on where an earlier process has left off.
 */
export async function train(
  trainer: Trainer,
  data: Data,
  training: Training,
  onProgress: (progress: Progress) => void = () => {},
  checkpoints?: StageCheckpoints,
): Promise<TrainResult> {
  const { batchSize, learningRate, before = { steps: 0, factor: 1 } } = training;
  const length = lengthOf(data.rows.train, training);
  const average =
    training.average !== undefined && WeightAverage.suits(trainer) ? new WeightAverage(trainer) : undefined;
  const resumed = checkpoints?.takeStep(average);
  const curve = new LossCurve(length, learningRate, resumed?.curve);
  const tell = (points: readonly CurvePoint[], total = length.samples) =>
    onProgress({
      ...{ samples: Math.min(curve.samples, total), total },
      ...(points.length > 0 && { points }),
    });
  if (resumed) tell(curve.points);
  const { synchronize } = trainer.embedding;
  const groupSize = synchronize ? stepsPerReading : 1;
  const read = new Pipeline<readonly StepLoss[]>(synchronize ? 1 : 0, (losses, milliseconds) =>
    tell(curve.add(losses, milliseconds)),
  );
  let group = new StepGroup();
  const readGroup = async () => {
    if (group.steps > 0) await read.add(group.start, group.losses());
    group = new StepGroup();
  };
  /** All that was asked for is read: the clock stands still meanwhile. */
  const readAll = async () => {
    await readGroup();
    await read.finish();
  };

  const { first, perEpoch } = length;
  const run = { perEpoch, all: perEpoch * training.epochs };
  const plateau = new Plateau(training, resumed?.plateau ?? { factor: before.factor, failures: 0 });
  const factorOf = (step: number) => plateau.factor * rateFactor(before.steps + step, run, training);
  const epochs: EpochResult[] = [...(resumed?.epochs ?? [])];
  let { best }: Pick<TrainingCourse, 'best'> = resumed ?? {};
  let due: ReadonlySet<number> = new Set();
  let step = resumed?.step ?? 0;
  const isOver = () => step === length.steps || plateau.over;
  const ran = () => countsOf(resumed?.ran, trainer.stepCounts);
  const courseIn = (epoch: number): TrainingCourse => ({
    ...{ epoch, step, curve: curve.state, plateau: plateau.state, epochs: [...epochs] },
    ...(best && { best }),
    ...(ran() && { ran: ran()! }),
  });
  /** A process that is asked to end meanwhile writes down the end of the epoch: the next one evaluates it anew. */
  const evaluated = async (epoch: number) => {
    try {
      return await evaluate(trainer, checkpoints?.endable(data) ?? data, 'validation', batchSize);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      await average?.takeOut();
      await checkpoints!.putStep(courseIn(epoch), average, () => tell([]));
      throw error;
    }
  };
  // An epoch whose steps are all done is evaluated again.
  for (
    let epoch = resumed?.epoch ?? 1 + Math.floor(first / perEpoch);
    epoch === resumed?.epoch || !isOver();
    epoch++
  ) {
    const shuffle =
      training.order === 'shuffled' ? { shuffle: deriveSeed(training.seed, 'epoch', epoch) } : {};
    const firstOfEpoch = (epoch - 1) * perEpoch - first; // among the stage's steps; before its first where it begins within the epoch
    const end = Math.min(length.steps, firstOfEpoch + perEpoch);
    if (average) due = snapshotSteps(Math.max(0, firstOfEpoch), end, training.average! * perEpoch);
    let index = step - firstOfEpoch; // within the epoch: what is held out is the same in each
    for (const batch of data.batches('train', { batchSize, ...shuffle, from: index })) {
      if (step === length.steps) break;
      const rate = { rateFactor: factorOf(step) };
      const place = { index: step++, steps: length.steps, heldOut: trainer.holdsOut(index++), ...rate };
      // The clock runs while the step runs, up to reading its loss. Reading the batch from disk is outside it, but for
      // the batches that are read while a device computes.
      group.add(batch.size, () => trainer.step(batch, learningRate, place));
      await trainer.afterStep();
      if (group.steps === groupSize) await readGroup();
      if (average && due.has(step)) {
        await readAll();
        await average.take();
      }
      await setImmediate(); // signals and messages get their turn
      if (checkpoints?.isWanted(step === end)) {
        await readAll();
        await checkpoints.putStep(courseIn(epoch), average, () => tell([]));
      }
    }
    await readAll();
    await synchronize?.();
    await average?.putIn();
    const { scores } = await evaluated(epoch);
    epochs.push({ validationAuc: scores.auc, learningRate: learningRate * factorOf(step - 1) });
    const better = plateau.add(scores.auc);
    const last = isOver();
    if (better) {
      best = { validation: scores, epoch };
      if (!last) trainer.save();
    } else if (last) trainer.restore();
    if (!last) average?.putBack();
  }
  const endedEarly = step < length.steps;
  if (endedEarly) tell(curve.end(), curve.samples); // nothing more will come
  return {
    ...(ran() && { ran: ran()! }),
    validation: best?.validation,
    epoch: best?.epoch ?? 0,
    steps: step,
    samples: curve.samples,
    rates: [...curve.rates],
    curve: curve.points,
    epochs,
    after: { steps: before.steps + step, factor: plateau.factor },
    endedEarly,
    snapshots: training.average === undefined ? undefined : due.size,
  };
}

/** The span of a stage: its first step among those of the run, its steps, and about so many samples, for a log's last batch is smaller. */
function lengthOf(rows: number, { batchSize, epochs, share = 1, from = 0 }: Training) {
  const perEpoch = Math.ceil(rows / batchSize);
  const first = Math.round(from * epochs * perEpoch);
  const steps = Math.round((from + share) * epochs * perEpoch) - first;
  return { first, steps, samples: Math.round((steps / perEpoch) * rows), perEpoch };
}
