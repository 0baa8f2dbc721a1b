import { setImmediate } from 'node:timers/promises';
import type { Data } from './contract/data.ts';
import { deriveSeed } from './contract/mix.ts';
import { evaluate } from './evaluate.ts';
import { InTurn } from './in-turn.ts';
import type { Scores } from './metrics/scores.ts';
import { spreadOf, type Spread } from './metrics/spread.ts';
import { StepGroup, type StepLoss } from './step-group.ts';
import type { Trainee } from './trainee.ts';

export interface Training {
  readonly batchSize: number;
  readonly epochs: number;
  readonly learningRate: number;
  /** Order of the batches: as in the log, or shuffled anew every epoch. The same seed gives every method the same. */
  readonly order: 'log' | 'shuffled';
  readonly seed: number;
}

export interface Trained {
  /** Scores of the validation part after the epoch that was kept. */
  readonly validation: Scores;
  /** The epoch kept, from 1: the one with the best validation AUC. */
  readonly epoch: number;
  readonly samplesPerSecond: Spread;
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
): Promise<Trained> {
  const total = training.epochs * data.rows.train;
  const rates: number[] = [];
  const curve: CurvePoint[] = [];
  let samples = 0;
  let sinceLastPoint = { samples: 0, loss: 0 };
  const { synchronize } = trainee.embedding;
  const groupSize = synchronize ? stepsPerReading : 1;
  const read = new InTurn<readonly StepLoss[]>(synchronize ? 1 : 0, (losses, milliseconds) => {
    rates.push((1000 * losses.reduce((sum, { size }) => sum + size, 0)) / milliseconds);
    for (const { size, loss } of losses) {
      if (!Number.isFinite(loss)) throw new Diverged(samples, training.learningRate);
      samples += size;
      sinceLastPoint = {
        samples: sinceLastPoint.samples + size,
        loss: sinceLastPoint.loss + loss * size,
      };
      if (sinceLastPoint.samples >= total / curvePoints || samples === total) {
        curve.push({ samples, loss: sinceLastPoint.loss / sinceLastPoint.samples });
        sinceLastPoint = { samples: 0, loss: 0 };
      }
    }
    onProgress({ samples, total });
  });
  let best: { validation: Scores; epoch: number } | undefined;

  for (let epoch = 1; epoch <= training.epochs; epoch++) {
    const shuffle =
      training.order === 'shuffled' ? { shuffle: deriveSeed(training.seed, 'epoch', epoch) } : {};
    let group = new StepGroup();
    for (const batch of data.batches('train', { batchSize: training.batchSize, ...shuffle })) {
      // The clock runs while the step runs, up to reading its loss. Reading the batch from disk is outside it, but for
      // the batches that are read while a device computes.
      group.add(batch.size, () => trainee.step(batch, training.learningRate));
      if (group.steps === groupSize) {
        await read.add(group.start, group.losses());
        group = new StepGroup();
      }
      await setImmediate(); // signals and messages get their turn
    }
    if (group.steps > 0) await read.add(group.start, group.losses());
    await read.finish();
    await synchronize?.();
    const { scores } = await evaluate(trainee, data, 'validation', training.batchSize);
    if (best === undefined || scores.auc > best.validation.auc) {
      best = { validation: scores, epoch };
      if (epoch < training.epochs) trainee.save();
    }
  }
  if (best!.epoch < training.epochs) trainee.restore();
  return { ...best!, samplesPerSecond: spreadOf(withoutWarmUp(rates)), curve };
}

/** The first steps compile code and fill caches. */
function withoutWarmUp(samples: readonly number[]): readonly number[] {
  return samples.slice(Math.min(5, Math.floor(samples.length / 2)));
}

export class Diverged extends Error {
  constructor(samples: number, learningRate: number) {
    super(`training diverged after ${samples} samples: try a --learning-rate below ${learningRate}`);
  }
}
