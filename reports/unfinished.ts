import type { RateChoice } from '../results/chosen-rate.ts';
import { seriesKey } from '../results/series-key.ts';
import { formatBytes, formatRatio } from './format.ts';
import type { Series } from './series.ts';
import type { SummaryRow, UnfinishedRun } from './summary.ts';

/** Runs of a series at a budget that ended in the same way, without a number. */
export interface UnfinishedView {
  readonly label: string;
  readonly budget: string;
  /** One row for all seeds that ended in the same way. */
  readonly seeds: string;
  readonly status: string;
  readonly smallest: string | undefined;
  readonly error: string;
}

/** Of a row, whatever others of its seeds have given. */
export function unfinishedViews(row: SummaryRow): UnfinishedView[] {
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
export function lostTrials(
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
