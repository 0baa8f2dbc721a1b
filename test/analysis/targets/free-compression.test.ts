import { describe, expect, test } from 'vitest';
import { freeCompressions } from '../../../analysis/targets/free-compression.ts';
import { analyze } from '../../../analysis/recording.ts';
import { seriesOf } from '../../../analysis/summary/series.ts';
import { summarize } from '../../../analysis/summary/summary.ts';
import { random } from '../../../base/random.ts';
import type { RunRecord } from '../../../results/record.ts';
import { nextRatio, type Tried } from '../../../suites/target-search.ts';
import { completedRun, environment, infeasibleRun } from '../../reports/recordings.ts';

/** A run whose layer has exactly the ratio that was asked for. */
const run = (method: string, ratio: number, seed: number, auc: number): RunRecord => ({
  ...completedRun({ method, ratio, seed, auc }),
  compression: { requested: ratio, achieved: ratio },
});
const full = [0.76, 0.7602, 0.7598, 0.7601, 0.7599];
/** Test AUC of five seeds that lie so far from those of full. */
const runs = (method: string, gaps: Readonly<Record<number, number>>) =>
  Object.entries(gaps).flatMap(([ratio, gap]) =>
    full.map((auc, i) =>
      run(method, Number(ratio), i + 1, auc + gap + 0.00002 * ((i * 7 + Number(ratio)) % 5)),
    ),
  );
const baseline = full.map((auc, i) => run('full', 1, i + 1, auc));
const found = (records: readonly RunRecord[], margin = 0.001, rowNoise = {}) =>
  freeCompressions(
    analyze({ environment, runs: [...baseline, ...records] }).comparisons[0].rows,
    margin,
    rowNoise,
  );

describe('the compression that is free', () => {
  test('is between the largest ratio shown to be free and the smallest shown to cost more', () => {
    const [one] = found(runs('robe', { 4: 0, 16: -0.0001, 64: -0.004, 256: -0.01 }));
    expect(one).toMatchObject({ shown: 16, costly: 64, open: false });
    expect(one.tried.map(({ verdict }) => verdict)).toEqual(['free', 'free', 'costly', 'costly']);
    // The loss reaches .001 at (1 - .06) / (4 - .1) of the way from 16x to 64x, in logarithms, with the means of the noise added.
    expect(one.estimate).toBeGreaterThan(20);
    expect(one.estimate).toBeLessThan(24);
  });

  test('has no end where no ratio costs more, and begins with full where none is free', () => {
    const [open, closed] = found([...runs('robe', { 4: 0, 16: 0.0002 }), ...runs('lma', { 4: -0.004 })]);
    expect(open).toMatchObject({ shown: 16, costly: undefined, open: true, estimate: 16 });
    expect(closed).toMatchObject({ shown: 1, costly: 4, open: false });
    expect(closed.estimate).toBeCloseTo(4 ** (0.001 / closed.tried[0].gap.value ** 1 / -1), 6);
  });

  test('rests on the rows: with their noise less is shown', () => {
    const records = runs('robe', { 4: 0, 64: -0.004 });
    expect(found(records)[0].tried.map(({ verdict }) => verdict)).toEqual(['free', 'costly']);
    const [noisy] = found(records, 0.001, { assumed: 0.002 ** 2 });
    expect(noisy).toMatchObject({ shown: 1, costly: undefined });
    expect(noisy.tried.map(({ verdict }) => verdict)).toEqual(['undecided', 'undecided']);
  });

  test('needs three common seeds for a verdict, and says what cannot be made', () => {
    const two = runs('robe', { 4: 0 }).filter(({ seed }) => seed < 3);
    const [one] = found([...two, infeasibleRun({ method: 'robe', ratio: 256, seed: 1 })]);
    expect(one.tried[0].verdict).toBe('unjudged');
    expect(one).toMatchObject({ shown: 1, costly: undefined, infeasible: [256] });
  });

  test('of a method that can make none of the ratios says what it can make, and comes last', () => {
    const none = infeasibleRun({ method: 'memcom', ratio: 64, seed: 1 });
    const failed = { ...none, method: 'lma', status: 'failed', error: 'broken', smallestBytes: undefined };
    const all = found([none, failed as RunRecord, ...runs('robe', { 4: -0.5 })]);
    const named = (name: string) => all.find(({ series }) => series.method === name);
    expect(all[0].series.method).toBe('robe');
    const [{ size }] = baseline.filter((one) => one.status === 'completed');
    expect(named('memcom')).toMatchObject({ tried: [], infeasible: [64], shown: 1 });
    expect(named('memcom')!.most).toBeCloseTo(size.fullBytes / 1_204_224, 9);
    expect(named('lma')).toMatchObject({ tried: [], infeasible: [], most: undefined });
  });

  test('is unknown without full', () => {
    const records = runs('robe', { 4: 0 });
    const [{ rows }] = analyze({ environment, runs: records }).comparisons;
    expect(freeCompressions(rows, 0.001)).toEqual([]);
  });
});

/**
 * Searches of four methods whose truth is known; the share of searches in which something false is shown, and in which anything is. The
 * direction is chosen on validation, whose noise is that of test AUC, partly the same.
 */
function rates(lossAt: (ratio: number) => number, trials: number) {
  const noise = random(7);
  const seeds = [1, 2, 3, 4, 5];
  let [falselyFree, falselyCostly, anything] = [0, 0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const fullAt = seeds.map(() => 0.76 + 0.0002 * noise.normal());
    const records: RunRecord[] = fullAt.map((auc, i) => run('full', 1, i + 1, auc));
    for (const method of ['robe', 'lma', 'uniform', 'bloom']) {
      const tried: Tried[] = [];
      for (;;) {
        const ratio = nextRatio(tried, { least: 1, most: 1024, steps: 5 });
        if (ratio === undefined) break;
        const aucs = seeds.map(() => 0.76 - lossAt(ratio) + 0.0002 * noise.normal());
        records.push(...aucs.map((auc, i) => run(method, ratio, i + 1, auc)));
        const change = aucs.reduce((sum, auc, i) => sum + auc - fullAt[i], 0) / 5 + 0.0001 * noise.normal();
        tried.push({ ratio, passes: change >= -margin });
      }
    }
    const searches = freeCompressions(summarize(records, seriesOf(records)), margin);
    const shown = searches.flatMap(({ tried }) =>
      tried.map(({ verdict, row }) => ({ verdict, loss: lossAt(row.achieved) })),
    );
    falselyFree += Number(shown.some(({ verdict, loss }) => verdict === 'free' && loss > margin));
    falselyCostly += Number(shown.some(({ verdict, loss }) => verdict === 'costly' && loss <= margin));
    anything += Number(shown.some(({ verdict }) => verdict === 'free' || verdict === 'costly'));
  }
  return {
    falselyFree: falselyFree / trials,
    falselyCostly: falselyCostly / trials,
    anything: anything / trials,
  };
}
const margin = 0.001;

test('in at most 5 % of searches a ratio is shown to be free, or to cost more, that is not', () => {
  const growing = rates((ratio) => (margin * Math.log2(ratio)) / 4, 100);
  expect(growing.falselyFree).toBeLessThanOrEqual(0.05);
  expect(growing.falselyCostly).toBeLessThanOrEqual(0.05);
  expect(growing.anything).toBeGreaterThan(0.6);
  // Every ratio is at the edge: all twenty statements may err.
  expect(rates(() => margin * 1.000001, 100).falselyFree).toBeLessThanOrEqual(0.05);
  expect(rates(() => margin, 100).falselyCostly).toBeLessThanOrEqual(0.05);
});
