import { describe, expect, it } from 'vitest';
import { differenceTail } from '../../../analysis/statistics/difference-tail.ts';
import { medianF } from '../../../analysis/statistics/f-median.ts';
import { hanleyMcNeil } from '../../../analysis/statistics/hanley-mcneil.ts';
import { holm } from '../../../analysis/statistics/holm.ts';
import { type PairNoise, pairDifference, pairNoise } from '../../../analysis/statistics/pair-noise.ts';
import { studentUpper } from '../../../analysis/statistics/student-t.ts';
import {
  type Differences,
  alpha,
  boundOf,
  judgeMethods,
  placesOf,
  statementsOf,
} from '../../../analysis/verdicts/judge.ts';

/** Equal to 1e-6, relatively where the numbers are below 1e-4. */
const agrees = (found: readonly (number | undefined)[], expected: readonly number[]) => {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    const scale = Math.abs(value) < 1e-4 ? Math.max(Math.abs(value), 1e-30) : 1;
    expect(Math.abs(found[i]! - value) / scale, `${i}: ${found[i]}, not ${value}`).toBeLessThan(1e-6);
  });
};
const methods = (rows: readonly (readonly number[])[]) =>
  rows.map((aucs) => new Map(aucs.map((auc, seed) => [seed + 1, auc])));
const at4 = methods([
  [0.7612, 0.7636, 0.7642],
  [0.7593, 0.76, 0.761],
  [0.7535, 0.7586, 0.7548],
  [0.7467, 0.7523, 0.7503],
]);
const at16 = methods([
  [0.76, 0.7621, 0.7613],
  [0.759, 0.7611, 0.762],
  [0.7568, 0.7595, 0.7604],
  [0.7531, 0.7594, 0.7561],
]);
const margin = 0.001;

function judged(of: typeof at4, noise: PairNoise, ofRows = 0) {
  const differences: Differences = (i, j) => pairDifference(of[i], of[j], noise, ofRows);
  const all = judgeMethods(of.length, differences, margin);
  const each = of.map((_, j) => statementsOf(j, of.length, differences, margin));
  return {
    differences,
    shared: each.map(({ worse }) => worse),
    rivals: each.map(({ within }) => within),
    worse: all.map(({ worse }) => worse),
    byMargin: all.map(({ worseByMargin }) => worseByMargin),
    within: all.map(({ within }) => within),
    bound: of.map((_, j) => boundOf(j, of.length, differences, alpha)),
  };
}

// Computed with SciPy from the same definitions.
describe('the parts of a verdict', () => {
  it('have the medians of F', () => {
    const found = [medianF(2, 6), medianF(4, 6), medianF(9, 6), medianF(2, 1.5)];
    agrees(found, [0.77976315, 0.941913265, 1.039772072, 1.139881575]);
    for (const x of [0.3, 1, 4, 25]) expect(medianF(2, x)).toBeCloseTo((x / 2) * (2 ** (2 / x) - 1), 8);
  });

  it('have quantiles far out', () => {
    agrees(
      [studentUpper(0.05 / 33, 8), studentUpper(0.05 / (34 * 33), 8), studentUpper(0.025, 2)],
      [4.19179699, 7.23754968, 4.30265273],
    );
    // No more than a t distribution of two degrees, in closed form, at a level that 1 - p cannot hold.
    const tail = 1e-18;
    expect(studentUpper(tail, 2) / ((1 - 2 * tail) / Math.sqrt(2 * tail * (1 - tail)))).toBeCloseTo(1, 10);
  });

  it('have the variance of an AUC by its rows alone', () => {
    agrees(
      [hanleyMcNeil(0.7583, 2880, 8008), 0.06 * hanleyMcNeil(0.7583, 2880, 8008)],
      [3.19036693e-5, 1.914220158e-6],
    );
  });

  it('are never surer with row noise than without it', () => {
    const noise = { ofSeeds: 1e-6, degrees: 8 };
    for (const x of [-0.02, -0.006, -0.001, 0.001, 0.006, 0.02]) {
      const [without, withRows] = [0, 3e-7].map((ofRows) => differenceTail(x, { ...noise, ofRows }));
      if (x > 0) expect(withRows).toBeGreaterThanOrEqual(without);
      else expect(withRows).toBeLessThanOrEqual(without);
      expect(differenceTail(-x, { ...noise, ofRows: 3e-7 })).toBeCloseTo(1 - withRows, 12);
    }
    const exact = [-1, 0, 1].map((x) => differenceTail(x, { ofSeeds: 0, ofRows: 0, degrees: 2 }));
    expect(exact).toEqual([1, 0.5, 0]);
  });

  it('have adjusted p-values in the order given', () => {
    agrees(holm([0.03, 0.001, 0.02, 0.9]), [0.06, 0.004, 0.06, 0.9]);
    expect(holm([])).toEqual([]);
  });
});

describe('the noise of pairs', () => {
  it('is pooled over budgets', () => {
    const noise = pairNoise([at4, at16])!;
    const first = pairDifference(at4[0], at4[3], noise)!;
    expect(noise).toMatchObject({ priorDegrees: 2.5, degrees: 12, seeds: 3 });
    expect(first.degrees).toBe(4.5);
    agrees(
      [noise.variance, first.ofSeeds, differenceTail(first.value, first)],
      [3.970668e-6, 1.163951e-6, 6.259702e-5],
    );
  });

  it('is that of the seeds most methods have; others are judged by their own', () => {
    const [a, b, c] = at4;
    const short = new Map([...at4[3]].slice(0, 2));
    expect(pairNoise([[a, b, c, short], at16])).toEqual(pairNoise([[a, b, c], at16]));
    const noise = pairNoise([[a, b, c, short], at16])!;
    expect(pairDifference(a, short, noise)).toMatchObject({ count: 2, degrees: noise.priorDegrees + 1 });
    expect(pairDifference(a, new Map([[1, 0.7]]), noise)).toBeUndefined();
    expect(pairNoise([[a], [b]])).toBeUndefined();
    expect(pairNoise([methods([[0.7], [0.8]])])).toBeUndefined();
  });
});

describe('verdicts of a budget', () => {
  const pool = pairNoise([at4, at16])!;

  it('in a pool of two budgets', () => {
    const found = judged(at4, pool);
    agrees(found.shared, [1, 0.04441012, 0.00373636, 1.87791e-4]);
    agrees(found.worse, [1, 0.08882024, 0.01120907, 7.511642e-4]);
    agrees(found.byMargin, [1, 0.30275525, 0.02017178, 0.00105978]);
    agrees(found.rivals, [0.00521776, 0.94954079, 0.99775869, 0.99991169]);
    agrees(found.within, [0.02087104, 1, 1, 1]);
    agrees(found.bound, [1.509539e-4, 0.00595095, 0.01136612, 0.01679862]);
  });

  it('of one budget alone', () => {
    const noise = pairNoise([at4])!;
    expect(noise).toMatchObject({ priorDegrees: 1, degrees: 6 });
    const found = judged(at4, noise);
    agrees([noise.variance], [2.605556e-6]);
    agrees(found.worse, [1, 0.07150234, 0.03697307, 0.00504432]);
    agrees(found.within, [0.02121879, 1, 1, 1]);
    agrees(found.bound, [0, 0.00574821, 0.01227934, 0.01726638]);
  });

  it('with row noise, where the guard holds two of them', () => {
    const found = judged(at4, pool, 1.6e-6);
    agrees(found.shared, [1, 0.10797731, 0.00373636, 1.87791e-4]);
    agrees(found.worse, [1, 0.21595462, 0.01120907, 7.511642e-4]);
    agrees(found.within, [0.0346845, 1, 1, 1]);
    agrees(found.bound, [7.576199e-4, 0.00655762, 0.01161383, 0.01719406]);
  });

  it('of two methods alone are those of the paired t test', () => {
    const noise = pairNoise([at4.slice(0, 2)])!;
    expect(noise).toMatchObject({ priorDegrees: 0, variance: 0 });
    const found = judged(at4.slice(0, 2), noise);
    agrees(found.worse, [0.98504298, 0.02991404]);
    agrees(found.within, [0.01687614, 0.9670876]);
    agrees(found.bound, [0, 0.00510795]);
  });

  it('have places that only clear pairs narrow', () => {
    const { differences } = judged(at4, pool);
    expect(at4.map((_, j) => placesOf(j, 4, differences))).toEqual([
      { from: 1, to: 2 },
      { from: 1, to: 3 },
      { from: 2, to: 3 },
      { from: 4, to: 4 },
    ]);
    expect(placesOf(0, 1, differences)).toEqual({ from: 1, to: 1 });
  });

  it('of a method without common seeds show nothing', () => {
    const differences: Differences = () => undefined;
    expect(judgeMethods(2, differences, margin)).toEqual(
      [1, 2].map(() => ({ worse: 1, worseByMargin: 1, within: 1 })),
    );
    expect(boundOf(0, 2, differences)).toBeUndefined();
    expect(judgeMethods(1, differences, margin)).toEqual([{ worse: 1, worseByMargin: 1, within: 0 }]);
  });
});
