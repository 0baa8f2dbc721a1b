import type { Unfinished } from '../analysis/summary/unfinished.ts';
import { formatBytes, formatRatio } from './format.ts';

/** A row in the table of infeasible and failed runs. */
export interface UnfinishedView {
  readonly label: string;
  readonly budget: string;
  readonly seeds: string;
  readonly status: string;
  readonly smallest: string | undefined;
  readonly error: string;
}

export function unfinishedView(runs: Unfinished): UnfinishedView {
  const { series, requested, status, error, seeds, smallestBytes, rate } = runs;
  return {
    label: series.label,
    budget: formatRatio(requested) + (rate === undefined ? '' : `, rate ${rate}`),
    seeds: seeds === 'all' ? seeds : seeds.join(', '),
    status,
    smallest: smallestBytes === undefined ? undefined : formatBytes(smallestBytes),
    error,
  };
}
