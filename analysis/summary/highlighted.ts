import { frontOf } from './fronts.ts';
import { type CompletedRow, type SummaryRow, budgetsOf, isBaseline, isCompleted } from './rows.ts';

/** Charts can tell this many series apart by colour, shape and name; with more, they highlight ten of them. */
export const maxNamed = 12;
const highlighted = 10;

/**
 * The keys of the series that charts highlight, where there are more than charts can tell apart: the baseline, the best of
 * every budget, the Pareto front of AUC and bytes, then the next best of every budget. Undefined if there are few:
 * then all are highlighted.
 */
export function highlightedKeys(rows: readonly SummaryRow[]): ReadonlySet<string> | undefined {
  const completed = rows.filter(isCompleted);
  if (new Set(rows.map(({ series }) => series.key)).size <= maxNamed) return undefined;
  const budgets = budgetsOf(completed).map((requested) =>
    completed.filter((row) => row.requested === requested && !isBaseline(row)),
  );
  // Rows come with the best AUC first.
  const ranked = (rank: number) => budgets.flatMap((members) => members.slice(rank, rank + 1));
  const order: CompletedRow[] = [
    ...completed.filter(isBaseline),
    ...ranked(0),
    ...[...frontOf(completed, 'servingBytes')].sort((a, b) => b.estimates.auc.value - a.estimates.auc.value),
  ];
  for (let rank = 1; rank < highlighted; rank++) order.push(...ranked(rank));
  return new Set([...new Set(order.map(({ series }) => series.key))].slice(0, highlighted));
}
