import { baseline } from '../../analysis/comparisons/comparable.ts';
import type { AnalyzedComparison, AnalyzedRecording } from '../../analysis/recording.ts';
import { againstLinear } from '../../analysis/references/against-linear.ts';
import {
  type CompletedRow,
  type SummaryRow,
  baselineRow,
  bestPossible,
  isCompleted,
} from '../../analysis/summary/rows.ts';
import type { Series } from '../../analysis/summary/series.ts';
import { lostTrials, unfinishedOf } from '../../analysis/summary/unfinished.ts';
import { bestPerBudget } from '../../analysis/verdicts/best-per-budget.ts';
import type { Environment } from '../../results/environment.ts';
import { findableIn } from '../../analysis/power/found.ts';
import { findableText } from '../findable-text.ts';
import { formatBytes, formatCount, formatEstimate, formatFixed, formatMargin } from '../format.ts';
import { ratesText } from '../rates-text.ts';
import { type UnfinishedView, unfinishedView } from '../unfinished-view.ts';
import { type BudgetExplorerView, budgetExplorerView } from './budget-explorer-view.ts';
import { type DecisionsView, decisionsView } from './decisions-view.ts';
import { type Download, tableDownload } from './downloads.ts';
import { placesOf } from './draw-figure.ts';
import { type FiguresView, figuresView, hasFewLines } from './figures-view.ts';
import { type OverviewView, overviewView } from './overview-view.ts';
import { type PairsView, pairsView } from './pairs-view.ts';
import { linearMark } from '../reference-text.ts';
import { type ReferencesView, referencesView } from './references-view.ts';
import { symbolOf } from './symbols.ts';
import { type TableView, tableView } from './table-view.ts';
import { type TargetView, targetView } from './target-view.ts';

/** Runs that may stand in one table and one chart, as comparison.hbs reads them. */
export interface ComparisonView {
  readonly id: string;
  /** The settings in which this comparison differs from the report's others; empty if it is the only one. */
  readonly heading: string;
  /** Undefined if there is no budget to decide at. */
  readonly decisions: DecisionsView | undefined;
  /** The compression that is free for each method; undefined if no search was made for it. */
  readonly target: TargetView | undefined;
  /** True if the figures of the differences have room beside the decisions. */
  readonly beside: boolean;
  /** The least difference of AUC that matters. */
  readonly margin: string;
  /** The smallest differences that each budget could have found; empty if there are no verdicts. */
  readonly findable: string;
  /** The AUC of the baseline, and the best that any model could reach. */
  readonly reference: string;
  /** The choice of learning rates in words; empty if they were not chosen. */
  readonly rates: string;
  /** Undefined if there are few methods. */
  readonly overview: OverviewView | undefined;
  /** Undefined if nothing completed. */
  readonly budgetExplorer: BudgetExplorerView | undefined;
  /** Undefined if there are no two methods to compare. */
  readonly pairs: PairsView | undefined;
  /** Undefined if there is none beside the baseline. */
  readonly references: ReferencesView | undefined;
  readonly table: TableView;
  readonly csv: Download;
  readonly legend: readonly LegendEntry[];
  /** Methods that charts show without their names; empty if they name all. */
  readonly muted: readonly LegendEntry[];
  readonly figures: FiguresView | undefined;
  readonly unfinished: readonly UnfinishedView[];
}

interface LegendEntry {
  readonly label: string;
  readonly symbol: string;
  /** The number by which marks of charts know the series. */
  readonly place: number;
}

/** The place of a comparison on the page, and the card of every method. */
interface Place extends Pick<ComparisonView, 'id' | 'heading'> {
  readonly anchors: ReadonlyMap<string, string>;
}

export async function comparisonView(
  comparison: AnalyzedComparison,
  { id, heading, anchors }: Place,
  { series, margin }: Pick<AnalyzedRecording, 'series' | 'margin'>,
  environment: Environment,
): Promise<ComparisonView> {
  const { rows, noise, rankings, rates, references } = comparison;
  const completed = rows.filter(isCompleted);
  const drawn = [...series.values()].filter((one) => completed.some((row) => row.series === one));
  const places = placesOf(series);
  const entryOf = (one: Series) => ({
    label: one.label,
    symbol: symbolOf(one),
    place: places.get(one.key)!,
  });
  const unfinished = [
    ...rows.flatMap(unfinishedOf),
    ...rates.flatMap((choice) => lostTrials(choice, series)),
  ];
  const target = await targetView(comparison, environment, { id, series, margin });
  return {
    id,
    heading,
    // A search asks most methods for ratios of their own: there are no budgets to decide at.
    decisions: target ? undefined : decisionsView(comparison, environment.data!.rows.test),
    target,
    beside: hasFewLines(rankings),
    margin: formatMargin(margin),
    findable: target ? '' : findableText(findableIn(rows, noise, environment.data!.rows.test)),
    reference: referenceText(completed),
    rates: ratesText(rates),
    overview: target
      ? undefined
      : overviewView(rows, rankings, { id, methods: environment.methods, anchors }),
    budgetExplorer: budgetExplorerView(bestPerBudget(rows, noise, margin), margin),
    pairs: target ? undefined : pairsView(rows, noise, margin),
    references: referencesView(target ? { ...comparison, rankings: [] } : comparison, margin),
    table: tableView(rows, rankings, {
      id,
      environment,
      rates,
      anchors,
      marks: marksOf(comparison, margin),
    }),
    csv: tableDownload(rows, id),
    legend: drawn.filter(({ muted }) => !muted).map(entryOf),
    muted: drawn.filter(({ muted }) => muted).map(entryOf),
    figures:
      completed.length === 0
        ? undefined
        : await figuresView(completed, target ? [] : rankings, id, series, references, {
            byBudget: target === undefined,
          }),
    unfinished: unfinished.map(unfinishedView),
  };
}

/** The marks of rows: methods that stand as references, and those that are not shown to beat the linear model of their budget. */
function marksOf(comparison: AnalyzedComparison, margin: number): (row: SummaryRow) => readonly string[] {
  const against = againstLinear(comparison, margin);
  return (row) => [
    ...(comparison.referenceMethods.has(row.series.method) ? ['reference'] : []),
    ...[linearMark(against.get(row))].filter((mark) => mark !== undefined),
  ];
}

function referenceText(completed: readonly CompletedRow[]): string {
  const full = baselineRow(completed);
  const sentences = [];
  if (full === undefined) sentences.push(`No ${baseline} baseline completed, so losses cannot be stated.`);
  else {
    const { fullBytes, fullParameters } = full.runs[0].size;
    sentences.push(
      `Uncompressed, ${baseline} reaches test AUC ${formatEstimate(full.estimates.auc)} ` +
        `with ${formatCount(fullParameters)} parameters in ${formatBytes(fullBytes)}.`,
    );
  }
  const best = bestPossible(completed);
  if (best !== undefined)
    sentences.push(`No model could exceed ${formatFixed(best.auc)} on these test rows.`);
  return sentences.join(' ');
}
