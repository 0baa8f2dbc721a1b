import { canonicalJson } from '../../base/canonical-json.ts';
import { hashOf } from '../job.ts';
import type { CompletedRun, RunRecord } from '../../results/record.ts';
import { atRun, type Problem } from './problem.ts';

/**
 * The runs that are another run's numbers under another seed: with another seed, another order of batches and other first weights give
 * another learning curve, so no two are the same to the last bit.
 */
export function copiedRuns(runs: readonly RunRecord[]): Problem[] {
  const first = new Map<string, CompletedRun>();
  return runs.flatMap((run) => {
    if (run.status !== 'completed') return [];
    const { method, options, compression, curve, quality } = run;
    const key = hashOf(
      canonicalJson([method, options, compression.requested, curve, quality.auc, quality.logloss]),
    );
    const other = first.get(key);
    if (other === undefined) first.set(key, run);
    if (other === undefined || other.seed === run.seed) return [];
    return [
      atRun(
        run.id,
        `has the learning curve and the quality of run ${other.id}, to the last bit, with another seed`,
      ),
    ];
  });
}
