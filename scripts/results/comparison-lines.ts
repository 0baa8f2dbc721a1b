import { baseline } from '../../analysis/comparisons/comparable.ts';
import { analyze } from '../../analysis/recording.ts';
import { type CompletedRow, baselineRow, isCompleted } from '../../analysis/summary/rows.ts';
import type { Ranking } from '../../analysis/verdicts/ranking.ts';
import { formatChange, formatEstimate, formatFixed, formatRatio } from '../../reports/format.ts';
import { ownSettings } from '../../reports/setting-text.ts';
import type { Recording } from '../../results/recording.ts';

/** A line has at most this many names of one kind. */
const maxNames = 4;

/** The result of a recording, in a line for each budget: the best method, those tied with it, those behind. */
export function comparisonLines(recording: Recording): string[] {
  const { comparisons } = analyze(recording);
  const settings = comparisons.map(({ setting }) => setting);
  return comparisons.flatMap(({ rows, rankings, rates }, i) => {
    const full = baselineRow(rows);
    const seeds = Math.max(1, ...rows.filter(isCompleted).map((row) => row.runs.length));
    if (rankings.length === 0 && full === undefined) return [];
    const heading = [
      ownSettings(settings, i),
      full === undefined
        ? 'test AUC'
        : `change of test AUC from ${baseline}, ${formatEstimate(full.estimates.auc)}`,
      seeds === 1 ? 'one seed, no error bars' : `${seeds} seeds`,
      rates.length > 0 ? 'learning rates chosen on validation' : '',
    ];
    return [
      `${heading.filter((text) => text !== '').join(', ')}:`,
      ...rankings.map(
        (ranking) => `  ${formatRatio(ranking.requested).padStart(4)}  ${rankingText(ranking, seeds)}`,
      ),
    ];
  });
}

function rankingText({ best, tied, behind, missing }: Ranking, seeds: number): string {
  const count = (status: string) => missing.filter((row) => row.status === status).length;
  const without = (['infeasible', 'failed'] as const)
    .filter((status) => count(status) > 0)
    .map((status) => `${count(status)} ${status}`);
  if (best === undefined) return ['no numbers', ...without].join('; ');
  return [
    `best ${resultText(best)}`,
    ...(tied.length === 0 ? [] : [`within noise: ${namesText(tied)}`]),
    ...(behind.length === 0 ? [] : [`${seeds === 1 ? 'then' : 'behind'}: ${namesText(behind)}`]),
    ...without,
  ].join('; ');
}

function namesText(rows: readonly CompletedRow[]): string {
  const shown = rows.slice(0, rows.length > maxNames ? maxNames - 1 : maxNames);
  const more = rows.length - shown.length;
  return `${shown.map(nameAndValue).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function nameAndValue({ series, change, estimates }: CompletedRow): string {
  return `${series.label} ${change === undefined ? formatFixed(estimates.auc.value) : formatChange(change.value)}`;
}

function resultText({ series, change, estimates }: CompletedRow): string {
  return `${series.label} ${change === undefined ? formatEstimate(estimates.auc) : formatEstimate(change, formatChange)}`;
}
