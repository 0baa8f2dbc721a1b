import { baseline, comparisons } from '../../analysis/comparisons/comparable.ts';
import { rowCovariances } from '../../analysis/statistics/row-covariances.ts';
import { placementsIn } from '../../analysis/statistics/test-rows.ts';
import type { CompletedRun, RunRecord } from '../../results/record.ts';
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

/** The covariances of the judged runs of every budget, each beside those of the uncompressed tables, and of references with scores. */
export function covariancesOf(recording: Recording): RowCovariances | undefined {
  const { scores } = recording;
  if (scores === undefined) return undefined;
  const placementsOf = placementsIn(scores);
  const groups = comparisons(recording);
  const runs = groups.flatMap((group) => group.runs.filter(isCompleted));
  // One reference stands beside several comparisons.
  const references = [...new Set(groups.flatMap((group) => group.references.runs))]
    .filter(isCompleted)
    .filter((run) => placementsOf(run) !== undefined);
  if (runs.length === 0 || runs.some((run) => placementsOf(run) === undefined)) return undefined;
  const compressed = [...new Set(runs.filter(({ method }) => method !== baseline).map(({ compression }) => compression.requested))]; // prettier-ignore
  const budgets = (compressed.length > 0 ? compressed : [1]).map((requested) => {
    const methods = runs.filter((run) => run.method === baseline || run.compression.requested === requested);
    const own = [...methods, ...references];
    return {
      requested,
      ids: own.map(({ id }) => id),
      aucs: own.map(({ quality }) => quality.auc),
      covariances: rowCovariances(own.length, (i) => placementsOf(own[i])!),
    };
  });
  return { rows: scores.labels.length, budgets };
}

const isCompleted = (run: RunRecord): run is CompletedRun => run.status === 'completed';
