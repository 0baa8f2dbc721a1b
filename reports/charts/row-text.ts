import { formatBytes, formatChange, formatFixed, formatRatio } from '../format.ts';
import { type CompletedRow, changeFromFull } from '../summary.ts';

/** What hovering over a mark says, a line for each thing: the method and its budget, what the mark stands for, the seeds. */
export function rowText({ series, requested, runs }: CompletedRow, of: readonly string[]): string {
  const seeds = runs.length === 1 ? '1 seed' : `${runs.length} seeds`;
  return [`${series.label} at ${formatRatio(requested)}`, ...of, seeds].join('\n');
}

/** What one wants to know of every method: with every mark it would be a tenth of the page. */
export function memoryText(row: CompletedRow): string[] {
  const change = changeFromFull(row);
  const interval = change?.error === undefined ? '' : ` ± ${formatFixed(change.error)}`;
  return [
    ...(change === undefined ? [] : [`AUC against full ${formatChange(change.value)}${interval}`]),
    formatBytes(row.estimates.servingBytes.value),
  ];
}
