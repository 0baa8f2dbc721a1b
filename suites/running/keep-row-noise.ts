import { baseline, comparisons } from '../../analysis/comparisons/comparable.ts';
import { rowCovariances } from '../../analysis/statistics/row-covariances.ts';
import { placementsIn } from '../../analysis/statistics/test-rows.ts';
import type { CompletedRun } from '../../results/record.ts';
import type { Recording } from '../../results/recording.ts';
import { type RowCovariances, writeRowCovariances } from '../../results/row-noise.ts';
import { readRecording } from '../../results/store.ts';

/**
 * Writes row-noise.jsonl of a recording from its scores. Returns its bytes; undefined if a run that is judged has no
 * scores, or scores that do not give its AUC: then nothing is written.
 */
export function keepRowNoise(directory: string): number | undefined {
  const found = covariancesOf(readRecording(directory));
  return found && writeRowCovariances(directory, found);
}

/** The covariances of the judged runs of every budget, each beside those of the uncompressed tables. */
export function covariancesOf(recording: Recording): RowCovariances | undefined {
  const { scores } = recording;
  if (scores === undefined) return undefined;
  const placementsOf = placementsIn(scores);
  const runs = comparisons(recording).flatMap((group) =>
    group.runs.filter((run): run is CompletedRun => run.status === 'completed'),
  );
  if (runs.length === 0 || runs.some((run) => placementsOf(run) === undefined)) return undefined;
  const compressed = [...new Set(runs.filter(({ method }) => method !== baseline).map(({ compression }) => compression.requested))]; // prettier-ignore
  const budgets = (compressed.length > 0 ? compressed : [1]).map((requested) => {
    const own = runs.filter((run) => run.method === baseline || run.compression.requested === requested);
    return {
      requested,
      ids: own.map(({ id }) => id),
      aucs: own.map(({ quality }) => quality.auc),
      covariances: rowCovariances(own.length, (i) => placementsOf(own[i])!),
    };
  });
  return { rows: scores.labels.length, budgets };
}
