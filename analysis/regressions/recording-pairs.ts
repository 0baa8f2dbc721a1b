import type { Comparison } from '../comparisons/comparable.ts';
import { type Series, seriesOf } from '../summary/series.ts';
import type { SummaryRow } from '../summary/rows.ts';
import { summarize } from '../summary/summary.ts';
import type { TestRows } from '../statistics/test-rows.ts';
import { differenceNoise } from './difference-noise.ts';
import { type Pair, type Pairing, onTestRows } from './pair.ts';

/**
 * Every method with its options at every budget of two recordings, in one setting. Runs of one seed saw the same batches
 * and began with the same weights in both, unless the code between them changed that: then pairing them by seed is no
 * worse than pairing them at random, and intervals hold all the same. `testRows` takes runs of B first, then of A.
 */
export function recordingPairs(a: Comparison, b: Comparison, testRows?: TestRows): Pairing {
  const series = seriesOf([...a.runs, ...b.runs]);
  const [rowsOfA, rowsOfB] = [a, b].map(({ runs }) => summarize(runs, series));
  const pairs = [
    ...rowsOfA.map((row) => pairOf(row, row, counterpart(row, rowsOfB), rowsOfB)),
    ...rowsOfB
      .filter((row) => counterpart(row, rowsOfA) === undefined)
      .map((row) => pairOf(row, undefined, row, rowsOfA)),
  ];
  return {
    pairs: pairs.sort(byMethod(series)),
    judge(judged) {
      const interval = differenceNoise(judged.map(({ differences }) => differences));
      return (one) => {
        const bySeeds = interval(one.differences);
        const onRows = onTestRows(one, testRows);
        return onRows === undefined
          ? { difference: bySeeds }
          : { difference: interval(one.differences, onRows), bySeeds };
      };
    },
  };
}

function pairOf(
  { series: { label, method }, requested }: SummaryRow,
  a: SummaryRow | undefined,
  b: SummaryRow | undefined,
  others: readonly SummaryRow[],
): Pair {
  const otherOptions =
    (a === undefined || b === undefined) &&
    others.some((row) => row.series.method === method && row.requested === requested);
  return { label, requested, a, b, otherOptions };
}

function counterpart({ series, requested }: SummaryRow, rows: readonly SummaryRow[]): SummaryRow | undefined {
  return rows.find((row) => row.series === series && row.requested === requested);
}

/** The order of legends: the baseline first, then by name, budgets rising. */
function byMethod(series: ReadonlyMap<string, Series>): (one: Pair, other: Pair) => number {
  const order = [...series.keys()];
  const place = ({ a, b }: Pair) => order.indexOf((a ?? b)!.series.key);
  return (one, other) => place(one) - place(other) || one.requested - other.requested;
}
