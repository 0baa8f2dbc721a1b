import { expect, it } from 'vitest';
import { meanRankOver, ranksOf } from '../../../analysis/leaderboards/mean-rank.ts';
import { analyze } from '../../../analysis/recording.ts';
import { completedRun, environment, infeasibleRun } from '../../reports/recordings.ts';

const dataSets = (means: readonly number[]) => means.map((rank) => ({ ranks: [rank], missing: 0 }));

it('has a Student interval over data sets from three on', () => {
  const { value, error, count } = meanRankOver(dataSets([3, 5, 4, 8]));
  expect([value, count]).toEqual([5, 4]);
  expect(error).toBeCloseTo(3.43743488, 7);
  expect(meanRankOver(dataSets([3, 5])).error).toBeUndefined();
  // Budgets are averaged within their data set first.
  expect(meanRankOver([{ ranks: [1, 3, 5], missing: 0 }, ...dataSets([5])]).value).toBe(4);
});

it('counts a budget without a number as the last rank', () => {
  const at = (method: string, ratio: number, auc: number) =>
    [1, 2, 3].map((seed) => completedRun({ method, ratio, seed, auc: auc + seed / 1e4 }));
  const runs = [
    ...at('robe', 4, 0.75),
    ...at('uniform', 4, 0.76),
    ...at('robe', 16, 0.75),
    infeasibleRun({ method: 'uniform', ratio: 16, seed: 1 }),
  ];
  const [{ rankings }] = analyze({ environment, runs }).comparisons;
  expect(ranksOf('uniform {}', rankings)).toEqual({ ranks: [1, 2], missing: 1 });
  expect(ranksOf('robe {}', rankings)).toEqual({ ranks: [2, 1], missing: 0 });
  expect(ranksOf('other {}', rankings)).toBeUndefined();
});
