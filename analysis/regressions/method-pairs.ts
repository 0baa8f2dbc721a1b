import { type BySeed, commonNoise } from '../statistics/common-noise.ts';
import { type Estimate, intervalOf, pairedDifference } from '../statistics/estimates.ts';
import type { Difference } from '../statistics/seeds-and-rows.ts';
import type { TestRows } from '../statistics/test-rows.ts';
import { type SummaryRow, aucBySeed, budgetsOf, isBaseline, isCompleted } from '../summary/rows.ts';
import type { Series } from '../summary/series.ts';
import { hasCommonNoise } from '../verdicts/gaps.ts';
import { type Pairing, onTestRows } from './pair.ts';

/**
 * Two methods of one recording at every budget that either was asked for. The baseline has
 * one row, which stands beside the other method at all budgets. The pair was chosen before any number was seen: only the
 * budgets share the 5 %. The noise of many methods at a budget is estimated together, whichever two are compared.
 */
export function methodPairs(
  rows: readonly SummaryRow[],
  series: readonly [a: Series, b: Series],
  testRows?: TestRows,
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
    judge(judged) {
      const gaps = new Map(judged.map(({ pair }) => [pair, gapAt(rows, pair.requested, judged.length)]));
      return (one) => {
        const gap = gaps.get(one.pair)!;
        const bySeeds = gap(one.ofB, one.ofA)!;
        const onRows = onTestRows(one, testRows);
        return onRows === undefined
          ? { difference: bySeeds }
          : { difference: gap(one.ofB, one.ofA, onRows)!, bySeeds };
      };
    },
  };
}

function requestedBudgets(rows: readonly SummaryRow[]): number[] {
  return budgetsOf(rows.filter((row) => !isBaseline(row))).sort((one, other) => one - other);
}

function rowAt(rows: readonly SummaryRow[], requested: number): SummaryRow | undefined {
  return rows.find((row) => isBaseline(row) || row.requested === requested);
}

/** The noise of two methods at a budget, the same as in the report of their recording. */
function gapAt(
  rows: readonly SummaryRow[],
  requested: number,
  shared: number,
): (b: BySeed, a: BySeed, onRows?: Difference) => Estimate | undefined {
  const completed = rows.filter(isCompleted);
  const competing = completed.filter((row) => row.requested === requested);
  if (!hasCommonNoise(competing.length - 1))
    return (b, a, onRows) => {
      const gap = onRows?.overBoth ?? pairedDifference(b, a);
      return gap && intervalOf(gap, 1 - 0.05 / shared);
    };
  const known = [...new Set([...competing, ...completed.filter(isBaseline)])];
  const gap = commonNoise(
    known.map((row) => aucBySeed(row.runs)),
    shared,
  );
  return (b, a, onRows) => gap(b, a, onRows?.shared);
}
