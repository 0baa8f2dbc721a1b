import { meanValidationAuc, type RateChoice } from '../results/chosen-rate.ts';
import type { RunRecord } from '../results/record.ts';
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
    `Learning rates were chosen on validation AUC, for every method and budget apart, of ${listed(grid)};`,
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

/** `0.02: 0.7612 (3 seeds), 0.05: 0.7603, 0.1: diverged`: the mean validation AUC at every rate. */
export function trialsText({ trials }: RateChoice): string {
  return sorted(trials.map((run) => run.learningRate))
    .map((rate) => `${rate}: ${resultText(trials.filter((run) => run.learningRate === rate))}`)
    .join(', ');
}

/** Of runs that differ in their seed alone. */
function resultText(runs: readonly RunRecord[]): string {
  const auc = meanValidationAuc(runs);
  const lost = [...new Set(runs.flatMap((run) => endingOf(run) ?? []))];
  const completed = runs.filter(({ status }) => status === 'completed').length;
  const seeds = completed > 1 ? ` (${completed} seeds)` : '';
  return [...(auc === undefined ? [] : [formatFixed(auc) + seeds]), ...lost].join(', ');
}

function endingOf(run: RunRecord): string | undefined {
  if (run.status === 'completed') return undefined;
  return run.status === 'failed' && run.diverged ? 'diverged' : run.status;
}

const sorted = (rates: readonly number[]) => [...new Set(rates)].sort((a, b) => a - b);

function listed(rates: readonly number[]): string {
  return `${rates.slice(0, -1).join(', ')} and ${rates.at(-1)}`;
}
