import { setImmediate } from 'node:timers/promises';
import type { Data } from './contract/data.ts';
import { deriveSeed } from './contract/mix.ts';
import { evaluate } from './evaluate.ts';
import { InTurn } from './in-turn.ts';
import type { Scores } from './metrics/scores.ts';
import { StepGroup, type StepLoss } from './step-group.ts';
import type { Trainee } from './trainee.ts';

export interface Training {
  readonly batchSize: number;
  readonly epochs: number;
  readonly learningRate: number;
  /** Order of the batches: as in the log, or shuffled anew every epoch. The same seed gives every method the same. */
  readonly order: 'log' | 'shuffled';
  readonly seed: number;
  /** Share of the epochs, 1 where absent; it may end within one. */
  readonly share?: number;
}

export interface TrainResult {
  /** Scores of the validation part after the epoch that was kept; undefined where nothing was trained. */
  readonly validation: Scores | undefined;
  /** The epoch kept, from 1: the one with the best validation AUC. */
  readonly epoch: number;
  readonly steps: number;
  readonly samples: number;
  /** Samples per second of every step but the first few, which compile code and fill caches. */
  readonly rates: readonly number[];
  readonly curve: readonly CurvePoint[];
}

/** Mean training loss of the samples since the point before. */
export interface CurvePoint {
  readonly samples: number;
  readonly loss: number;
}

export interface Progress {
  readonly samples: number;
  readonly total: number;
}

const curvePoints = 50;

/**
 * Steps to one reading of their losses on a device that computes while this process prepares the next batches. It waits
 * for nobody as long as a group is on its way when the one before is read.
 */
const stepsPerReading = 16;

/** Trains for some epochs and leaves the trainee as it was after the one that validation liked best. */
export async function train(
  trainee: Trainee,
  data: Data,
  training: Training,
  onProgress: (progress: Progress) => void = () => {},
): Promise<TrainResult> {
  const { batchSize, learningRate } = training;
  const length = lengthOf(data.rows.train, training);
  const rates: number[] = [];
  const curve: CurvePoint[] = [];
  let samples = 0;
  let sinceLastPoint = { samples: 0, loss: 0 };
  const { synchronize } = trainee.embedding;
  const groupSize = synchronize ? stepsPerReading : 1;
  const read = new InTurn<readonly StepLoss[]>(synchronize ? 1 : 0, (losses, milliseconds) => {
    rates.push((1000 * losses.reduce((sum, { size }) => sum + size, 0)) / milliseconds);
    for (const { size, loss } of losses) {
      if (!Number.isFinite(loss)) throw new Diverged(samples, learningRate);
      samples += size;
      sinceLastPoint = {
        samples: sinceLastPoint.samples + size,
        loss: sinceLastPoint.loss + loss * size,
      };
      if (sinceLastPoint.samples >= length.samples / curvePoints || samples === length.samples) {
        curve.push({ samples, loss: sinceLastPoint.loss / sinceLastPoint.samples });
        sinceLastPoint = { samples: 0, loss: 0 };
      }
    }
    onProgress({ samples, total: length.samples });
  });
  let best: { validation: Scores; epoch: number } | undefined;

  for (let epoch = 1, step = 0; step < length.steps; epoch++) {
    const shuffle =
      training.order === 'shuffled' ? { shuffle: deriveSeed(training.seed, 'epoch', epoch) } : {};
    let group = new StepGroup();
    let index = 0; // within the epoch: what is held out is the same in each
    for (const batch of data.batches('train', { batchSize, ...shuffle })) {
      if (step === length.steps) break;
      const place = { index: step++, steps: length.steps, heldOut: trainee.holdsOut(index++) };
      // The clock runs while the step runs, up to reading its loss. Reading the batch from disk is outside it, but for
      // the batches that are read while a device computes.
      group.add(batch.size, () => trainee.step(batch, learningRate, place));
      await trainee.afterStep();
      if (group.steps === groupSize) {
        await read.add(group.start, group.losses());
        group = new StepGroup();
      }
      await setImmediate(); // signals and messages get their turn
    }
    if (group.steps > 0) await read.add(group.start, group.losses());
    await read.finish();
    await synchronize?.();
    const last = step === length.steps;
    const { scores } = await evaluate(trainee, data, 'validation', batchSize);
    if (best === undefined || scores.auc > best.validation.auc) {
      best = { validation: scores, epoch };
      if (!last) trainee.save();
    } else if (last) trainee.restore();
  }
  return {
    validation: best?.validation,
    epoch: best?.epoch ?? 0,
    ...length,
    rates: withoutWarmUp(rates),
    curve,
  };
}

/** Steps and samples of a stage. */
function lengthOf(
  rows: number,
  { batchSize, epochs, share = 1 }: Training,
): { steps: number; samples: number } {
  const perEpoch = Math.ceil(rows / batchSize);
  const steps = Math.round(share * epochs * perEpoch);
  const whole = Math.floor(steps / perEpoch);
  return { steps, samples: whole * rows + (steps - whole * perEpoch) * batchSize };
}

function withoutWarmUp(samples: readonly number[]): readonly number[] {
  return samples.slice(Math.min(5, Math.floor(samples.length / 2)));
}

export class Diverged extends Error {
  constructor(samples: number, learningRate: number) {
    super(`training diverged after ${samples} samples: try a --learning-rate below ${learningRate}`);
  }
}
