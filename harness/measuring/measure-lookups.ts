import * as tf from '../../tensors/index.ts';
import type { Batch, Data } from '../contract/data.ts';
import { copyOf } from '../batches/copy-of.ts';
import { lookupsOf } from '../contract/further-values.ts';
import type { Embedding } from '../embedding/embedding.ts';
import { spreadOf, type Spread } from '../metrics/spread.ts';
import { preciseSamples } from './precise-samples.ts';

/** The test part was scored just before: the code is compiled. */
export const precision = { within: 0.01, warmUp: 20, least: 30, most: 200 };

/**
 * Ids turned into vectors per second by the embedding layer alone, on batches of the test part's ids. Every value of a pooled
 * field is an id; cells that only fill rows are not. Batches have different numbers of those: their mean counts.
 */
export async function measureLookups(embedding: Embedding, data: Data, batchSize: number): Promise<Spread> {
  const batches: Batch[] = [];
  for (const batch of data.batches('test', { batchSize })) {
    batches.push(copyOf(batch));
    if (batches.length === 8) break;
  }
  const [{ size }] = batches;
  const full = batches.filter((batch) => batch.size === size); // samples must be of equal work
  const lookups = full.reduce((sum, batch) => sum + lookupsOf(batch, data.fields.length), 0) / full.length;
  let next = 0;
  const samples = await preciseSamples(async () => {
    const batch = full[next++ % full.length];
    const vectors = tf.tidy(() => embedding.embedBatch(batch));
    await embedding.synchronize?.(); // not read: that would be timed too
    vectors.dispose();
  }, precision);
  return spreadOf(samples.map((milliseconds) => (1000 * lookups) / milliseconds));
}
