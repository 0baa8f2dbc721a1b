import { expect, it } from 'vitest';
import { criteoSample } from '../../../analysis/power/pilot.ts';
import { rowsFor, seedsFor, smallestDifferences } from '../../../analysis/power/smallest-difference.ts';

const rounded = (values: readonly number[]) => values.map((value) => Math.round(value * 1e8) / 1e8);

it('finds what SciPy finds with the same formulas', () => {
  const plan = { methods: 12, seeds: 5, rows: 100_000, budgets: 4 };
  const { worse, within } = smallestDifferences(criteoSample, plan)!;
  expect(rounded([worse, within])).toEqual([0.00368015, 0.00279919]);
  expect(seedsFor(0.002, 'worse', criteoSample, { methods: 12, rows: 1e6, budgets: 4 })).toBe(12);
});

it.each([
  [4, [31, 24]],
  [12, [46, 29]],
  [34, [63, 36]],
])('a difference of .001 on a million rows takes %i methods %j seeds', (methods, seeds) => {
  const plan = { methods, rows: 1e6, budgets: 4 };
  expect((['worse', 'within'] as const).map((kind) => seedsFor(0.001, kind, criteoSample, plan))).toEqual(
    seeds,
  );
  expect(seedsFor(0.001, 'worse', criteoSample, { ...plan, rows: 1e5 })).toBeUndefined();
});

it('needs more rows where seeds cannot help, or seeds where rows cannot', () => {
  const plan = { methods: 12, seeds: 60, budgets: 4 };
  const rows = rowsFor(0.001, 'worse', criteoSample, plan)!;
  const at = (some: number) => smallestDifferences(criteoSample, { ...plan, rows: some })!.worse;
  expect(at(rows)).toBeLessThanOrEqual(0.001);
  expect(at(0.9 * rows)).toBeGreaterThan(0.001);
  expect(rowsFor(0.001, 'worse', criteoSample, { ...plan, seeds: 3 })).toBeUndefined();
});

it('says nothing where there is no verdict', () => {
  const plan = { methods: 12, seeds: 3, rows: 1e5, budgets: 4 };
  expect(smallestDifferences(criteoSample, { ...plan, seeds: 2 })).toBeUndefined();
  expect(smallestDifferences(criteoSample, { ...plan, methods: 1 })).toBeUndefined();
});
