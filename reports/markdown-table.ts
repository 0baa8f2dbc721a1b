import { writeWhole } from '../files/whole-file.ts';
import { baseline, comparisons } from '../results/comparable.ts';
import type { Recording } from '../results/record.ts';
import { readRecording } from '../results/store.ts';
import { claimsOf } from './claims.ts';
import { formatBytes, formatChange, formatFixed, formatRatio } from './format.ts';
import { seriesOf } from './series.ts';
import { type SummaryRow, isCompleted, summarize } from './summary.ts';
import { testRowsOf } from './test-rows.ts';

/**
 * What a recording found as a table for a README: a row per method, a column per budget, the change of test AUC from the
 * uncompressed tables in each cell (or the AUC, where those were not run), bold where nothing tells it from the best of
 * its column. Methods stand in the order of the first column. Shows the first setting of the recording.
 */
export function markdownTable(recording: Recording): string {
  const [{ runs }] = comparisons(recording);
  const testRows = testRowsOf(recording);
  const rows = summarize(runs, seriesOf(recording.runs), testRows);
  const full = rows.filter(isCompleted).find((row) => row.series.method === baseline);
  const compressed = rows.filter((row) => row.series.method !== baseline);
  const budgets = [...new Set(compressed.map((row) => row.requested))];
  const winners = new Set(claimsOf(compressed, testRows).flatMap((claim) => [...claim.winners]));
  const labels = [...new Set(compressed.map((row) => row.series.label))];
  const cellOf = (label: string, budget: number) => {
    const row = compressed.find((one) => one.series.label === label && one.requested === budget);
    return row === undefined ? '' : textOf(row, winners.has(row));
  };
  const lines = labels.map((label) => ({ label, cells: budgets.map((budget) => cellOf(label, budget)) }));
  const first = full === undefined ? 'test AUC' : 'change of test AUC';
  return [
    line([first, ...budgets.map(formatRatio)]),
    line(['---', ...budgets.map(() => '---:')]),
    ...(full === undefined ? [] : [line([`\`${baseline}\` (${sizeText(full.runs[0].size.servingBytes, full.estimates.auc)})`, ...budgets.map(() => '')])]), // prettier-ignore
    ...lines.map(({ label, cells }) => line([`\`${label}\``, ...cells])),
  ].join('\n');
}

export function writeMarkdownTable(directory: string, file: string): void {
  writeWhole(file, `${markdownTable(readRecording(directory))}\n`);
}

function textOf(row: SummaryRow, wins: boolean): string {
  if (!isCompleted(row)) return row.status;
  const { change, estimates } = row;
  const text = change === undefined ? formatFixed(estimates.auc.value) : formatChange(change.value);
  return wins ? `**${text}**` : text;
}

function sizeText(bytes: number, { value, error }: { value: number; error: number | undefined }): string {
  const noise = error === undefined ? '' : ` ± ${formatFixed(error)}`;
  return `${formatBytes(bytes)}: ${formatFixed(value)}${noise}`;
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
