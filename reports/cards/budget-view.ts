import { type RateChoice } from '../../results/chosen-rate.ts';
import { canonical } from '../../results/series-key.ts';
import { budgetSpent, bytesWithKeys, countedBytes, wellSpent } from '../../results/counted-bytes.ts';
import type { CompletedRun } from '../../results/record.ts';
import { formatAchieved, formatBytes, formatRatio } from '../format.ts';
import { choiceOf, trialsText } from '../rates.ts';
import { type SummaryRow, isCompleted } from '../summary.ts';
import { stagesText } from '../training-time.ts';
import { type UnfinishedView, unfinishedViews } from '../unfinished.ts';
import { type ByteKind, byteKindsOf } from './byte-kinds.ts';
import { type Choices, choicesOf } from './choices.ts';
import type { DataField } from './data-fields.ts';
import { widthPicture } from './width-picture.ts';

/** A method at a budget: what it came to. Text is unescaped but for the picture, which holds numbers alone. */
export interface BudgetView {
  readonly budget: string;
  /** `1.21 MB served, 1.30 MB with keys, 16.0x, 2.42 MB in training`; empty where nothing completed. */
  readonly sizes: string;
  readonly kinds: readonly ByteKind[];
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly picture: string | undefined;
  readonly unfinished: readonly UnfinishedView[];
}

/** With what the method chose field by field, which cards show of all budgets together. */
export interface CardRow {
  readonly view: BudgetView;
  readonly perField: Choices['perField'];
}

export function cardRow(
  row: SummaryRow,
  rates: readonly RateChoice[],
  fields: readonly DataField[],
): CardRow {
  const unfinished = unfinishedViews(row);
  const rate = choiceOf(row, rates);
  const tried = rate && { name: 'validation AUC at learning rate', value: trialsText(rate) };
  const budget = row.requested === 1 ? 'uncompressed' : formatRatio(row.requested);
  if (!isCompleted(row)) {
    const view = {
      budget,
      sizes: '',
      kinds: [],
      facts: tried ? [tried] : [],
      picture: undefined,
      unfinished,
    };
    return { view, perField: [] };
  }
  const { runs } = row;
  // Where seeds differ in what they serve, the bytes that the tables show are the largest.
  const run = runs.reduce((most, one) => (countedBytes(one) > countedBytes(most) ? one : most));
  const { plain, perField, widths } = choicesOf(run.choices, fields.length);
  const facts = [
    ...(plain.length > 0 && choicesDiffer(runs)
      ? [{ name: 'choices of seed', value: String(run.seed) }]
      : []),
    ...plain,
    ...(run.stages ? [{ name: 'stages', value: stagesText([run]) }] : []),
    { name: runs.length === 1 ? 'seed' : 'seeds', value: runs.map(({ seed }) => seed).join(', ') },
    { name: 'learning rate', value: String(run.learningRate) },
    ...(tried ? [tried] : []),
  ];
  const { servingBytes, trainingBytes } = run.size;
  const withKeys = bytesWithKeys(run);
  const achieved = formatAchieved(run.compression.achieved);
  const sizes = [
    `${formatBytes(servingBytes)} served`,
    ...(withKeys === undefined ? [] : [`${formatBytes(withKeys)} with keys`]),
    `${achieved} ${run.count === 'keys' ? 'with keys' : ''}`.trim(),
    ...(budgetSpent(run) < wellSpent ? [`${Math.floor(100 * budgetSpent(run))} % of the budget`] : []),
    `${formatBytes(trainingBytes)} in training`,
  ].join(', ');
  const picture = widths && widthPicture(fields, widths, run.dim);
  return { view: { budget, sizes, kinds: byteKindsOf(run), facts, picture, unfinished }, perField };
}

/** What was learned differs from seed to seed; what was planned does not. */
function choicesDiffer(runs: readonly CompletedRun[]): boolean {
  return new Set(runs.map(({ choices }) => canonical(choices))).size > 1;
}
