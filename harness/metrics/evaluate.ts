import { setImmediate } from 'node:timers/promises';
import * as tf from '../../tensors/index.ts';
import type { Data, Part } from '../contract/data.ts';
import { InTurn } from '../measuring/pipeline.ts';
import { scoresOf, type Scores } from './scores.ts';
import { spreadOf, type Spread } from './spread.ts';
import { readOnce } from '../measuring/read-and-dispose.ts';
import type { Trainee } from '../training/trainer.ts';

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
  const { synchronize } = trainee.embedding;
  const scored = new InTurn<Float32Array>(synchronize ? 1 : 0, (logits, milliseconds) => {
    rates.push((1000 * logits.length) / milliseconds);
    for (const logit of logits) probabilities[row++] = 1 / (1 + Math.exp(-logit));
  });
  for (const batch of data.batches(part, { batchSize })) {
    const start = performance.now();
    await scored.add(start, readOnce(tf.tidy(() => trainee.logits(batch))));
    await setImmediate(); // signals and messages get their turn
  }
  await scored.finish();
  await synchronize?.();
  const scores = scoresOf(probabilities, data.labels(part));
  return { scores, probabilities, samplesPerSecond: spreadOf(rates) };
}
