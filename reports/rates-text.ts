import type { RateChoice } from '../analysis/comparisons/chosen-rate.ts';
import { type RateResult, rateGrid, rateResults } from '../analysis/summary/rate-trials.ts';
import { formatFixed } from './format.ts';

/** Describes the choice of learning rates; empty if nothing was chosen. */
export function ratesText(choices: readonly RateChoice[]): string {
  if (choices.length === 0) return '';
  const { rates, chosen, atEnd, extended, spread, chosenOn } = rateGrid(choices);
  return [
    `Validation AUC chose the learning rate of every method and budget separately, from ${listed(rates)}${procedures[chosenOn]};`,
    'all numbers here are of the runs at the chosen rates, which the table names.',
    ...(spread === undefined
      ? []
      : [`Between the best and the worst rate lie ${formatFixed(spread)} of validation AUC (median).`]),
    ...(extended > 0 ? [`${extended} of ${choices.length} searches went beyond that grid.`] : []),
    ...(atEnd > 0
      ? [`${atEnd} of ${chosen} choices are at an end of their grid, where a wider one might do better.`]
      : []),
  ].join(' ');
}

const procedures = {
  'own seed': ', with seed 0, which is not reported',
  'reported seeds':
    ', with seeds that are reported as well: an older procedure, which flatters the choice a little',
  both: ', some with seed 0, which is not reported, some with seeds that are',
} as const;

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
  if (rates.length < 2) return 'rates of their own';
  return `${rates.slice(0, -1).join(', ')} and ${rates.at(-1)}`;
}
