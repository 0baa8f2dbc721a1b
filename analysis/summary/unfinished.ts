import type { RateChoice } from '../comparisons/chosen-rate.ts';
import { seriesKey } from '../comparisons/series-key.ts';
import type { NeededMemory, SummaryRow, UnfinishedRun } from './rows.ts';
import type { Series } from './series.ts';

/** Runs of a series at a budget that ended in the same way, without a number. */
export interface Unfinished {
  readonly series: Series;
  readonly requested: number;
  readonly status: UnfinishedRun['status'];
  readonly error: string;
  /** The seeds that ended so; `all` for an infeasible budget, or where nothing but memory was lacking: sizes do not depend on the seed. */
  readonly seeds: 'all' | readonly number[];
  /** The smallest layer that the method can make; undefined unless infeasible. */
  readonly smallestBytes: number | undefined;
  /** Undefined unless too large. */
  readonly memory: NeededMemory | undefined;
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
    const concernsAll = status === 'infeasible' || (status === 'too large' && row.status === status);
    const seeds = concernsAll ? 'all' : alike.map((run) => run.seed);
    return { series, requested, status, error, seeds, ...sizesOf(first), rate: undefined };
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
    return [{ ...common, seeds: [seed], ...sizesOf(run), rate: learningRate }];
  });
}

/** The bytes that a run without a number would have taken, by its status. */
export function sizesOf(run: UnfinishedRun): Pick<Unfinished, 'smallestBytes' | 'memory'> {
  return {
    smallestBytes: run.status === 'infeasible' ? run.smallestBytes : undefined,
    memory:
      run.status === 'too large' ? { neededBytes: run.neededBytes, limitBytes: run.limitBytes } : undefined,
  };
}

/** Runs that end alike share it. Estimates of memory differ by a little from run to run. */
function endingOf({ status, error }: UnfinishedRun): string {
  return JSON.stringify(status === 'too large' ? [status] : [status, error]);
}
