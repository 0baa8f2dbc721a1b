import type { CompletedRun } from '../results/record.ts';
import { type Estimate, intervalOf, pairedDifference } from './statistics.ts';
import type { CompletedRow } from './summary.ts';

export type FrequencyScores = NonNullable<CompletedRun['quality']['byFrequency']>[number];

/** What a method loses on the test rows whose rarest id training has seen about as often. */
export interface FrequencyChange {
  readonly scores: FrequencyScores;
  /** AUC on these rows minus the baseline's on the same, over the seeds both have. */
  readonly change: Estimate;
}

/** A change for every group of rows that has clicks and others; empty where records of either have no groups. */
export function changesByFrequency(row: CompletedRow, full: CompletedRow): FrequencyChange[] {
  const groups = row.runs.find((run) => run.quality.byFrequency)?.quality.byFrequency ?? [];
  return groups.flatMap((scores) => {
    const difference = pairedDifference(aucOf(row, scores.group), aucOf(full, scores.group));
    return difference === undefined ? [] : [{ scores, change: intervalOf(difference) }];
  });
}

/** By seed. */
function aucOf({ runs }: CompletedRow, group: FrequencyScores['group']): Map<number, number> {
  return new Map(
    runs.flatMap(({ seed, quality }): [number, number][] => {
      const auc = quality.byFrequency?.find((scores) => scores.group === group)?.auc;
      return auc === undefined ? [] : [[seed, auc]];
    }),
  );
}
