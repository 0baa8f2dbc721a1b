import type { GroupScores } from '../../results/quality-record.ts';
import { type Estimate, intervalOf, pairedDifference } from '../statistics/estimates.ts';
import type { CompletedRow } from './rows.ts';

/** The change of a method on the test rows whose rarest ids are about equally frequent in the training part. */
export interface FrequencyChange {
  readonly scores: GroupScores;
  /** AUC on these rows minus the baseline's on the same rows, over the seeds both have. */
  readonly change: Estimate;
}

/** A change for every group of rows that has clicks and non-clicks; empty if records of either row have no groups. */
export function changesByFrequency(row: CompletedRow, full: CompletedRow): FrequencyChange[] {
  const groups = row.runs.find((run) => run.quality.byFrequency)?.quality.byFrequency ?? [];
  return groups.flatMap((scores) => {
    const difference = pairedDifference(aucOn(row, scores.group), aucOn(full, scores.group));
    return difference === undefined ? [] : [{ scores, change: intervalOf(difference) }];
  });
}

/** AUC on a group by seed. */
function aucOn({ runs }: CompletedRow, group: GroupScores['group']): Map<number, number> {
  return new Map(
    runs.flatMap(({ seed, quality }): [number, number][] => {
      const auc = quality.byFrequency?.find((scores) => scores.group === group)?.auc;
      return auc === undefined ? [] : [[seed, auc]];
    }),
  );
}
