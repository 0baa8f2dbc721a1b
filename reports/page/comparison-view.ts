import { type Comparison, baseline } from '../../results/comparable.ts';
import type { Environment } from '../../results/record.ts';
import { type Claim, claimsOf } from '../claims.ts';
import { formatBytes, formatCount, formatFixed } from '../format.ts';
import { ratesText } from '../rates.ts';
import { purchasesOf } from '../purchases.ts';
import type { Series } from '../series.ts';
import { type CompletedRow, isCompleted, summarize } from '../summary.ts';
import type { TestRows } from '../test-rows.ts';
import { type Download, tableDownload } from './downloads.ts';
import { placesOf } from './draw-figure.ts';
import { type FiguresView, figuresView } from './figures-view.ts';
import { type OverviewView, overviewView } from './overview-view.ts';
import { type PairsView, pairsView } from './pairs-view.ts';
import { type PurchasesView, purchasesView } from './purchases-view.ts';
import { symbolOf } from './symbols.ts';
import { type TableView, tableView } from './table-view.ts';
import { type UnfinishedView, lostTrials, unfinishedViews } from '../unfinished.ts';

/** What comparison.hbs reads: runs that may stand in one table and one chart. */
export interface ComparisonView {
  readonly id: string;
  /** In what this comparison differs from the report's others; empty where it is the only one. */
  readonly heading: string;
  readonly claims: readonly Claim[];
  /** What the baseline reaches, and what could be reached at all. */
  readonly reference: string;
  /** How learning rates were chosen; empty where they were not. */
  readonly rates: string;
  /** Undefined where there are few methods. */
  readonly overview: OverviewView | undefined;
  /** Undefined where nothing completed. */
  readonly purchases: PurchasesView | undefined;
  /** Undefined where there are no two to compare. */
  readonly pairs: PairsView | undefined;
  readonly table: TableView;
  readonly csv: Download;
  readonly legend: readonly LegendEntry[];
  /** Methods that charts show without their names; empty where they name all. */
  readonly quiet: readonly LegendEntry[];
  readonly figures: FiguresView | undefined;
  readonly unfinished: readonly UnfinishedView[];
}

interface LegendEntry {
  readonly label: string;
  readonly symbol: string;
  /** By which marks of charts know it. */
  readonly place: number;
}

/** Where a comparison stands, and where on the page the card of a method is. */
interface Place extends Pick<ComparisonView, 'id' | 'heading'> {
  readonly anchors: ReadonlyMap<string, string>;
}

export async function comparisonView(
  { runs, rates }: Comparison,
  { id, heading, anchors }: Place,
  series: ReadonlyMap<string, Series>,
  environment: Environment,
  testRows?: TestRows,
): Promise<ComparisonView> {
  const rows = summarize(runs, series, testRows);
  const completed = rows.filter(isCompleted);
  const claims = claimsOf(rows, testRows);
  const drawn = [...series.values()].filter((one) => completed.some((row) => row.series === one));
  const places = placesOf(series);
  const entryOf = (one: Series) => ({
    label: one.label,
    symbol: symbolOf(one),
    place: places.get(one.key)!,
  });
  return {
    id,
    heading,
    claims,
    reference: referenceText(completed),
    rates: ratesText(rates),
    overview: overviewView(rows, claims, { id, methods: environment.methods, anchors }),
    purchases: purchasesView(purchasesOf(rows, testRows)),
    pairs: pairsView(rows, testRows),
    table: tableView(rows, claims, { id, environment, rates, anchors }),
    csv: tableDownload(rows, id),
    legend: drawn.filter(({ quiet }) => !quiet).map(entryOf),
    quiet: drawn.filter(({ quiet }) => quiet).map(entryOf),
    figures: completed.length === 0 ? undefined : await figuresView(completed, claims, id, series),
    unfinished: [...rows.flatMap(unfinishedViews), ...rates.flatMap((choice) => lostTrials(choice, series))],
  };
}

function referenceText(completed: readonly CompletedRow[]): string {
  const full = completed.find((row) => row.series.method === baseline);
  const sentences = [];
  if (full === undefined) sentences.push(`No ${baseline} baseline completed, so losses cannot be stated.`);
  else {
    const { auc } = full.estimates;
    const interval = auc.error === undefined ? '' : ` ± ${formatFixed(auc.error)}`;
    const { fullBytes, fullParameters } = full.runs[0].size;
    sentences.push(
      `Uncompressed, ${baseline} reaches test AUC ${formatFixed(auc.value)}${interval} ` +
        `with ${formatCount(fullParameters)} parameters in ${formatBytes(fullBytes)}.`,
    );
  }
  const best = completed
    .map((row) => row.runs[0].quality.bestPossible)
    .find((scores) => scores !== undefined);
  if (best !== undefined)
    sentences.push(`No model could exceed ${formatFixed(best.auc)} on these test rows.`);
  return sentences.join(' ');
}
