import { setImmediate } from 'node:timers/promises';
import * as tf from '../../tensors/index.ts';
import type { Data, Part } from '../contract/data.ts';
import { Pipeline } from '../measuring/pipeline.ts';
import { scoresOf, type Scores } from './scores.ts';
import { spreadOf, type Spread } from './spread.ts';
import { readAndDispose } from '../measuring/read-and-dispose.ts';
import type { Trainer } from '../training/trainer.ts';

export interface Evaluation {
  readonly scores: Scores;
  readonly probabilities: Float32Array; // in the order of the log
  readonly samplesPerSecond: Spread;
}

/** Scores every row of a part once. */
export async function evaluate(
  trainer: Trainer,
  data: Data,
  part: Part,
  batchSize: number,
): Promise<Evaluation> {
  const probabilities = new Float32Array(data.rows[part]);
  const rates: number[] = [];
  let row = 0;
  const { synchronize } = trainer.embedding;
  const scored = new Pipeline<Float32Array>(synchronize ? 1 : 0, (logits, milliseconds) => {
    rates.push((1000 * logits.length) / milliseconds);
    for (const logit of logits) probabilities[row++] = 1 / (1 + Math.exp(-logit));
  });
  for (const batch of data.batches(part, { batchSize })) {
    const start = performance.now();
    await scored.add(start, readAndDispose(tf.tidy(() => trainer.logits(batch))));
    await setImmediate(); // signals and messages get their turn
  }
  await scored.finish();
  await synchronize?.();
  const scores = scoresOf(probabilities, data.labels(part), data.weights?.(part));
  return { scores, probabilities, samplesPerSecond: spreadOf(rates) };
}
