import { canonicalJson } from '../../base/canonical-json.ts';
import type { Job } from '../job.ts';
import { trainingOf } from '../plan-for.ts';

/** Texts that stand for what the first stage of a plan trains, by `planKey`: equal ones are the same training, undefined is none that could be shared. */
export type TrainedParts = ReadonlyMap<string, string | undefined>;

/** The members of a job that decide what its plan trains, but for the seed, which jobs that share have in common. */
export const planKey = ({ method, options, compression, count, dim }: Job) =>
  canonicalJson({ method, options, compression, count, dim });

/**
 * The group of a job whose first stage another job of the list, of another method or ratio, trains as well; undefined for all
 * others. It saves them the writing of stages that nobody asks for; which stages are the same is decided by their runs, with
 * all that matters.
 */
export function sharingAmong(jobs: readonly Job[], parts: TrainedParts): (job: Job) => string | undefined {
  const sharers = new Map<string, Set<string>>();
  const groupOf = (job: Job) => {
    const part = parts.get(planKey(job));
    return part === undefined ? undefined : `${settingsOf(job)}\n${part}`;
  };
  for (const job of jobs) {
    const group = groupOf(job);
    if (group !== undefined) sharers.set(group, (sharers.get(group) ?? new Set()).add(planKey(job)));
  }
  return (job) => {
    const group = groupOf(job) ?? '';
    const { seed, learningRate } = job;
    return (sharers.get(group)?.size ?? 0) > 1 ? canonicalJson([group, seed, learningRate]) : undefined;
  };
}

/** The settings of a comparison that may differ between its jobs, beside seeds and rates, which all of a plan have. */
function settingsOf(job: Job): string {
  return canonicalJson({ ...trainingOf(job), seed: undefined, learningRate: undefined });
}
