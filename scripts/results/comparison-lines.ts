import { claimsOf, type Standing } from '../../reports/claims.ts';
import { formatChange, formatFixed } from '../../reports/format.ts';
import { ownSettings } from '../../reports/page/setting-text.ts';
import { seriesOf } from '../../reports/series.ts';
import type { Estimate } from '../../reports/statistics.ts';
import { type CompletedRow, isCompleted, summarize } from '../../reports/summary.ts';
import { testRowsOf } from '../../reports/test-rows.ts';
import { baseline, comparisons } from '../../results/comparable.ts';
import type { Recording } from '../../results/record.ts';

/** Maximal number of names in a line. */
const most = 4;

/** The findings of a recording, a line for each budget: the best method, those tied with it, those behind. */
export function comparisonLines(recording: Recording): string[] {
  const groups = comparisons(recording);
  const series = seriesOf(recording.runs);
  const testRows = testRowsOf(recording);
  const settings = groups.map(({ setting }) => setting);
  return groups.flatMap(({ runs, rates }, i) => {
    const rows = summarize(runs, series, testRows);
    const full = rows.filter(isCompleted).find((row) => row.series.method === baseline);
    const seeds = Math.max(1, ...rows.filter(isCompleted).map((row) => row.runs.length));
    const claims = claimsOf(rows, testRows);
    if (claims.length === 0 && full === undefined) return [];
    const heading = [
      ownSettings(settings, i),
      full === undefined
        ? 'test AUC'
        : `change of test AUC from ${baseline}, ${withError(full.estimates.auc, formatFixed)}`,
      seeds === 1 ? 'one seed, no error bars' : `${seeds} seeds`,
      rates.length > 0 ? 'learning rates chosen on validation' : '',
    ];
    return [
      `${heading.filter((text) => text !== '').join(', ')}:`,
      ...claims.map(({ budget, standing }) => `  ${budget.padStart(4)}  ${standingText(standing, seeds)}`),
    ];
  });
}

function standingText({ best, tied, behind, missing }: Standing, seeds: number): string {
  const count = (status: string) => missing.filter((row) => row.status === status).length;
  const without = (['infeasible', 'failed'] as const)
    .filter((status) => count(status) > 0)
    .map((status) => `${count(status)} ${status}`);
  if (best === undefined) return ['no numbers', ...without].join('; ');
  return [
    `best ${resultText(best)}`,
    ...(tied.length === 0 ? [] : [`within noise: ${someOf(tied)}`]),
    ...(behind.length === 0 ? [] : [`${seeds === 1 ? 'then' : 'behind'}: ${someOf(behind)}`]),
    ...without,
  ].join('; ');
}

function someOf(rows: readonly CompletedRow[]): string {
  const shown = rows.slice(0, rows.length > most ? most - 1 : most);
  const more = rows.length - shown.length;
  return `${shown.map(nameAndValue).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function nameAndValue({ series, change, estimates }: CompletedRow): string {
  return `${series.label} ${change === undefined ? formatFixed(estimates.auc.value) : formatChange(change.value)}`;
}

function resultText(row: CompletedRow): string {
  const { series, change, estimates } = row;
  return `${series.label} ${change === undefined ? withError(estimates.auc, formatFixed) : withError(change, formatChange)}`;
}

function withError({ value, error }: Estimate, format: (value: number) => string): string {
  return error === undefined ? format(value) : `${format(value)} ± ${formatFixed(error)}`;
}
