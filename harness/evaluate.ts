import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs';
import type { Data, Part } from './contract/data.ts';
import { scoresOf, type Scores } from './metrics/scores.ts';
import { spreadOf, type Spread } from './metrics/spread.ts';
import type { Trainee } from './trainee.ts';

export interface Evaluation {
  readonly scores: Scores;
  readonly probabilities: Float32Array; // in the order of the log
  readonly samplesPerSecond: Spread;
}

/** Scores every row of a part once. */
export async function evaluate(
  trainee: Trainee,
  data: Data,
  part: Part,
  batchSize: number,
): Promise<Evaluation> {
  const probabilities = new Float32Array(data.rows[part]);
  const rates: number[] = [];
  let row = 0;
  for (const batch of data.batches(part, { batchSize })) {
    const start = performance.now();
    const logits = tf.tidy(() => trainee.logits(batch));
    const values = await logits.data();
    rates.push((1000 * batch.size) / (performance.now() - start));
    logits.dispose();
    for (const logit of values) probabilities[row++] = 1 / (1 + Math.exp(-logit));
    await setImmediate(); // signals and messages get their turn
  }
  const scores = scoresOf(probabilities, data.labels(part));
  return { scores, probabilities, samplesPerSecond: spreadOf(rates) };
}
