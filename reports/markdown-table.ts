import { baseline } from '../analysis/comparisons/comparable.ts';
import { findableIn } from '../analysis/power/found.ts';
import { type AnalyzedComparison, analyze } from '../analysis/recording.ts';
import {
  type CompletedRow,
  type SummaryRow,
  baselineRow,
  budgetsOf,
  isBaseline,
  isCompleted,
} from '../analysis/summary/rows.ts';
import { type Ranking, isLeader, rowVerdict } from '../analysis/verdicts/ranking.ts';
import { writeWhole } from '../files/whole-file.ts';
import type { Recording } from '../results/recording.ts';
import { readRecording } from '../results/store.ts';
import { timedText } from './machines-text.ts';
import { decisionAt } from './decision-at.ts';
import { costTable, methodLabel, referenceCells } from './reference-lines.ts';
import { formatBytes, formatChange, formatEstimate, formatFixed, formatRatio } from './format.ts';

/**
 * A recording as a table for a README: a row per method, a column per budget, the change of test AUC from the uncompressed
 * tables in each cell (or the AUC, where those were not run). Bold: the highest of a column, and methods shown to be equivalent
 * to the best; in italics: undecided; plain: worse, or without a verdict. Methods stand in the order of the first column, references
 * that compete for no budget below them; the choice at each budget stands below the table. Shows the first setting of the recording. `costs`: a second table, of what each method costs.
 */
export function markdownTable(
  recording: Recording,
  { margin, costs = false }: { readonly margin?: number | undefined; readonly costs?: boolean } = {},
): string {
  const analyzed = analyze(recording, margin);
  const [comparison] = analyzed.comparisons;
  const timed = timedText(analyzed);
  const { rows, noise, rankings, referenceMethods } = comparison;
  const full = baselineRow(rows);
  const compressed = rows.filter((row) => !isBaseline(row));
  const budgets = budgetsOf(compressed);
  const labels = [...new Set(compressed.map((row) => row.series.label))];
  const cellOf = (label: string, budget: number) => {
    const row = compressed.find(({ series, requested }) => series.label === label && requested === budget);
    return row === undefined ? '' : textOf(row, markOf(row, rankings));
  };
  const nameOf = (label: string) =>
    methodLabel(
      compressed.find(({ series }) => series.label === label)!,
      referenceMethods,
    );
  const lines = labels.map((label) => ({ label, cells: budgets.map((budget) => cellOf(label, budget)) }));
  const found = findableIn(rows, noise, recording.environment.data!.rows.test);
  const findable = found.budgets;
  const findableAt = (budget: number) => {
    const one = findable.find(({ requested }) => requested === budget);
    return one === undefined ? '' : formatFixed(one.worse);
  };
  const first = full === undefined ? 'test AUC' : 'change of test AUC';
  const fullText = (row: CompletedRow) =>
    `\`${baseline}\` (${formatBytes(row.runs[0].size.servingBytes)}: ${formatEstimate(row.estimates.auc)})`;
  return [
    line([first, ...budgets.map(formatRatio)]),
    line(['---', ...budgets.map(() => '---:')]),
    ...(full === undefined ? [] : [line([fullText(full), ...budgets.map(() => '')])]),
    ...lines.map(({ label, cells }) => line([nameOf(label), ...cells])),
    ...referenceCells(comparison, budgets).map(({ label, cells }) => line([label, ...cells])),
    ...(findable.length === 0 ? [] : [line(['*smallest gap found*', ...budgets.map(findableAt)])]),
    ...decisionLines(comparison, found),
    ...(costs ? ['', costTable(comparison), ...(timed === '' ? [] : ['', timed])] : []),
  ].join('\n');
}

export function writeMarkdownTable(
  directory: string,
  file: string,
  options?: Parameters<typeof markdownTable>[1],
): void {
  writeWhole(file, `${markdownTable(readRecording(directory), options)}\n`);
}

/** The choice at each budget, as the report opens with it: an item each, below the table. */
function decisionLines(comparison: AnalyzedComparison, found: ReturnType<typeof findableIn>): string[] {
  const decided = comparison.rankings
    .map((ranking) => ({ ranking, text: decisionAt(ranking, comparison, found) }))
    .filter(({ text }) => text !== '');
  return decided.length === 0
    ? []
    : ['', ...decided.map(({ ranking, text }) => `- ${formatRatio(ranking.requested)}: ${text}`)];
}

/** The marks around a number; rows of a budget without compression have none. */
function markOf(row: SummaryRow, rankings: readonly Ranking[]): '' | '*' | '**' {
  const verdict = rowVerdict(row, rankings);
  if (isLeader(row, rankings) || verdict === 'equivalent') return '**';
  return verdict === 'undecided' ? '*' : '';
}

function textOf(row: SummaryRow, mark: string): string {
  if (!isCompleted(row)) return row.status;
  const { change, estimates } = row;
  const text = change === undefined ? formatFixed(estimates.auc.value) : formatChange(change.value);
  return `${mark}${text}${mark}`;
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
