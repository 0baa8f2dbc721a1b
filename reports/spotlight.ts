import { baseline } from '../results/comparable.ts';
import { metrics } from './metrics.ts';
import { paretoFront } from './pareto.ts';
import { type CompletedRow, type SummaryRow, isCompleted } from './summary.ts';

/** Up to so many series have a colour, a shape and a name each in charts. */
export const maxNamed = 12;
const named = 10;

/**
 * Of more series than charts can tell apart, the keys of those that they name: the baseline, the best of every budget,
 * the Pareto front of AUC and bytes, then the next best of every budget. Undefined where there are few: all are named.
 */
export function spotlight(rows: readonly SummaryRow[]): ReadonlySet<string> | undefined {
  const completed = rows.filter(isCompleted);
  if (new Set(rows.map(({ series }) => series.key)).size <= maxNamed) return undefined;
  const budgets = [...new Set(completed.map(({ requested }) => requested))].map((requested) =>
    completed.filter((row) => row.requested === requested && row.series.method !== baseline),
  );
  const front = paretoFront(completed, ({ estimates }) => [
    [metrics.servingBytes, estimates.servingBytes.value],
    [metrics.auc, estimates.auc.value],
  ]);
  // Rows come with the best AUC first.
  const ranked = (rank: number) => budgets.flatMap((members) => members.slice(rank, rank + 1));
  const order: CompletedRow[] = [
    ...completed.filter(({ series }) => series.method === baseline),
    ...ranked(0),
    ...[...front].sort((a, b) => b.estimates.auc.value - a.estimates.auc.value),
  ];
  for (let rank = 1; rank < named; rank++) order.push(...ranked(rank));
  return new Set([...new Set(order.map(({ series }) => series.key))].slice(0, named));
}
