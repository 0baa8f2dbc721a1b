import { type SummaryRow, compressedBudgets, isCompleted } from '../summary/rows.ts';
import type { Noise } from '../verdicts/noise.ts';
import { type Pilot, pilotOf } from './pilot.ts';
import { type SmallestDifferences, smallestDifferences } from './smallest-difference.ts';

/** The smallest differences that one budget of a recording could have found. */
export interface Findable extends SmallestDifferences {
  readonly requested: number;
  readonly methods: number;
  readonly seeds: number;
}

/** The pilot that a comparison is, and what each of its budgets could have found; none for budgets without a verdict. */
export function findableIn(
  rows: readonly SummaryRow[],
  noise: Noise,
  testRows: number,
): { readonly pilot: Pilot | undefined; readonly budgets: readonly Findable[] } {
  const completed = rows.filter(isCompleted);
  const requested = compressedBudgets(completed);
  const members = requested.map((one) => completed.filter((row) => row.requested === one));
  const pilot = pilotOf(members, noise, testRows);
  const seeds = noise.seeds?.seeds ?? 0;
  if (pilot === undefined) return { pilot, budgets: [] };
  const budgets = requested.flatMap((one, i) => {
    const methods = members[i].length;
    const found = smallestDifferences(pilot, { methods, seeds, rows: testRows, budgets: requested.length });
    return found === undefined ? [] : [{ requested: one, methods, seeds, ...found }];
  });
  return { pilot, budgets };
}
