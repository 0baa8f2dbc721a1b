import { type MetricName, isBetter, metrics } from './metrics.ts';
import { paretoFront } from './pareto.ts';
import type { CompletedRow } from './rows.ts';

/** The rows that no other row beats in one metric without losing in the other: small and good, or fast and good. */
export function frontOf(
  rows: readonly CompletedRow[],
  cost: MetricName,
  quality: 'auc' | 'logloss' = 'auc',
): Set<CompletedRow> {
  return paretoFront(rows, ({ estimates }) => [
    [metrics[cost], estimates[cost].value],
    [metrics[quality], estimates[quality].value],
  ]);
}

/** True if no rival has a strictly better value. */
export function isBestIn(name: MetricName, row: CompletedRow, rivals: readonly CompletedRow[]): boolean {
  const { value } = row.estimates[name];
  return !rivals.some(({ estimates }) => isBetter(metrics[name], estimates[name].value, value));
}
