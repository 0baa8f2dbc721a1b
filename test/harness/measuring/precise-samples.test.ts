import { describe, expect, test } from 'vitest';
import { random } from '../../../base/random.ts';
import { medianInterval, preciseSamples } from '../../../harness/measuring/precise-samples.ts';
import { spreadOf } from '../../../harness/metrics/spread.ts';

const precision = { within: 0.01, warmUp: 20, least: 30, most: 200 };

/** Samples of work whose `i`-th repetition takes `milliseconds(i)` on a clock of its own, and how long all took. */
async function samplesOf(milliseconds: (i: number) => number) {
  let [clock, done] = [0, 0];
  const work = () => {
    clock += milliseconds(done++);
    return Promise.resolve();
  };
  const samples = await preciseSamples(work, precision, () => clock);
  return { samples, done, clock };
}

describe('samples until the median is known', () => {
  test('of work that always takes as long end after the least time', async () => {
    const { samples, done, clock } = await samplesOf(() => 0.5);
    expect(samples).toEqual(Array(samples.length).fill(0.5));
    expect(done - samples.length).toBe(40); // warm-up: 20 ms
    expect(clock - 20).toBeGreaterThanOrEqual(30);
    expect(clock - 20).toBeLessThanOrEqual(1.5 * 30);
  });

  test('of work that varies take more, as its spread asks for', async () => {
    const lasting = async (spread: number) => {
      const stream = random(1);
      return (await samplesOf(() => 0.1 * (1 + spread * (stream.uniform() - 0.5)))).samples;
    };
    const [narrow, wide] = [await lasting(0.02), await lasting(0.4)];
    // Uniform within ±20 %: a density of 2.5 at the median, so 0.98 / (2.5 sqrt(n)) is 0.01 at 1,537 samples.
    expect(narrow.length).toBeLessThan(500);
    expect(wide.length).toBeGreaterThan(900);
    expect(wide.length).toBeLessThan(2100);
    expect(Math.abs(spreadOf(wide).median / 0.1 - 1)).toBeLessThan(0.01);
  });

  test('of work that becomes faster go on until the limit', async () => {
    const { samples, clock } = await samplesOf((i) => 0.1 + 0.1 * Math.exp(-i / 500));
    expect(clock - 20).toBeGreaterThanOrEqual(200);
    expect(clock - 20).toBeLessThan(201);
    expect(samples.length).toBeGreaterThan(1000);
  });

  test('of slow work are eight', async () => {
    expect((await samplesOf(() => 100)).samples).toHaveLength(8);
  });
});

test('the interval has the median of 19 samples in 20, whatever their distribution', () => {
  const stream = random(3);
  const tries = 4000;
  let covered = 0;
  for (let i = 0; i < tries; i++) {
    const [low, high] = medianInterval(Array.from({ length: 60 }, () => -Math.log(1 - stream.uniform())));
    if (low <= Math.LN2 && Math.LN2 <= high) covered++;
  }
  // Ranks are rounded outwards: a little more than 0.95.
  expect(covered / tries).toBeGreaterThan(0.945);
  expect(covered / tries).toBeLessThan(0.98);
});
