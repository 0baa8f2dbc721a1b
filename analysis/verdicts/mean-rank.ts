import { type SummaryRow, compressedBudgets, isBaseline, isCompleted } from '../summary/rows.ts';
import type { Series } from '../summary/series.ts';

/**
 * The series without the baseline, sorted by the mean of their ranks at all budgets above 1x. Rows come with the best AUC
 * first; a series without a number at a budget ranks last there.
 */
export function byMeanRank(rows: readonly SummaryRow[]): Series[] {
  const series = [...new Set(rows.map((row) => row.series))];
  const ranks = new Map(series.map((one) => [one, 0]));
  for (const requested of compressedBudgets(rows)) {
    const members = rows.filter((row) => row.requested === requested && isCompleted(row));
    for (const one of series) {
      const place = members.findIndex((row) => row.series === one);
      ranks.set(one, ranks.get(one)! + (place < 0 ? series.length : place));
    }
  }
  return series
    .filter((one) => !isBaseline({ series: one }))
    .sort((a, b) => ranks.get(a)! - ranks.get(b)! || (a.key < b.key ? -1 : 1));
}
