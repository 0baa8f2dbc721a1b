import type { RateChoice } from '../analysis/comparisons/chosen-rate.ts';
import { type RateResult, rateGrid, rateResults } from '../analysis/summary/rate-trials.ts';
import { formatFixed } from './format.ts';

/** Describes the choice of learning rates; empty if nothing was chosen. */
export function ratesText(choices: readonly RateChoice[]): string {
  if (choices.length === 0) return '';
  const { rates, chosen, atEnd } = rateGrid(choices);
  return [
    `Validation AUC chose the learning rate of every method and budget separately, from ${listed(rates)};`,
    'all numbers here are of the runs at the chosen rates, which the table names.',
    ...(atEnd > 0
      ? [`${atEnd} of ${chosen} choices are at an end of that grid, where a wider one might do better.`]
      : []),
  ].join(' ');
}

/** `0.02: 0.7612 (3 seeds), 0.05: 0.7603, 0.1: diverged`: the mean validation AUC at every rate. */
export function trialsText(choice: RateChoice): string {
  return rateResults(choice)
    .map((result) => `${result.rate}: ${resultText(result)}`)
    .join(', ');
}

function resultText({ validationAuc, completed, endings }: RateResult): string {
  const seeds = completed > 1 ? ` (${completed} seeds)` : '';
  return [...(validationAuc === undefined ? [] : [formatFixed(validationAuc) + seeds]), ...endings].join(
    ', ',
  );
}

function listed(rates: readonly number[]): string {
  return `${rates.slice(0, -1).join(', ')} and ${rates.at(-1)}`;
}
