import { halfWidth } from '../statistics/difference-tail.ts';
import { type CompletedRow, type SummaryRow, budgetsOf, isBaseline } from '../summary/rows.ts';
import type { Series } from '../summary/series.ts';
import { alpha } from '../verdicts/judge.ts';
import type { Noise } from '../verdicts/noise.ts';
import type { Pairing } from './pair.ts';

/**
 * Two methods of one recording at every budget that either was asked for. The baseline has
 * one row, which stands beside the other method at all budgets. The pair was chosen before any number was seen: only the
 * budgets share the 5 %. Their noise is that of the recording's verdicts.
 */
export function methodPairs(
  rows: readonly SummaryRow[],
  series: readonly [a: Series, b: Series],
  noise: Noise,
): Pairing {
  const [a, b] = series.map(({ key }) => rows.filter((row) => row.series.key === key));
  const label = `${series[1].label} − ${series[0].label}`;
  const pairs = requestedBudgets([...a, ...b]).map((requested) => ({
    label,
    requested,
    a: rowAt(a, requested),
    b: rowAt(b, requested),
    otherOptions: false,
  }));
  return {
    pairs,
    judge: (judged) => (one) => {
      // Judged pairs have three common seeds or more, so both rows are there.
      const [b, a] = [one.pair.b, one.pair.a] as CompletedRow[];
      const found = noise.between(b, a)!;
      const level = alpha / 2 / judged.length;
      const { value, count } = found;
      const difference = { value, error: halfWidth(level, found), count };
      // Test rows have a say, too, if they turn out to add nothing.
      const onRows = found.ofRows > 0 || noise.rows.testRows?.difference(b.runs, a.runs) !== undefined;
      if (!onRows) return { difference };
      return { difference, bySeeds: { value, error: halfWidth(level, { ...found, ofRows: 0 }), count } };
    },
  };
}

function requestedBudgets(rows: readonly SummaryRow[]): number[] {
  return budgetsOf(rows.filter((row) => !isBaseline(row))).sort((one, other) => one - other);
}

function rowAt(rows: readonly SummaryRow[], requested: number): SummaryRow | undefined {
  return rows.find((row) => isBaseline(row) || row.requested === requested);
}
