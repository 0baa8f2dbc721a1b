import { formatFixed, formatRatio } from '../format.ts';
import { packGaps, pairsOf } from '../pairs.ts';
import type { Series } from '../series.ts';
import { type SummaryRow, isCompleted } from '../summary.ts';
import type { TestRows } from '../test-rows.ts';

/** What pairs.hbs reads: the reader picks two methods, a script shows their difference at every budget. */
export interface PairsView {
  readonly names: readonly string[];
  /** JSON for the script: `[{ budget, scores, gaps }]`. */
  readonly packed: string;
}

/** Undefined where there are no two to compare. */
export function pairsView(rows: readonly SummaryRow[], testRows?: TestRows): PairsView | undefined {
  const completed = rows.filter(isCompleted);
  const series = [...new Set(completed.map((row) => row.series))].sort((a, b) => order(a.key, b.key));
  const pairs = pairsOf(rows, series, testRows);
  if (series.length < 2 || pairs.length === 0) return undefined;
  const packed = pairs.map(({ requested, rows: members, gaps }) => ({
    budget: formatRatio(requested),
    scores: members.map(scoreText),
    gaps: packGaps(gaps),
  }));
  return { names: series.map(({ label }: Series) => label), packed: JSON.stringify(packed) };
}

function scoreText(row: SummaryRow | undefined): string {
  if (row === undefined) return '–';
  if (!isCompleted(row)) return row.status;
  const { value, error } = row.estimates.auc;
  return formatFixed(value) + (error === undefined ? '' : ` ± ${formatFixed(error)}`);
}

const order = (a: string, b: string) => (a < b ? -1 : Number(a > b));
