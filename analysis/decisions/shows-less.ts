import type { findableIn } from '../power/found.ts';
import { rowsFor, seedsFor } from '../power/smallest-difference.ts';

/** Seeds and test rows with which a method as good as the best is shown to be at most a tolerance below it. */
export interface ShowsLess {
  /** Test rows of the recording, and the seeds that do with them; undefined if no number of seeds does. */
  readonly rows: number;
  readonly seeds: number | undefined;
  /** The fewest of more test rows, a power of ten, with which some number of seeds does; undefined if `seeds` is known. */
  readonly more: { readonly rows: number; readonly seeds: number } | undefined;
  /** Test rows with which the seeds of the recording would do; undefined if no number of rows does. */
  readonly rowsWithSeeds: number | undefined;
}

const decades = 5;

/** Undefined if the noise is not known, or the budget has no verdicts. */
export function showsLess(
  { pilot, budgets }: ReturnType<typeof findableIn>,
  requested: number,
  tolerance: number,
): ShowsLess | undefined {
  const found = budgets.find((one) => one.requested === requested);
  if (pilot === undefined || found === undefined) return undefined;
  const plan = { methods: found.methods, budgets: budgets.length };
  const seedsOn = (rows: number) => seedsFor(tolerance, 'within', pilot, { ...plan, rows });
  const seeds = seedsOn(pilot.rows);
  const next = 10 ** Math.ceil(Math.log10(pilot.rows + 1));
  const ladder = Array.from({ length: decades }, (_, i) => next * 10 ** i);
  const more =
    seeds === undefined
      ? ladder.flatMap((rows) => {
          const enough = seedsOn(rows);
          return enough === undefined ? [] : [{ rows, seeds: enough }];
        })[0]
      : undefined;
  const rowsWithSeeds = rowsFor(tolerance, 'within', pilot, { ...plan, seeds: found.seeds });
  return { rows: pilot.rows, seeds, more, rowsWithSeeds };
}
