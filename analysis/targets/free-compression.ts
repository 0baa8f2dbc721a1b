import { differenceTail, halfWidth } from '../statistics/difference-tail.ts';
import type { Estimate } from '../statistics/estimates.ts';
import { holm } from '../statistics/holm.ts';
import type { PairDifference } from '../statistics/pair-noise.ts';
import { countedFullBytes } from '../../results/counted-bytes.ts';
import { type CompletedRow, type SummaryRow, baselineRow, isBaseline, isCompleted } from '../summary/rows.ts';
import type { Series } from '../summary/series.ts';
import { testLevel } from '../verdicts/judge.ts';
import { type RowNoise, noiseOf } from '../verdicts/noise.ts';

/**
 * `free`: shown to be at most the margin below the uncompressed tables. `costly`: shown to be more than the margin below. `undecided`:
 * neither was shown. `unjudged`: fewer than three common seeds.
 */
export type TargetVerdict = 'free' | 'costly' | 'undecided' | 'unjudged';

/** A ratio that a method was trained at. */
export interface TriedRatio {
  readonly row: CompletedRow;
  readonly verdict: TargetVerdict;
  /** Test AUC minus that of the uncompressed tables; its interval holds for all ratios of all methods at once. */
  readonly gap: Estimate;
}

/** The compression of a method that costs nothing, as far as a recording shows it. Ratios are those that the layers have. */
export interface FreeCompression {
  readonly series: Series;
  /** The smallest ratio first. */
  readonly tried: readonly TriedRatio[];
  /** The largest ratio shown to be free; 1 if none is: the uncompressed tables themselves. */
  readonly shown: number;
  /** The ratio at which the mean loss reaches the margin, between the ratios tried (logarithmic in the ratio, linear in AUC). */
  readonly estimate: number;
  /** True if the mean loss is within the margin at the largest ratio tried: the estimate is that ratio, and the true one may be larger. */
  readonly open: boolean;
  /** The smallest ratio above `shown` that is shown to cost more than the margin; undefined if none is. */
  readonly costly: number | undefined;
  /** Ratios that the method cannot make. */
  readonly infeasible: readonly number[];
  /** The largest ratio that it can make, as its runs say that could not make theirs; undefined if all could. */
  readonly most: number | undefined;
}

/**
 * The largest compression of every method that is at most `margin` below the uncompressed tables; the largest estimate first, and methods
 * last of which no ratio has a number. All ratios of all methods are one family: its statements of each kind share the level (Holm).
 * Empty without completed uncompressed tables.
 */
export function freeCompressions(
  rows: readonly SummaryRow[],
  margin: number,
  rowNoise: RowNoise = {},
): FreeCompression[] {
  const full = baselineRow(rows);
  if (full === undefined) return [];
  const completed = rows.filter(isCompleted).filter((row) => !isBaseline(row) && row.achieved > 1);
  const judged = judge(completed, full, margin, rowNoise);
  const fullBytes = countedFullBytes(full.runs[0]);
  const missing = rows.filter((row) => !isCompleted(row) && !isBaseline(row));
  const found = [...new Set([...completed, ...missing].map(({ series }) => series))].map((series) => {
    const tried = judged
      .filter(({ row }) => row.series === series)
      .sort((a, b) => a.row.achieved - b.row.achieved);
    const beyond = rows.filter((row) => row.series === series && row.status === 'infeasible');
    const ratios = beyond.flatMap((row) =>
      isCompleted(row) || row.smallestBytes === undefined ? [] : [fullBytes / row.smallestBytes],
    );
    return {
      ...{ series, tried, ...limitsOf(tried, margin), infeasible: beyond.map(({ requested }) => requested) },
      most: ratios.length === 0 ? undefined : Math.max(...ratios),
    };
  });
  const isEmpty = ({ tried }: FreeCompression) => Number(tried.length === 0);
  return found.sort((a, b) => isEmpty(a) - isEmpty(b) || b.estimate - a.estimate || b.shown - a.shown);
}

function judge(
  rows: readonly CompletedRow[],
  full: CompletedRow,
  margin: number,
  rowNoise: RowNoise,
): TriedRatio[] {
  // Two ratios of a method share more of their noise than either shares with full: only pairs with full are pooled.
  const noise = noiseOf(
    rows.map((row) => [full, row]),
    rowNoise,
  );
  const differences = rows.map((row) => noise.between(row, full));
  const known = differences.filter((one) => one !== undefined);
  const level = testLevel(known.length + 1);
  const adjusted = (xOf: (value: number) => number) => {
    const all = holm(known.map((one) => differenceTail(xOf(one.value), one)));
    return new Map(known.map((one, i) => [one, all[i]]));
  };
  const free = adjusted((value) => margin + value);
  const costly = adjusted((value) => -value - margin);
  const verdictOf = (one: PairDifference): TargetVerdict =>
    free.get(one)! <= level ? 'free' : costly.get(one)! <= level ? 'costly' : 'undecided';
  return rows.map((row, i) => {
    const difference = differences[i];
    const gap = row.estimates.auc.value - full.estimates.auc.value;
    if (difference === undefined)
      return { row, verdict: 'unjudged', gap: { value: gap, error: undefined, count: row.runs.length } };
    const error = halfWidth(level / (2 * known.length), difference);
    return {
      row,
      verdict: verdictOf(difference),
      gap: { value: difference.value, error, count: difference.count },
    };
  });
}

function limitsOf(
  tried: readonly TriedRatio[],
  margin: number,
): Pick<FreeCompression, 'shown' | 'estimate' | 'open' | 'costly'> {
  const shown = Math.max(1, ...ratiosThatAre('free', tried));
  const costly = ratiosThatAre('costly', tried).filter((ratio) => ratio > shown);
  return {
    shown,
    ...crossing(tried, margin),
    costly: costly.length === 0 ? undefined : Math.min(...costly),
  };
}

const ratiosThatAre = (verdict: TargetVerdict, tried: readonly TriedRatio[]) =>
  tried.filter((one) => one.verdict === verdict).map(({ row }) => row.achieved);

/** The first crossing of the margin between two neighbours among the ratios, from the uncompressed tables on. */
function crossing(tried: readonly TriedRatio[], margin: number): Pick<FreeCompression, 'estimate' | 'open'> {
  let before = { ratio: 1, gap: 0 };
  for (const { row, gap } of tried) {
    const here = { ratio: row.achieved, gap: gap.value };
    if (here.gap < -margin) {
      const share = (before.gap + margin) / (before.gap - here.gap);
      const ratio = before.ratio * (here.ratio / before.ratio) ** Math.min(1, Math.max(0, share));
      return { estimate: ratio, open: false };
    }
    before = here;
  }
  return { estimate: before.ratio, open: true };
}
