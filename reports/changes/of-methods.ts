import { baseline, type Comparison } from '../../results/comparable.ts';
import { type BySeed, commonNoise } from '../common-noise.ts';
import type { Difference } from '../seeds-and-rows.ts';
import { seriesOf } from '../series.ts';
import { maxNamed } from '../spotlight.ts';
import { type Estimate, intervalOf, pairedDifference } from '../statistics.ts';
import { type SummaryRow, aucBySeed, isCompleted, summarize } from '../summary.ts';
import type { TestRows } from '../test-rows.ts';
import { type Pairing, onTestRows } from './pair.ts';

/**
 * Two methods of one recording, by the keys of their series, at every budget that either was asked for. The baseline has
 * none but its own, and stands beside the other at all of them. Who is compared was said before any number was seen: only
 * the budgets share the 5 %. Of many methods at a budget the noise is known together, whoever is asked for.
 */
export function pairsOfMethods(
  { runs }: Comparison,
  keys: readonly [a: string, b: string],
  testRows?: TestRows,
): Pairing {
  const series = seriesOf(runs);
  const rows = summarize(runs, series);
  const [a, b] = keys.map((key) => rows.filter((row) => row.series.key === key));
  const labels = keys.map((key) => series.get(key)?.label);
  const pairs = budgetsOf([...a, ...b]).map((requested) => ({
    label: `${labels[1]} − ${labels[0]}`,
    requested,
    a: at(a, requested),
    b: at(b, requested),
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

const isBaseline = ({ series }: SummaryRow) => series.method === baseline;

function budgetsOf(rows: readonly SummaryRow[]): number[] {
  const asked = rows.filter((row) => !isBaseline(row)).map(({ requested }) => requested);
  return [...new Set(asked)].sort((one, other) => one - other);
}

function at(rows: readonly SummaryRow[], requested: number): SummaryRow | undefined {
  return rows.find((row) => isBaseline(row) || row.requested === requested);
}

/** The noise of two methods of a budget, as the report of their recording sees it. */
function gapAt(
  rows: readonly SummaryRow[],
  requested: number,
  shared: number,
): (b: BySeed, a: BySeed, onRows?: Difference) => Estimate | undefined {
  const completed = rows.filter(isCompleted);
  const rivals = completed.filter((row) => row.requested === requested);
  if (rivals.length <= maxNamed)
    return (b, a, onRows) => {
      const gap = onRows?.overBoth ?? pairedDifference(b, a);
      return gap && intervalOf(gap, 1 - 0.05 / shared);
    };
  const known = [...new Set([...rivals, ...completed.filter(isBaseline)])];
  const gap = commonNoise(
    known.map((row) => aucBySeed(row.runs)),
    shared,
  );
  return (b, a, onRows) => gap(b, a, onRows?.shared);
}
