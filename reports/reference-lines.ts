import type { AnalyzedComparison } from '../analysis/recording.ts';
import { linearAt } from '../analysis/references/against-linear.ts';
import { type CompletedRow, type SummaryRow, isBaseline, isCompleted } from '../analysis/summary/rows.ts';
import { maxServingBytes } from '../analysis/summary/budget-spent.ts';
import { inferenceTimesFull, trainTimesFull } from '../analysis/summary/relative-cost.ts';
import { costText } from './cost-text.ts';
import { formatBytes, formatChange, formatFixed, formatRatio, formatTimes } from './format.ts';

/**
 * The cells of references beneath the methods of a Markdown table, in italics: what fits every budget stands in all columns, the
 * linear model with the size that fits each.
 */
export function referenceCells(
  { rows, references }: AnalyzedComparison,
  budgets: readonly number[],
): { readonly label: string; readonly cells: readonly string[] }[] {
  const models = references.filter(({ kind, row }) => kind === 'model' && isCompleted(row));
  const others = references.filter(({ kind }) => kind !== 'model');
  const [model] = models;
  return [
    ...(model === undefined
      ? []
      : [
          {
            label: `*${model.row.runs[0].model}*`,
            cells: budgets.map((requested) => {
              const row = linearAt({ rows, references }, requested);
              return row === undefined ? '' : changeText(row);
            }),
          },
        ]),
    ...others.map(({ row }) => ({
      label: `*${row.series.label}*`,
      cells: budgets.map(() => (isCompleted(row) ? changeText(row) : row.status)),
    })),
  ];
}

/** A Markdown table of costs, a row for each method and budget: passes, time, memory, speed and bytes. */
export function costTable({ rows, references }: AnalyzedComparison): string {
  const shown = [...rows, ...references.map(({ row }) => row)].filter(isCompleted);
  const full = shown.find(isBaseline);
  const columns: readonly [string, (row: CompletedRow) => string][] = [
    ['passes', ({ costs }) => textOf(costs.passes?.value, costText.passes.format)],
    ['train time', ({ costs }) => textOf(costs.trainSeconds?.value, costText.trainSeconds.format)],
    ['of full', (row) => textOf(trainTimesFull(row, full), formatTimes)],
    ['training memory', ({ costs }) => textOf(costs.trainingMemory?.value, formatBytes)],
    ['inference, of full', (row) => textOf(inferenceTimesFull(row, full), formatTimes)],
    ['serving', (row) => formatBytes(maxServingBytes(row))],
    ['with keys', ({ costs }) => textOf(costs.bytesWithKeys?.value, formatBytes)],
  ];
  return [
    line(['cost', 'budget', ...columns.map(([name]) => name)]),
    line(['---', ...Array<string>(columns.length + 1).fill('---:')]),
    ...shown.map((row) => {
      const budget = rows.includes(row) && !isBaseline(row) ? formatRatio(row.requested) : '';
      const label = rows.includes(row) ? `\`${row.series.label}\`` : `*${row.series.label}*`;
      return line([label, budget, ...columns.map(([, of]) => of(row))]);
    }),
  ].join('\n');
}

function changeText({ change, estimates }: CompletedRow): string {
  return change === undefined ? formatFixed(estimates.auc.value) : formatChange(change.value);
}

const textOf = (value: number | undefined, format: (value: number) => string) =>
  value === undefined ? '' : format(value);

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/** The label of a method in a Markdown table: one that stands as a reference says so. */
export function methodLabel({ series }: Pick<SummaryRow, 'series'>, references: ReadonlySet<string>): string {
  return references.has(series.method) ? `\`${series.label}\` (reference)` : `\`${series.label}\``;
}
