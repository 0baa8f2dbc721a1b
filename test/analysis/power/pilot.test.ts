import { expect, it } from 'vitest';
import { pilotOf } from '../../../analysis/power/pilot.ts';
import { smallestDifferences } from '../../../analysis/power/smallest-difference.ts';
import type { CompletedRow } from '../../../analysis/summary/rows.ts';
import { judgeMethods } from '../../../analysis/verdicts/judge.ts';
import { noiseOf } from '../../../analysis/verdicts/noise.ts';
import { random } from '../../../base/random.ts';

const deviation = 0.0013;
const budgets = 4;

/** A recording of equal methods at every budget, but for `gaps` at the first; seeds are all its noise. */
function recording(
  draw: ReturnType<typeof random>,
  { seeds, gaps }: { seeds: number; gaps: readonly number[] },
) {
  const scores = new Map<CompletedRow, ReadonlyMap<number, number>>();
  const rows = Array.from({ length: budgets }, (_, budget) =>
    gaps.map((gap) => {
      const row = { runs: [] } as unknown as CompletedRow;
      const auc = 0.75 - (budget === 0 ? gap : 0);
      scores.set(row, new Map(Array.from({ length: seeds }, (_, s) => [s, auc + deviation * draw.normal()])));
      return row;
    }),
  );
  return { rows, noise: noiseOf(rows, { assumed: 0 }, undefined, (row) => scores.get(row)!) };
}

it.each([3, 5, 20])('knows the noise of a difference from %i seeds, however few they are', (seeds) => {
  const draw = random(seeds);
  const found = Array.from({ length: 120 }, () => {
    const { rows, noise } = recording(draw, { seeds, gaps: Array<number>(8).fill(0) });
    const { ofTraining, ofSeedRows } = pilotOf(rows, noise, 10_000)!;
    return ofTraining + ofSeedRows;
  });
  const mean = found.reduce((sum, x) => sum + x) / found.length;
  // Pairs share methods, so that their median varies: the bias of three seeds is 0.69.
  expect(Math.abs(mean / (2 * deviation ** 2) - 1)).toBeLessThan(0.08);
});

it('finds in four of five cases what a recording of three seeds says that it could have found', () => {
  const draw = random(7);
  const methods = 8;
  const trials = 300;
  let found = 0;
  for (let trial = 0; trial < trials; trial++) {
    const none = recording(draw, { seeds: 3, gaps: Array<number>(methods).fill(0) });
    const pilot = pilotOf(none.rows, none.noise, 10_000)!;
    const { worse } = smallestDifferences(pilot, { methods, seeds: 3, rows: 10_000, budgets })!;
    // One best method, one at the gap, all others between them: neither helps to call it worse.
    const gaps = [0, ...Array<number>(methods - 2).fill(worse / 2), worse];
    const { rows, noise } = recording(draw, { seeds: 3, gaps });
    const statements = judgeMethods(methods, (i, j) => noise.between(rows[0][i], rows[0][j]), 0.001);
    if (statements[methods - 1].worse <= 0.05) found++;
  }
  expect(found / trials).toBeGreaterThan(0.78);
});
