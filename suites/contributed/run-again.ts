import { machineText } from '../../results/hardware.ts';
import type { CompletedRun } from '../../results/record.ts';
import type { VerifiedRun } from '../../results/verified.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { findNamed } from '../../base/find-named.ts';
import { backends } from '../../backends/index.ts';
import { datasets, openDataset } from '../../datasets/index.ts';
import type { Job } from '../job.ts';
import { describeCommit, thisMachine } from '../running/environment.ts';
import { runJob } from '../running/run-job.ts';
import type { ComparisonSettings } from '../settings.ts';
import { atRun, type Problem } from './problem.ts';

/**
 * The largest difference of test AUC that machines may make of one run: where additions are in another order, rounding moves
 * weights, and these move scores. It is below the margin that verdicts call no difference, 0.001.
 */
const mostByRounding = 0.0005;

export interface Again {
  readonly verified: readonly VerifiedRun[];
  readonly problems: readonly Problem[];
}

/** Trains runs of a recording again, one after the other, each in a process of its own, and compares what comes out. */
export async function runAgain(
  runs: readonly CompletedRun[],
  jobs: ReadonlyMap<string, Job>,
  { dataset, request }: ComparisonSettings,
  { sampleSeed, signal, tell }: { sampleSeed: number; signal: AbortSignal; tell: (line: string) => void },
): Promise<Again> {
  const data = await openDataset(findNamed(datasets, 'data set', dataset), request);
  data.close();
  const log = { dataset, request: { ...request, verifiedSeal: data.seal }, fingerprint: data.fingerprint };
  const { commit } = await describeCommit();
  const verified: VerifiedRun[] = [];
  const problems: Problem[] = [];
  for (const run of runs) {
    const job = jobs.get(run.id)!;
    const backend = await findNamed(backends, 'backend', job.backend).open({ threads: job.threads });
    const { name, version, threads } = backend;
    const machine = machineText({ ...thisMachine(), backend: { name, version, threads } });
    const ending = await runJob({ ...log, job }, signal, () => {});
    if (ending.type !== 'completed') {
      const reason = 'error' in ending ? ending.error : ending.reason;
      problems.push(atRun(run.id, `run again, it is ${ending.type}: ${reason}`));
      continue;
    }
    const { quality, size, curve } = ending.outcome;
    const same = canonicalJson({ quality, size, curve }) === canonicalJson({ quality: run.quality, size: run.size, curve: run.curve }); // prettier-ignore
    const difference = Math.abs(quality.auc - run.quality.auc);
    const at = new Date().toISOString();
    tell(
      `run ${run.id}: recorded AUC ${run.quality.auc}, run again ${quality.auc}${same ? ', the same to the last bit' : ''}`,
    );
    if (difference > mostByRounding)
      problems.push(atRun(run.id, `run again, its AUC is ${quality.auc} and not ${run.quality.auc}`));
    else verified.push({ id: run.id, machine, commit, at, sampleSeed, auc: quality.auc, same });
  }
  return { verified, problems };
}
