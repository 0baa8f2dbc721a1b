import type { RunRecord } from '../../results/record.ts';
import { meanValidationAuc, type RateChoice } from '../comparisons/chosen-rate.ts';
import { seriesKey } from '../comparisons/series-key.ts';
import type { SummaryRow } from './rows.ts';

/** The learning rates of a comparison and what became of them. */
export interface RateGrid {
  /** All rates that were tried, rising. */
  readonly rates: readonly number[];
  /** The number of choices. */
  readonly chosen: number;
  /** The number of choices at the lowest or the highest rate, where a wider grid might do better. */
  readonly atEnd: number;
}

export function rateGrid(choices: readonly RateChoice[]): RateGrid {
  const rates = sorted(choices.flatMap(({ trials }) => trials.map((run) => run.learningRate)));
  const chosen = choices.filter(({ rate }) => rate !== undefined);
  const atEnd = chosen.filter(({ rate }) => rate === rates[0] || rate === rates.at(-1));
  return { rates, chosen: chosen.length, atEnd: atEnd.length };
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
  readonly endings: readonly ('diverged' | 'failed' | 'infeasible')[];
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
