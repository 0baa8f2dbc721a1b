import type { Unfinished } from '../analysis/summary/unfinished.ts';
import { formatBytes, formatRatio } from './format.ts';

/** The bytes that runs without a number would have taken. */
type Needs = Pick<Unfinished, 'smallestBytes' | 'memory'>;

/** A row in the table of runs without a number. */
export interface UnfinishedView {
  readonly label: string;
  readonly budget: string;
  readonly seeds: string;
  readonly status: string;
  /** The smallest layer, or the memory of training; undefined for a failure. */
  readonly needs: string | undefined;
  readonly error: string;
}

export function unfinishedView(runs: Unfinished): UnfinishedView {
  const { series, requested, status, error, seeds, rate } = runs;
  return {
    label: series.label,
    budget: formatRatio(requested) + (rate === undefined ? '' : `, rate ${rate}`),
    seeds: seeds === 'all' ? seeds : seeds.join(', '),
    status,
    needs: needsText(runs),
    error,
  };
}

/** `at least 3.1 MB`, or `90 GB of memory, 25 GB are there`; undefined for a failure. */
export function needsText({ smallestBytes, memory }: Needs): string | undefined {
  if (smallestBytes !== undefined) return `at least ${formatBytes(smallestBytes)}`;
  if (memory === undefined) return undefined;
  return `${formatBytes(memory.neededBytes)} of memory, ${formatBytes(memory.limitBytes)} are there`;
}
