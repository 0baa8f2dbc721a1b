import { choosingSeed } from '../../../analysis/comparisons/chosen-rate.ts';
import { maxExtensions } from '../../../analysis/comparisons/rate-rule.ts';
import type { RunRecord } from '../../../results/record.ts';
import { furtherJobs } from '../../further-jobs.ts';
import { type Job, withRate } from '../../job.ts';
import { batchesOfJobs, inTurn, type JobBatch, rivals } from '../../rate-search.ts';
import type { Plan } from './plan-file.ts';

type Planned = Pick<Plan, 'jobs' | 'set' | 'dataset'>;

/**
 * The jobs that can run now and have no result, and an estimate of those after them. Later rounds of a group (other learning rates,
 * the seeds at the chosen one) need the results of its earlier rounds alone, so that a run that is missing holds up its own group. A
 * function of plan and records. `again`: true if runs that failed or were too large are repeated, except those that diverged.
 */
export function waitingJobs(
  { jobs, set, dataset: { fingerprint } }: Planned,
  records: ReadonlyMap<string, RunRecord>,
  again: boolean,
): JobBatch {
  const settled = (job: Job) => {
    const record = records.get(job.id);
    const open =
      record === undefined ||
      (again && (record.status === 'too large' || (record.status === 'failed' && !record.diverged)));
    return open ? undefined : record;
  };
  const reached: RunRecord[] = [];
  let round = 0;
  for (let wanted = jobs; wanted.length > 0;) {
    const waiting: JobBatch[] = rivals(wanted).map((group) => {
      const known = new Map<string, RunRecord>();
      const schedule = batchesOfJobs(group, (job, rate) => withRate(job, rate, fingerprint));
      for (let batch = schedule.next(); !batch.done; batch = schedule.next(known)) {
        const open = batch.value.jobs.filter((job) => settled(job) === undefined);
        if (open.length > 0) return { jobs: open, later: batch.value.later };
        for (const job of batch.value.jobs) known.set(job.id, settled(job)!);
      }
      reached.push(...known.values());
      return { jobs: [], later: 0 };
    });
    const open = waiting.flatMap((batch) => batch.jobs);
    const later = waiting.reduce((sum, batch) => sum + batch.later, 0);
    if (open.length > 0) return { jobs: inTurn(open, wanted), later };
    wanted = furtherJobs(set, reached, fingerprint, ++round);
  }
  return { jobs: [], later: 0 };
}

/** The most rounds that a plan takes if every run gives a result. */
export function roundsOf({ jobs, set }: Planned): number {
  const each = jobs.some(({ seed }) => seed === choosingSeed) ? 3 + maxExtensions : 2;
  return each * (set.target?.steps ?? 1) + (set.equalCompute ? each : 0);
}

/** The most jobs that a round after the first has: the further rates of every group of rivals, or its seeds. `counted`: rivals that count. */
export function largestRound(
  { jobs }: Pick<Plan, 'jobs'>,
  counted: (job: Job) => boolean = () => true,
): number {
  const sizes = rivals(jobs).map((group) => {
    if (!group.some(counted)) return 0;
    const [{ seed, learningRate }] = group;
    const rates = group.filter((job) => job.seed === seed).length;
    const seeds = group.filter((job) => job.learningRate === learningRate).length;
    return Math.max(1, rates - 1, seeds - 1);
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}
