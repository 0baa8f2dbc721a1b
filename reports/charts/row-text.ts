import { plural } from '../../base/plural.ts';
import { formatBytes, formatChange, formatEstimate, formatRatio } from '../format.ts';
import { type CompletedRow, changeFromFull } from '../../analysis/summary/rows.ts';

/** The tooltip of a mark, in lines: the method and its budget, the lines given, the number of seeds. */
export function rowText({ series, requested, runs }: CompletedRow, lines: readonly string[]): string {
  return [`${series.label} at ${formatRatio(requested)}`, ...lines, plural(runs.length, 'seed')].join('\n');
}

/** AUC against the baseline, and bytes: with every mark of every chart they would be a tenth of the page. */
export function memoryText(row: CompletedRow): string[] {
  const change = changeFromFull(row);
  return [
    ...(change === undefined ? [] : [`AUC against full ${formatEstimate(change, formatChange)}`]),
    formatBytes(row.estimates.servingBytes.value),
  ];
}
