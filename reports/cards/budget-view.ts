import { type RateChoice } from '../../analysis/comparisons/chosen-rate.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { budgetSpent, bytesWithKeys, countedBytes } from '../../results/counted-bytes.ts';
import type { CompletedRun } from '../../results/record.ts';
import { formatAchieved, formatBytes, formatRatio } from '../format.ts';
import { choiceOf } from '../../analysis/summary/rate-trials.ts';
import { trialsText } from '../rates-text.ts';
import { isUnderspent } from '../../analysis/summary/budget-spent.ts';
import { type SummaryRow, isCompleted } from '../../analysis/summary/rows.ts';
import { stagesText } from '../training-time-text.ts';
import { unfinishedOf } from '../../analysis/summary/unfinished.ts';
import { type UnfinishedView, unfinishedView } from '../unfinished-view.ts';
import { type ByteKind, byteKindsOf } from './byte-kinds.ts';
import { type ResolvedParameters, resolvedParameters } from './resolved-parameters.ts';
import type { DataField } from './data-fields.ts';
import { widthPicture } from './width-picture.ts';

/** The result of a method at a budget. Text is unescaped; the picture holds numbers alone. */
export interface BudgetView {
  readonly budget: string;
  /** `1.21 MB served, 1.30 MB with keys, 16.0x, 2.42 MB in training`; empty if nothing completed. */
  readonly sizes: string;
  readonly kinds: readonly ByteKind[];
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly picture: string | undefined;
  readonly unfinished: readonly UnfinishedView[];
}

/** A budget, and the parameters that the method resolved field by field: cards show those of all budgets together. */
export interface CardRow {
  readonly view: BudgetView;
  readonly perField: ResolvedParameters['perField'];
}

export function cardRow(
  row: SummaryRow,
  rates: readonly RateChoice[],
  fields: readonly DataField[],
): CardRow {
  const unfinished = unfinishedOf(row).map(unfinishedView);
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
  // Seeds may differ in serving bytes: tables show the largest.
  const run = runs.reduce((a, b) => (countedBytes(b) > countedBytes(a) ? b : a));
  const { plain, perField, widths } = resolvedParameters(run.choices, fields.length);
  const facts = [
    ...(plain.length > 0 && parametersDiffer(runs)
      ? [{ name: 'choices of seed', value: String(run.seed) }]
      : []),
    ...plain,
    ...(run.stages ? [{ name: 'stages', value: stagesText(run, row.timedRuns.includes(run)) }] : []),
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
    ...(isUnderspent(budgetSpent(run)) ? [`${Math.floor(100 * budgetSpent(run))} % of the budget`] : []),
    `${formatBytes(trainingBytes)} in training`,
  ].join(', ');
  const picture = widths && widthPicture(fields, widths, run.dim);
  return { view: { budget, sizes, kinds: byteKindsOf(run), facts, picture, unfinished }, perField };
}

/** Learned parameters differ from seed to seed; planned ones do not. */
function parametersDiffer(runs: readonly CompletedRun[]): boolean {
  return new Set(runs.map(({ choices }) => canonicalJson(choices))).size > 1;
}
