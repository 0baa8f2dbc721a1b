import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import type { RunRecord } from '../../results/record.ts';
import type { Recording } from '../../results/recording.ts';
import { readRowCovariances, type RowCovariances } from '../../results/row-noise.ts';
import { covariancesOf } from '../running/keep-row-noise.ts';

/**
 * The problems of row-noise.jsonl, by which verdicts are made where there are no scores: it has to be of these runs, and the covariances
 * those that scores give, where there are scores.
 */
export function noiseProblems(
  directory: string,
  recording: Pick<Recording, 'environment' | 'runs' | 'scores'>,
): string[] {
  if (!existsSync(join(directory, 'row-noise.jsonl'))) return [];
  const { environment, runs, scores } = recording;
  const kept = readRowCovariances(directory, environment.data?.rows.test ?? 0);
  if (kept === undefined) return [];
  if ('problem' in kept) return [kept.problem];
  if (scores !== undefined) {
    const found = covariancesOf({ environment, runs, scores });
    return found && textOf(found) === textOf(kept)
      ? []
      : ['its covariances are not those that the scores give'];
  }
  const aucs = new Map(
    runs.map((run: RunRecord) => [run.id, run.status === 'completed' ? run.quality.auc : undefined]),
  );
  const others = kept.budgets.flatMap(({ ids, aucs: own }) => ids.filter((id, i) => aucs.get(id) !== own[i]));
  return others.map((id) => `its AUC of run ${id} is not the recorded one`);
}

const textOf = ({ rows, budgets }: RowCovariances) =>
  canonicalJson([
    rows,
    budgets.map(({ covariances, ...rest }) => ({ ...rest, covariances: Array.from(covariances) })),
  ]);
