import { describe, expect, test } from 'vitest';
import { atChosenRates, chosenRate, commonRates } from '../../../analysis/comparisons/chosen-rate.ts';
import { comparisons } from '../../../analysis/comparisons/comparable.ts';
import type { RunRecord } from '../../../results/record.ts';
import { completedRun, environment, failedRun, infeasibleRun } from '../../reports/recordings.ts';

/** A run whose validation AUC is not its test AUC. */
function run(learningRate: number, validation: number, seed = 1, method = 'robe', ratio = 4): RunRecord {
  const one = completedRun({ method, ratio, seed, auc: 0.9 - validation / 2, learningRate });
  return { ...one, quality: { ...one.quality, validation: { ...one.quality.validation, auc: validation } } };
}
const failed = (learningRate: number, seed = 1) =>
  failedRun({ method: 'robe', ratio: 4, seed, learningRate });
const ids = (runs: readonly RunRecord[]) => runs.map(({ id }) => id);

test('is that of the best validation AUC, the lower of equals', () => {
  expect(chosenRate([run(0.01, 0.7), run(0.02, 0.75), run(0.05, 0.72)])).toBe(0.02);
  expect(chosenRate([run(0.05, 0.75), run(0.02, 0.75)])).toBe(0.02);
});

test('is that of the best mean: seeds that a rate has not been run with do not count', () => {
  expect(chosenRate([run(0.01, 0.7), run(0.02, 0.71), run(0.02, 0.6, 2)])).toBe(0.01);
  expect(chosenRate([run(0.01, 0.7), run(0.02, 0.73), run(0.02, 0.69, 2)])).toBe(0.02);
  expect(chosenRate([failed(0.01), run(0.02, 0.6), failed(0.02, 2)])).toBe(0.02);
  expect(chosenRate([failed(0.01), failed(0.02)])).toBeUndefined();
});

test('is one at which nothing diverged, where there is one', () => {
  const diverged = (rate: number, seed: number) => ({ ...failed(rate, seed), diverged: true as const });
  expect(chosenRate([run(0.02, 0.75), diverged(0.02, 2), run(0.01, 0.6)])).toBe(0.01);
  expect(chosenRate([run(0.02, 0.75), failed(0.02, 2), run(0.01, 0.6)])).toBe(0.02); // it may have been killed
  expect(chosenRate([run(0.02, 0.75), diverged(0.02, 2), diverged(0.01, 1)])).toBe(0.02);
});

test('runs at other rates are left out, method by method and budget by budget', () => {
  const runs = [
    ...[run(0.01, 0.7), run(0.02, 0.71), run(0.02, 0.7, 2)],
    ...[run(0.01, 0.7, 1, 'robe', 16), run(0.02, 0.69, 1, 'robe', 16), failed(0.1)],
    ...[
      run(0.05, 0.7, 1, 'full', 1),
      infeasibleRun({ method: 'qr', ratio: 16, seed: 1, learningRate: 0.01 }),
    ],
  ];
  const { runs: kept, choices } = atChosenRates(runs);
  expect(ids(kept)).toEqual(ids([runs[1], runs[2], runs[3], runs[6], runs[7]]));
  expect(choices.map(({ requested, rate, trials }) => [requested, rate, ids(trials)])).toEqual([
    [4, 0.02, ids([runs[0], runs[1], runs[2], runs[5]])],
    [16, 0.01, ids([runs[3], runs[4]])],
  ]);
});

test('where all failed, all stay', () => {
  const runs = [failed(0.01), failed(0.02)];
  expect(atChosenRates(runs)).toMatchObject({ runs, choices: [{ rate: undefined, trials: runs }] });
});

test('rates of one contest stand in one comparison; rates without one do not', () => {
  const grid = [run(0.01, 0.7), run(0.02, 0.71), run(0.05, 0.7, 1, 'full', 1)];
  expect(comparisons({ environment, runs: grid })).toMatchObject([
    { setting: { learningRate: undefined }, runs: [{ learningRate: 0.02 }, { method: 'full' }] },
  ]);
  const apart = [run(0.01, 0.7), run(0.05, 0.7, 1, 'full', 1)];
  expect(
    comparisons({ environment, runs: apart }).map(({ setting, rates }) => [setting.learningRate, rates]),
  ).toEqual([[0.01, []], [0.05, []]]); // prettier-ignore
  const others = grid.map((one) => ({ ...one, batchSize: 64 }));
  expect(comparisons({ environment, runs: [...apart, ...others] })).toHaveLength(3);
});

describe('a seed of its own', () => {
  const own = [run(0.01, 0.7, 0), run(0.02, 0.71, 0), run(0.05, 0.68, 0)];
  const reported = [run(0.02, 0.6, 1), run(0.02, 0.61, 2), run(0.05, 0.99, 1)];

  test('chooses alone: its runs are trials, no row, whatever the reported seeds say', () => {
    const { runs: kept, choices } = atChosenRates([...reported, ...own]);
    expect(ids(kept)).toEqual(ids(reported.slice(0, 2)));
    expect(choices).toMatchObject([{ rate: 0.02, chosenOn: 'own seed', trials: own }]);
    expect(choices[0].spread).toBeCloseTo(0.03, 12);
  });

  test('is told from the older procedure', () => {
    expect(atChosenRates(reported).choices).toMatchObject([{ chosenOn: 'reported seeds', rate: 0.05 }]);
  });

  test('is no row of a sweep that was stopped before it tried another rate', () => {
    expect(atChosenRates(own.slice(0, 1))).toEqual({ runs: [], choices: [] });
  });

  test('and the grid that all methods share is without extensions', () => {
    const wider = [...own, run(0.1, 0.72, 0)].map((one) => ({ ...one, method: 'lma' }));
    expect(commonRates(atChosenRates([...own, ...wider]).choices)).toEqual([0.01, 0.02, 0.05]);
  });
});
