import * as tf from '../../tensors/index.ts';
import { Bench } from 'tinybench';
import type { Data } from '../contract/data.ts';
import type { Embedding } from '../embedding/embedding.ts';
import { spreadOf, type Spread } from '../metrics/spread.ts';

/** Ids turned into vectors per second by the embedding layer alone, on batches of the test part's ids. */
export async function measureLookups(embedding: Embedding, data: Data, batchSize: number): Promise<Spread> {
  const batches: { ids: Uint32Array; size: number }[] = [];
  for (const { ids, size } of data.batches('test', { batchSize })) {
    batches.push({ ids: ids.slice(), size });
    if (batches.length === 8) break;
  }
  const [{ size }] = batches;
  const full = batches.filter((batch) => batch.size === size); // samples must be of equal work
  let next = 0;
  const bench = new Bench({ time: 300, warmupTime: 100, retainSamples: true, throws: true });
  bench.add('lookup', async () => {
    const { ids } = full[next++ % full.length];
    const vectors = tf.tidy(() => embedding.embed(ids, size, data.fields.length));
    await embedding.synchronize?.(); // not read: that would be timed too
    vectors.dispose();
  });
  const [task] = await bench.run();
  const { result } = task;
  if (!('latency' in result) || result.latency.samples === undefined)
    throw new Error('the lookup was not timed');
  return spreadOf(
    result.latency.samples.map((milliseconds) => (1000 * size * data.fields.length) / milliseconds),
  );
}
