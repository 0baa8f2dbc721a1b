import type { RateChoice } from '../comparisons/chosen-rate.ts';
import { seriesKey } from '../comparisons/series-key.ts';
import type { SummaryRow, UnfinishedRun } from './rows.ts';
import type { Series } from './series.ts';

/** Runs of a series at a budget that ended in the same way, without a number. */
export interface Unfinished {
  readonly series: Series;
  readonly requested: number;
  readonly status: UnfinishedRun['status'];
  readonly error: string;
  /** The seeds that ended so; `all` for an infeasible budget, since no plan depends on the seed. */
  readonly seeds: 'all' | readonly number[];
  /** The smallest layer that the method can make; undefined for a failure. */
  readonly smallestBytes: number | undefined;
  /** The learning rate of a trial that was not chosen; undefined for the runs of a row. */
  readonly rate: number | undefined;
}

/** One entry for each way in which seeds of a row ended without a number, also where other seeds completed. */
export function unfinishedOf(row: SummaryRow): Unfinished[] {
  const { series, requested } = row;
  const runs = row.status === 'completed' ? row.lost : row.runs;
  const endings = [...new Set(runs.map(endingOf))];
  return endings.map((ending) => {
    const alike = runs.filter((run) => endingOf(run) === ending);
    const [first] = alike;
    const { status, error } = first;
    const smallestBytes = first.status === 'infeasible' ? first.smallestBytes : undefined;
    const seeds = status === 'infeasible' ? 'all' : alike.map((run) => run.seed);
    return { series, requested, status, error, seeds, smallestBytes, rate: undefined };
  });
}

/** Trials without a number at rates that were not chosen: their runs are in no row. */
export function lostTrials(
  { rate, requested, trials }: RateChoice,
  series: ReadonlyMap<string, Series>,
): Unfinished[] {
  if (rate === undefined) return [];
  return trials.flatMap((run) => {
    if (run.status === 'completed' || run.learningRate === rate) return [];
    const { status, error, seed, learningRate } = run;
    const common = { series: series.get(seriesKey(run))!, requested, status, error };
    return [{ ...common, seeds: [seed], smallestBytes: undefined, rate: learningRate }];
  });
}

function endingOf({ status, error }: UnfinishedRun): string {
  return JSON.stringify([status, error]);
}
