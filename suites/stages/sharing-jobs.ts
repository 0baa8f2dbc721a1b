import { canonicalJson } from '../../base/canonical-json.ts';
import type { Data } from '../../harness/contract/data.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { trainedPartOf } from '../../harness/training/stage-name.ts';
import type { Job } from '../job.ts';
import { planFor, trainingOf } from '../plan-for.ts';

/**
 * The group of a job whose first stage another job of the list, of another method or ratio, trains as well; undefined for all
 * others. It saves them the writing of stages that nobody asks for; which stages are the same is decided by their runs, with
 * all that matters.
 */
export function sharingAmong(jobs: readonly Job[], data: Data): (job: Job) => string | undefined {
  const trained = new Map<string, string | undefined>();
  const trainedBy = (job: Job) => {
    const key = keyOf(job);
    if (!trained.has(key)) trained.set(key, trainedPart(job, data));
    return trained.get(key);
  };
  const sharers = new Map<string, Set<string>>();
  const groupOf = (job: Job) => {
    const part = trainedBy(job);
    return part === undefined ? undefined : `${settingsOf(job)}\n${part}`;
  };
  for (const job of jobs) {
    const group = groupOf(job);
    if (group !== undefined) sharers.set(group, (sharers.get(group) ?? new Set()).add(keyOf(job)));
  }
  return (job) => {
    const group = groupOf(job) ?? '';
    const { seed, learningRate } = job;
    return (sharers.get(group)?.size ?? 0) > 1 ? canonicalJson([group, seed, learningRate]) : undefined;
  };
}

const keyOf = ({ method, options, compression, count, dim }: Job) =>
  canonicalJson({ method, options, compression, count, dim });

/** The settings of a comparison that may differ between its jobs, beside seeds and rates, which all of a plan have. */
function settingsOf(job: Job): string {
  return canonicalJson({ ...trainingOf(job), seed: undefined, learningRate: undefined });
}

/** Undefined where a plan cannot be made: the job's own run will say why. */
function trainedPart(job: Job, data: Data): string | undefined {
  try {
    const plan = planFor({ ...job, seed: 0 }, data);
    return isInfeasible(plan) ? undefined : trainedPartOf(plan);
  } catch {
    return undefined;
  }
}
