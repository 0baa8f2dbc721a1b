import { baseline } from '../analysis/comparisons/comparable.ts';
import { analyze } from '../analysis/recording.ts';
import {
  type CompletedRow,
  type SummaryRow,
  baselineRow,
  budgetsOf,
  isBaseline,
  isCompleted,
} from '../analysis/summary/rows.ts';
import { writeWhole } from '../files/whole-file.ts';
import type { Recording } from '../results/recording.ts';
import { readRecording } from '../results/store.ts';
import { costTable, methodLabel, referenceCells } from './reference-lines.ts';
import { formatBytes, formatChange, formatEstimate, formatFixed, formatRatio } from './format.ts';

/**
 * A recording as a table for a README: a row per method, a column per budget, the change of test AUC from the uncompressed
 * tables in each cell (or the AUC, where those were not run), bold for the best of a column and those tied with it.
 * Methods stand in the order of the first column, references that compete for no budget below them. Shows the first setting of the recording.
 */
export function markdownTable(recording: Recording, withCosts = false): string {
  const [comparison] = analyze(recording).comparisons;
  const { rows, rankings, referenceMethods } = comparison;
  const full = baselineRow(rows);
  const compressed = rows.filter((row) => !isBaseline(row));
  const budgets = budgetsOf(compressed);
  const winners = new Set(rankings.flatMap((ranking) => [...ranking.winners]));
  const labels = [...new Set(compressed.map((row) => row.series.label))];
  const cellOf = (label: string, budget: number) => {
    const row = compressed.find(({ series, requested }) => series.label === label && requested === budget);
    return row === undefined ? '' : textOf(row, winners.has(row));
  };
  const nameOf = (label: string) =>
    methodLabel(
      compressed.find(({ series }) => series.label === label)!,
      referenceMethods,
    );
  const lines = labels.map((label) => ({ label, cells: budgets.map((budget) => cellOf(label, budget)) }));
  const first = full === undefined ? 'test AUC' : 'change of test AUC';
  const fullText = (row: CompletedRow) =>
    `\`${baseline}\` (${formatBytes(row.runs[0].size.servingBytes)}: ${formatEstimate(row.estimates.auc)})`;
  return [
    line([first, ...budgets.map(formatRatio)]),
    line(['---', ...budgets.map(() => '---:')]),
    ...(full === undefined ? [] : [line([fullText(full), ...budgets.map(() => '')])]),
    ...lines.map(({ label, cells }) => line([nameOf(label), ...cells])),
    ...referenceCells(comparison, budgets).map(({ label, cells }) => line([label, ...cells])),
    ...(withCosts ? ['', costTable(comparison)] : []),
  ].join('\n');
}

/** `costs`: a second table, of what each method costs. */
export function writeMarkdownTable(directory: string, file: string, costs: boolean): void {
  writeWhole(file, `${markdownTable(readRecording(directory), costs)}\n`);
}

function textOf(row: SummaryRow, wins: boolean): string {
  if (!isCompleted(row)) return row.status;
  const { change, estimates } = row;
  const text = change === undefined ? formatFixed(estimates.auc.value) : formatChange(change.value);
  return wins ? `**${text}**` : text;
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
