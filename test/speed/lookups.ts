/**
 * Times look-ups by samples until their median is known, and for a fixed time as it was done before (100 ms of warm-up, then 300 ms and 64
 * samples at least), in turn on the same layer: the ratio of both, the spread of each, and the milliseconds that they take.
 *
 *   npx tsx test/speed/lookups.ts [backend = native] [batch = 256] [rounds = 15]        a minute
 */
import { backends } from '../../backends/index.ts';
import { findNamed } from '../../base/find-named.ts';
import { randomBatches } from '../../harness/batches/random-batches.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { fullSize } from '../../harness/contract/size.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { precision } from '../../harness/measuring/measure-lookups.ts';
import { preciseSamples } from '../../harness/measuring/precise-samples.ts';
import { spreadOf } from '../../harness/metrics/spread.ts';
import { scaledKaggleFields } from '../../suites/described/kaggle.ts';
import { findMethod } from '../../suites/find-method.ts';
import * as tf from '../../tensors/index.ts';

const [backend = 'native', batch = '256', rounds = '15'] = process.argv.slice(2);
const opened = await findNamed(backends, 'backend', backend).open({});
tf.enableProdMode();
const fields = scaledKaggleFields(0.01);
const dim = 16;

async function fixedTime(work: () => Promise<void>): Promise<number[]> {
  const repeat = async (milliseconds: number, least: number) => {
    const samples: number[] = [];
    for (const end = performance.now() + milliseconds; performance.now() < end || samples.length < least;) {
      const start = performance.now();
      await work();
      samples.push(performance.now() - start);
    }
    return samples;
  };
  await repeat(100, 16);
  return repeat(300, 64);
}

for (const name of ['full', 'md', 'dpq', 'hash', 'robe', 'tt', 'dhe']) {
  const method = findMethod(name);
  const budget = Math.ceil(fullSize({ fields, dim }).servingBytes / (name === 'full' ? 1 : 16));
  const sample = (rows: number) => randomBatches(fields, 0, rows, 1)[0].ids;
  const plan = method.plan({ fields, dim, budget, seed: 1, sample }, method.options.parse({}));
  if (isInfeasible(plan)) continue;
  const embedding = new Embedding(plan, opened, 'adagrad', 1);
  const batches = randomBatches(fields, 13, Number(batch), 8);
  let next = 0;
  const work = async () => {
    const vectors = tf.tidy(() => embedding.embedBatch(batches[next++ % batches.length]));
    await embedding.synchronize?.();
    vectors.dispose();
  };
  for (let i = 0; i < 40; i++) await work(); // as scoring the test part does
  const found = {
    before: [] as number[],
    after: [] as number[],
    timeBefore: [] as number[],
    timeAfter: [] as number[],
  };
  for (let round = 0; round < Number(rounds); round++) {
    const start = performance.now();
    found.before.push(spreadOf(await fixedTime(work)).median);
    const between = performance.now();
    found.after.push(spreadOf(await preciseSamples(work, precision)).median);
    found.timeBefore.push(between - start);
    found.timeAfter.push(performance.now() - between);
  }
  const [before, after, timeBefore, timeAfter] = [found.before, found.after, found.timeBefore, found.timeAfter].map(spreadOf); // prettier-ignore
  const ratio = spreadOf(found.before.map((x, i) => x / found.after[i]));
  const percent = ({ mad, median }: typeof before) => `${((100 * mad) / median).toFixed(1)} %`;
  console.log(
    `${name.padEnd(5)} look-ups per second, new / before ${ratio.median.toFixed(3)} ± ${ratio.mad.toFixed(3)}; spread ${percent(before)} and ` +
      `${percent(after)}; takes ${timeBefore.median.toFixed(0)} and ${timeAfter.median.toFixed(0)} ms`,
  );
}
