import { baseline } from '../../analysis/comparisons/comparable.ts';
import type { AnalyzedComparison } from '../../analysis/recording.ts';
import { baselineRow } from '../../analysis/summary/rows.ts';
import { freeCompressions } from '../../analysis/targets/free-compression.ts';
import { plural } from '../../base/plural.ts';
import { findingsText } from '../../reports/free-compression-text.ts';
import { formatEstimate, formatMargin } from '../../reports/format.ts';

/** The compression that is free for each method, a line each, the largest estimate first. */
export function targetLines({ rows, noise }: AnalyzedComparison, margin: number, setting: string): string[] {
  const full = baselineRow(rows)!;
  const found = freeCompressions(rows, margin, noise.rows);
  const widest = Math.max(0, ...found.map(({ series }) => series.label.length));
  const heading = [
    setting,
    `compression that costs at most ${formatMargin(margin)} of test AUC`,
    `${baseline} ${formatEstimate(full.estimates.auc)}`,
    plural(full.runs.length, 'seed'),
  ];
  return [
    `${heading.filter((text) => text !== '').join(', ')}:`,
    ...found.map((one) => `  ${one.series.label.padEnd(widest)}  ${lowerFirst(findingsText(one))}`),
  ];
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
