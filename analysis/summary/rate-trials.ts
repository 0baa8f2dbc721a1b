import type { RunRecord } from '../../results/record.ts';
import { commonRates, meanValidationAuc, type RateChoice } from '../comparisons/chosen-rate.ts';
import { seriesKey } from '../comparisons/series-key.ts';
import { median } from '../statistics/estimates.ts';
import type { SummaryRow, UnfinishedRun } from './rows.ts';

/** The learning rates of a comparison and what became of them. */
export interface RateGrid {
  /** The rates that every method tried, rising. */
  readonly rates: readonly number[];
  /** The number of choices. */
  readonly chosen: number;
  /** The number of choices at the lowest or the highest rate that the method tried, where a wider grid might do better. */
  readonly atEnd: number;
  /** The number of methods and budgets that tried further rates, because an end of the grid led. */
  readonly extended: number;
  /** The median over choices of the spread of their validation AUC; undefined if none has one. */
  readonly spread: number | undefined;
  /** `both`: a recording that an older version began. */
  readonly chosenOn: RateChoice['chosenOn'] | 'both';
}

export function rateGrid(choices: readonly RateChoice[]): RateGrid {
  const grids = choices.map(({ trials }) => sorted(trials.map((run) => run.learningRate)));
  const rates = commonRates(choices);
  const chosen = choices.filter(({ rate }) => rate !== undefined);
  const atEnd = choices.filter(
    ({ rate }, i) => rate !== undefined && (rate === grids[i][0] || rate === grids[i].at(-1)),
  );
  const extended = grids.filter((grid) => grid[0] < rates[0] || grid.at(-1)! > rates.at(-1)!);
  const spreads = choices.flatMap(({ spread }) => spread ?? []);
  const procedures = [...new Set(choices.map(({ chosenOn }) => chosenOn))];
  return {
    rates,
    chosen: chosen.length,
    atEnd: atEnd.length,
    extended: extended.length,
    spread: spreads.length === 0 ? undefined : median(spreads),
    chosenOn: procedures.length === 1 ? procedures[0] : 'both',
  };
}

/** The choice of a row; undefined if one rate alone was tried. */
export function choiceOf(row: SummaryRow, choices: readonly RateChoice[]): RateChoice | undefined {
  return choices.find((choice) => choice.requested === row.requested && seriesKey(choice) === row.series.key);
}

/** The result of the runs at one learning rate. */
export interface RateResult {
  readonly rate: number;
  /** Mean over the seeds that completed; undefined if none did. */
  readonly validationAuc: number | undefined;
  readonly completed: number;
  /** The endings of the other seeds, each once. */
  readonly endings: readonly ('diverged' | UnfinishedRun['status'])[];
}

/** The result at every rate that was tried, rates rising. */
export function rateResults({ trials }: RateChoice): RateResult[] {
  return sorted(trials.map((run) => run.learningRate)).map((rate) => {
    const runs = trials.filter((run) => run.learningRate === rate);
    return {
      rate,
      validationAuc: meanValidationAuc(runs),
      completed: runs.filter(({ status }) => status === 'completed').length,
      endings: [...new Set(runs.flatMap((run) => endingOf(run) ?? []))],
    };
  });
}

function endingOf(run: RunRecord): RateResult['endings'][number] | undefined {
  if (run.status === 'completed') return undefined;
  return run.status === 'failed' && run.diverged ? 'diverged' : run.status;
}

const sorted = (rates: readonly number[]) => [...new Set(rates)].sort((a, b) => a - b);
