import type { Estimate } from '../statistics/estimates.ts';
import { type CompletedRow, type SummaryRow, compressedBudgets, isBaseline, isCompleted } from '../summary/rows.ts'; // prettier-ignore
import type { Series } from '../summary/series.ts';
import { bareGap } from './bare-gap.ts';
import { pairWidth } from './judge.ts';
import type { Noise } from './noise.ts';

export type PairVerdict = 'better' | 'worse' | 'equivalent' | 'undecided' | 'unjudged';

/** AUC of one series minus that of another. */
export interface Pair extends Estimate {
  /** The verdict on the first of the two. */
  readonly verdict: PairVerdict;
}

/** Differences of all pairs at one budget. */
export interface PairsAt {
  readonly requested: number;
  /** The row of every series, in the order given; the baseline's is the same at every budget. */
  readonly rows: readonly (SummaryRow | undefined)[];
  /** The first minus the second of the pairs (0, 1), (0, 2), ... (1, 2), ...; undefined if one has no number. */
  readonly gaps: readonly (Pair | undefined)[];
}

/** Every two series at every budget above 1x, with intervals that hold for all pairs of a budget at once, whoever picks them. */
export function pairsOf(
  rows: readonly SummaryRow[],
  series: readonly Series[],
  noise: Noise,
  margin: number,
): PairsAt[] {
  return compressedBudgets(rows).map((requested) => {
    const members = rows.filter((row) => row.requested === requested);
    const found = series.map((one) =>
      (isBaseline({ series: one }) ? rows : members).find((row) => row.series === one),
    );
    const count = found.filter((row) => row !== undefined && isCompleted(row)).length;
    const gaps = found.flatMap((a, i) =>
      found.slice(i + 1).map((b) => {
        if (a === undefined || b === undefined || !isCompleted(a) || !isCompleted(b)) return undefined;
        return pairOf(a, b, { noise, margin, count });
      }),
    );
    return { requested, rows: found, gaps };
  });
}

function pairOf(
  a: CompletedRow,
  b: CompletedRow,
  { noise, margin, count }: { readonly noise: Noise; readonly margin: number; readonly count: number },
): Pair | undefined {
  const difference = noise.between(a, b);
  if (difference === undefined) {
    const gap = bareGap(a, b, noise);
    return gap && { ...gap, verdict: 'unjudged' };
  }
  const gap = { value: difference.value, error: pairWidth(count, difference), count: difference.count };
  return { ...gap, verdict: verdictOf(gap, margin) };
}

/** The verdict of an interval: beyond zero, or inside the margin on both sides. */
export function verdictOf({ value, error }: Pick<Estimate, 'value' | 'error'>, margin: number): PairVerdict {
  if (error === undefined) return 'unjudged';
  if (Math.abs(value) > error) return value > 0 ? 'better' : 'worse';
  return Math.abs(value) + error <= margin ? 'equivalent' : 'undecided';
}
