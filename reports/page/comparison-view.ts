import { type Comparison, baseline } from '../../results/comparable.ts';
import type { RateChoice } from '../../results/chosen-rate.ts';
import type { Environment } from '../../results/record.ts';
import { seriesKey } from '../../results/series-key.ts';
import { type Claim, claimsOf } from '../claims.ts';
import { formatBytes, formatCount, formatFixed, formatRatio } from '../format.ts';
import { ratesText } from '../rates.ts';
import { purchasesOf } from '../purchases.ts';
import type { Series } from '../series.ts';
import {
  type CompletedRow,
  type SummaryRow,
  type UnfinishedRun,
  isCompleted,
  summarize,
} from '../summary.ts';
import type { TestRows } from '../test-rows.ts';
import { type Download, tableDownload } from './downloads.ts';
import { placesOf } from './draw-figure.ts';
import { type FiguresView, figuresView } from './figures-view.ts';
import { type OverviewView, overviewView } from './overview-view.ts';
import { type PairsView, pairsView } from './pairs-view.ts';
import { type PurchasesView, purchasesView } from './purchases-view.ts';
import { symbolOf } from './symbols.ts';
import { type TableView, tableView } from './table-view.ts';

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

interface UnfinishedView {
  readonly label: string;
  readonly budget: string;
  /** One row for all seeds that ended in the same way. */
  readonly seeds: string;
  readonly status: string;
  readonly smallest: string | undefined;
  readonly error: string;
}

export async function comparisonView(
  { runs, rates }: Comparison,
  { id, heading }: Pick<ComparisonView, 'id' | 'heading'>,
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
    overview: overviewView(rows, claims, { id, methods: environment.methods }),
    purchases: purchasesView(purchasesOf(rows, testRows)),
    pairs: pairsView(rows, testRows),
    table: tableView(rows, claims, { id, environment, rates }),
    csv: tableDownload(rows, id),
    legend: drawn.filter(({ quiet }) => !quiet).map(entryOf),
    quiet: drawn.filter(({ quiet }) => quiet).map(entryOf),
    figures: completed.length === 0 ? undefined : await figuresView(completed, id, series),
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

function unfinishedViews(row: SummaryRow): UnfinishedView[] {
  const runs = row.status === 'completed' ? row.lost : row.runs;
  const endings = [...new Set(runs.map(endingOf))];
  return endings.map((ending) => {
    const alike = runs.filter((run) => endingOf(run) === ending);
    const [{ status, error }] = alike;
    const smallest = alike[0].status === 'infeasible' ? formatBytes(alike[0].smallestBytes) : undefined;
    // Whether there is a plan depends on no seed.
    const seeds = status === 'infeasible' ? 'all' : alike.map((run) => run.seed).join(', ');
    return { label: row.series.label, budget: formatRatio(row.requested), seeds, status, smallest, error };
  });
}

/** Trials without a number where another rate was chosen: their runs are in no row. */
function lostTrials(
  { rate, requested, trials }: RateChoice,
  series: ReadonlyMap<string, Series>,
): UnfinishedView[] {
  if (rate === undefined) return [];
  return trials.flatMap((run) => {
    if (run.status === 'completed' || run.learningRate === rate) return [];
    const { label } = series.get(seriesKey(run))!;
    const budget = `${formatRatio(requested)}, rate ${run.learningRate}`;
    const { status, error, seed } = run;
    return [{ label, budget, seeds: String(seed), status, smallest: undefined, error }];
  });
}

function endingOf({ status, error }: UnfinishedRun): string {
  return JSON.stringify([status, error]);
}
