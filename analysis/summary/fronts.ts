import { type MetricName, isBetter, metrics } from './metrics.ts';
import { paretoFront } from './pareto.ts';
import type { CompletedRow } from './rows.ts';

/** The rows that no other row beats in one metric without losing in the other: small and good, or fast and good. Rows without the cost have no part in it. */
export function frontOf(
  rows: readonly CompletedRow[],
  cost: MetricName,
  quality: 'auc' | 'logloss' = 'auc',
): Set<CompletedRow> {
  const known = rows.filter(({ estimates }) => estimates[cost] !== undefined);
  return paretoFront(known, ({ estimates }) => [
    [metrics[cost], estimates[cost]!.value],
    [metrics[quality], estimates[quality].value],
  ]);
}

/** True if the row has a value, and no rival a strictly better one. */
export function isBestIn(name: MetricName, row: CompletedRow, rivals: readonly CompletedRow[]): boolean {
  const own = row.estimates[name];
  if (own === undefined) return false;
  return !rivals.some(
    ({ estimates: { [name]: other } }) => other && isBetter(metrics[name], other.value, own.value),
  );
}
