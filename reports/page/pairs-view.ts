import { type SummaryRow, isCompleted } from '../../analysis/summary/rows.ts';
import type { Series } from '../../analysis/summary/series.ts';
import type { Noise } from '../../analysis/verdicts/noise.ts';
import { type Pair, type PairVerdict, pairsOf } from '../../analysis/verdicts/pairs.ts';
import { formatEstimate, formatRatio } from '../format.ts';

/** The form of pairs.hbs: the reader picks two methods, a script shows their difference at every budget. */
export interface PairsView {
  readonly names: readonly string[];
  /** JSON for the script: `[{ budget, scores, gaps }]`. */
  readonly packed: string;
}

/** Undefined if there are no two methods to compare. */
export function pairsView(rows: readonly SummaryRow[], noise: Noise, margin: number): PairsView | undefined {
  const completed = rows.filter(isCompleted);
  const series = [...new Set(completed.map((row) => row.series))].sort((a, b) => order(a.key, b.key));
  const pairs = pairsOf(rows, series, noise, margin);
  if (series.length < 2 || pairs.length === 0) return undefined;
  const packed = pairs.map(({ requested, rows: members, gaps }) => ({
    budget: formatRatio(requested),
    scores: members.map(scoreText),
    gaps: packGaps(gaps),
  }));
  return { names: series.map(({ label }: Series) => label), packed: JSON.stringify(packed) };
}

/**
 * Differences as text for a script, in units of 0.0001 as numbers are shown: value, error where there is one, after a sign of
 * the verdict: ? undecided, = equivalent, ! no verdict, b the first is better, w it is worse; between semicolons, empty if there is no
 * difference. `?6,52;w-31,12;;!4`.
 */
export function packGaps(gaps: readonly (Pair | undefined)[]): string {
  const units = (value: number) => String(Math.round(Number(value.toFixed(4)) * 1e4) + 0);
  return gaps
    .map((gap) => {
      if (gap === undefined) return '';
      const error = gap.error === undefined ? '' : `,${units(gap.error)}`;
      return `${signs[gap.verdict]}${units(gap.value)}${error}`;
    })
    .join(';');
}

const signs: Readonly<Record<PairVerdict, string>> = {
  better: 'b',
  worse: 'w',
  equivalent: '=',
  undecided: '?',
  unjudged: '!',
};

function scoreText(row: SummaryRow | undefined): string {
  if (row === undefined) return '–';
  return isCompleted(row) ? formatEstimate(row.estimates.auc) : row.status;
}

const order = (a: string, b: string) => (a < b ? -1 : Number(a > b));
