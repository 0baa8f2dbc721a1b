import type { RateChoice } from '../results/chosen-rate.ts';
import { seriesKey } from '../results/series-key.ts';
import { formatFixed } from './format.ts';
import type { SummaryRow } from './summary.ts';

/** How learning rates were chosen, in words; empty where nothing was chosen. */
export function ratesText(choices: readonly RateChoice[]): string {
  if (choices.length === 0) return '';
  const grid = sorted(choices.flatMap(({ trials }) => trials.map((run) => run.learningRate)));
  const chosen = choices.filter(({ rate }) => rate !== undefined);
  const atEnd = chosen.filter(({ rate }) => rate === grid[0] || rate === grid.at(-1)).length;
  return [
    `Learning rates were chosen on validation AUC with the first seed, for every method and budget apart, of ${listed(grid)};`,
    'everything here is of the runs at the chosen rates, which the table names.',
    ...(atEnd > 0
      ? [
          `${atEnd} of ${chosen.length} choices lie at an end of that grid, where a wider one might do better.`,
        ]
      : []),
  ].join(' ');
}

/** The choice of a row; undefined where there was none. */
export function choiceOf(row: SummaryRow, choices: readonly RateChoice[]): RateChoice | undefined {
  return choices.find((one) => one.requested === row.requested && seriesKey(one) === row.series.key);
}

/** `0.02: 0.7612, 0.05: 0.7633, 0.1: diverged`: the validation AUC of every trial. */
export function trialsText({ trials }: RateChoice): string {
  return trials
    .map((run) => {
      const result =
        run.status === 'completed'
          ? formatFixed(run.quality.validation.auc)
          : run.status === 'failed' && run.diverged
            ? 'diverged'
            : run.status;
      return `${run.learningRate}: ${result}`;
    })
    .join(', ');
}

const sorted = (rates: readonly number[]) => [...new Set(rates)].sort((a, b) => a - b);

function listed(rates: readonly number[]): string {
  return `${rates.slice(0, -1).join(', ')} and ${rates.at(-1)}`;
}
