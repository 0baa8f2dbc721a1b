import type { Estimate } from '../statistics/estimates.ts';
import type { TestRows } from '../statistics/test-rows.ts';
import {
  type SummaryRow,
  changeFromFull,
  compressedBudgets,
  isBaseline,
  isCompleted,
} from '../summary/rows.ts';
import type { Series } from '../summary/series.ts';
import { type Gap, gapAmong } from './gaps.ts';

/** Differences of all pairs at one budget. */
export interface PairsAt {
  readonly requested: number;
  /** The row of every series, in the order given; the baseline's is the same at every budget. */
  readonly rows: readonly (SummaryRow | undefined)[];
  /** AUC of the first minus the second of the pairs (0, 1), (0, 2), ... (1, 2), ...; undefined if one has none. */
  readonly gaps: readonly (Estimate | undefined)[];
}

/**
 * Every two series at every budget above 1x. Two methods are compared with the interval of the ranking of their budget, a
 * method and the baseline with that of the tables.
 */
export function pairsOf(
  rows: readonly SummaryRow[],
  series: readonly Series[],
  testRows?: TestRows,
): PairsAt[] {
  return compressedBudgets(rows).map((requested) => {
    const members = rows.filter((row) => row.requested === requested);
    const found = series.map((one) =>
      (isBaseline({ series: one }) ? rows : members).find((row) => row.series === one),
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
