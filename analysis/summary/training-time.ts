import { sum } from '../../base/sum.ts';
import type { CompletedRun } from '../../results/record.ts';
import { type Estimate, median, medianAbsoluteDeviation } from '../statistics/estimates.ts';

/** Seconds of all stages together, median ± MAD over the runs that have them; undefined if none has. */
export function trainingSeconds(runs: readonly CompletedRun[]): Estimate | undefined {
  const totals = runs.flatMap(({ stages }) =>
    stages === undefined ? [] : [sum(stages.map(({ seconds }) => seconds))],
  );
  if (totals.length === 0) return undefined;
  return { value: median(totals), error: medianAbsoluteDeviation(totals), count: totals.length };
}
