import { baseline } from '../results/comparable.ts';
import { type Gap, gapAmong, isTie } from './claims.ts';
import type { Series } from './series.ts';
import { type Estimate } from './statistics.ts';
import { type CompletedRow, type SummaryRow, changeFromFull, isCompleted } from './summary.ts';
import type { TestRows } from './test-rows.ts';

/** Differences of all pairs at one budget. */
export interface PairsAt {
  readonly requested: number;
  /** The row of every series, in the order given; the baseline's is the same at every budget. */
  readonly rows: readonly (SummaryRow | undefined)[];
  /** Of the pairs (0, 1), (0, 2), ... (1, 2), ...: AUC of the first minus the second's; undefined where one has none. */
  readonly gaps: readonly (Estimate | undefined)[];
}

/**
 * Every two series at every budget above 1x. Two methods are compared with the interval of the claims about their budget,
 * a method and the baseline with that of the tables.
 */
export function pairsOf(
  rows: readonly SummaryRow[],
  series: readonly Series[],
  testRows?: TestRows,
): PairsAt[] {
  const budgets = [...new Set(rows.map(({ requested }) => requested))].filter((requested) => requested > 1);
  return budgets.map((requested) => {
    const members = rows.filter((row) => row.requested === requested);
    const found = series.map((one) =>
      one.method === baseline
        ? rows.find((row) => row.series === one)
        : members.find((row) => row.series === one),
    );
    const gap = gapAmong(members.filter(isCompleted), testRows);
    const gaps = found.flatMap((a, i) => found.slice(i + 1).map((b) => gapOf(a, b, gap)));
    return { requested, rows: found, gaps };
  });
}

function gapOf(a: SummaryRow | undefined, b: SummaryRow | undefined, gap: Gap): Estimate | undefined {
  if (a === undefined || b === undefined || !isCompleted(a) || !isCompleted(b)) return undefined;
  if (isBaseline(b)) return changeFromFull(a);
  if (isBaseline(a)) {
    const change = changeFromFull(b);
    return change && { ...change, value: -change.value };
  }
  return gap(a, b);
}

const isBaseline = ({ series }: CompletedRow) => series.method === baseline;

/**
 * As text for a script, in units of 0.0001 as numbers are shown: value, error where there is one, after a = where they are
 * tied; between semicolons, empty where there is no difference. `=6,52;-31,52;;4`.
 */
export function packGaps(gaps: readonly (Estimate | undefined)[]): string {
  const units = (value: number) => String(Math.round(Number(value.toFixed(4)) * 1e4) + 0);
  return gaps
    .map((gap) => {
      if (gap === undefined) return '';
      const error = gap.error === undefined ? '' : `,${units(gap.error)}`;
      return `${isTie(gap) ? '=' : ''}${units(gap.value)}${error}`;
    })
    .join(';');
}
