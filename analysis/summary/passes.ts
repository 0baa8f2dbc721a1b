import { sum } from '../../base/sum.ts';
import type { CompletedRun } from '../../results/record.ts';

/** Passes over the training part in all stages together: a search of one pass and a retraining of one are two. Undefined in older records. */
export function passesOf({ stages, dataset }: CompletedRun): number | undefined {
  return stages && sum(stages.map(({ samples }) => samples)) / dataset.rows.train;
}
