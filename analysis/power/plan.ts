import { sum } from '../../base/sum.ts';
import type { RunRecord } from '../../results/record.ts';
import type { Recording } from '../../results/recording.ts';
import { baseline } from '../comparisons/comparable.ts';
import { machinesIn } from '../machines/timed-on.ts';
import type { AnalyzedComparison } from '../recording.ts';
import { type Findable, findableIn } from './found.ts';
import type { Pilot } from './pilot.ts';
import { type SmallestDifferences, rowsFor, seedsFor } from './smallest-difference.ts';

/** Seeds that a number of test rows takes, and hours of all runs one after another on the machine whose speeds are shown. */
export interface PlannedRows {
  readonly rows: number;
  readonly seeds: Partial<Record<keyof SmallestDifferences, number>>;
  readonly hours: Partial<Record<keyof SmallestDifferences, number>>;
}

/** The noise of a comparison, the differences that it could have found, and what it takes to find one. */
export interface PowerPlan {
  readonly difference: number;
  readonly methods: number;
  readonly pilot: Pilot;
  /** Independent degrees of freedom behind the noise over seeds: (methods - 1) (seeds - 1) of all budgets. */
  readonly degrees: number;
  readonly found: readonly Findable[];
  readonly planned: readonly PlannedRows[];
  /** Seeds of the recording, and the test rows with which they would do; undefined if no number of rows does. */
  readonly seeds: number;
  readonly rowsWithSeeds: number | undefined;
}

const kinds = ['worse', 'within'] as const;

/** `methods` and `rows` are those of the recording, and several, unless they are given. Undefined if noise is not known. */
export function planOf(
  recording: Recording,
  { rows, noise, runs }: AnalyzedComparison,
  asked: { readonly difference: number; readonly methods?: number | undefined; readonly rows?: number | undefined }, // prettier-ignore
): PowerPlan | undefined {
  const testRows = recording.environment.data!.rows.test;
  const { pilot, budgets: found } = findableIn(rows, noise, testRows);
  if (pilot === undefined || noise.seeds === undefined) return undefined;
  const { difference } = asked;
  const recorded = Math.max(2, ...found.map((one) => one.methods));
  const methods = asked.methods ?? recorded;
  const budgets = Math.max(1, found.length);
  const { isTimed } = machinesIn(recording);
  // Runs of other machines take as long as those of this one on average: hours are of one machine.
  const secondsOf = (some: readonly RunRecord[]) => {
    const timed = some.filter(isTimed);
    return some.length === 0 ? 0 : (sum(timed.map(({ seconds }) => seconds)) * some.length) / timed.length;
  };
  const [full, others] = [true, false].map((is) => runs.filter(({ method }) => (method === baseline) === is));
  // Other numbers of methods take as long as those of the recording on average; full tables are trained once.
  const perSeed =
    (secondsOf(full) + (secondsOf(others) * methods) / recorded) / new Set(runs.map(({ seed }) => seed)).size;
  const planned = (asked.rows === undefined ? ladder(testRows) : [asked.rows]).map((some) => {
    const seeds = Object.fromEntries(
      kinds.map((kind) => [kind, seedsFor(difference, kind, pilot, { methods, rows: some, budgets })]),
    ) as Record<(typeof kinds)[number], number | undefined>;
    const hours = kinds.flatMap((kind) => (seeds[kind] === undefined || Number.isNaN(perSeed) ? [] : [[kind, (perSeed * seeds[kind]) / 3600]])); // prettier-ignore
    return { rows: some, seeds: defined(seeds), hours: Object.fromEntries(hours) as PlannedRows['hours'] };
  });
  const seeds = Math.max(3, noise.seeds.seeds);
  const rowsWithSeeds = rowsFor(difference, 'worse', pilot, { methods, seeds, budgets });
  return { difference, methods, pilot, degrees: noise.seeds.degrees, found, planned, seeds, rowsWithSeeds };
}

function defined(seeds: Readonly<Record<string, number | undefined>>): PlannedRows['seeds'] {
  return Object.fromEntries(Object.entries(seeds).filter(([, value]) => value !== undefined));
}

/** The rows there are, and the next three powers of ten above. */
function ladder(rows: number): number[] {
  const next = 10 ** Math.ceil(Math.log10(rows + 1));
  return [rows, next, 10 * next, 100 * next];
}
