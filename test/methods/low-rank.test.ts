import { describe, expect, test } from 'vitest';
import { isInfeasible } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { lowRank } from '../../methods/low-rank.ts';
import { kaggleCardinalities, kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt, uncountedFields } from '../layers.ts';

const ranksAt = (ratio: number) =>
  feasiblePlan(lowRank, layerAt(kaggleFields, 16, ratio)).choices.ranks as number[];

test('takes rows of the rank, and a matrix per field: by hand', () => {
  // 1000 and 100 ids at dim 8, 2 x: 4400 floats. A rank costs 1008 and 108 of them: 4 and 3 are 4356, 4 and 4 too many.
  const plan = feasiblePlan(lowRank, layerAt(uncountedFields([1000, 100]), 8, 2), { keep: 0 });
  expect(plan.choices.ranks).toEqual([4, 3]);
  expect(sizeOf(plan).parameters).toBe(4356);
});

describe('on Kaggle', () => {
  test.each([2, 4, 8, 15])('uses up the budget at %i x, and large fields shrink alike', (ratio) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    expect(sizeOf(feasiblePlan(lowRank, layer)).servingBytes).toBeGreaterThan(0.85 * layer.budget);
    const ranks = ranksAt(ratio);
    kaggleCardinalities.forEach((n, f) => {
      if (n <= 200) expect(ranks[f]).toBe(16);
      else expect(ranks[f]).toBeGreaterThanOrEqual(Math.floor((n * 16) / ratio / (n + 16)));
    });
  });

  test('has a floor of a float per id, at 16 x', () => {
    const plan = lowRank.plan(layerAt(kaggleFields, 16, 16.1), lowRank.options.parse({}));
    expect(isInfeasible(plan) && plan.smallestBytes).toBeGreaterThan(4 * 33_762_577);
  });
});

test('a field whose product would be no smaller than its table is whole', () => {
  // [2, 1] x [1, 8] is 10 floats, [2, 8] 16; [1, 1] x [1, 8] is 9, more than 8.
  const plan = feasiblePlan(lowRank, layerAt(uncountedFields([1, 2, 4000]), 8, 7), { keep: 0 });
  expect((plan.choices.ranks as number[])[0]).toBe(8);
});
