import type { RunRecord } from '../../../results/record.ts';
import { hashOf, type Job } from '../../job.ts';
import { askOfPlans } from '../../running/plan-process.ts';
import type { PreparedComparison } from '../../running/prepare-comparison.ts';
import { planKey, sharingAmong } from '../../stages/sharing-jobs.ts';
import { expectedSeconds } from './expected-seconds.ts';

/** Memory and time of the runs of a method at one ratio, as far as they are known before: neither seed nor rate changes them. */
export interface Need {
  /** A hash of the job without seed and rate. */
  readonly key: string;
  readonly method: string;
  /** The most memory of the run's process; absent if its plan could not be made. */
  readonly bytes?: number;
  /** Absent without a run that tells. */
  readonly seconds?: number;
  /** Equal for jobs whose first stage is the same training, as `trainedPart` has it; absent if no other may be. */
  readonly part?: string;
}

const keyOf = (job: Job) => hashOf({ ...job, id: undefined, seed: undefined, learningRate: undefined });

/** An answer of worker.ts. */
export type Planned = Pick<Need, 'bytes' | 'part'>;

/** Estimates what the jobs of a comparison take, those of its later rounds among them. `pilot`: runs of another recording, for times. */
export async function estimateNeeds(
  { jobs, set, log, dataset }: Pick<PreparedComparison, 'jobs' | 'set' | 'log' | 'dataset'>,
  pilot: readonly RunRecord[],
): Promise<Need[]> {
  const { target, equalCompute } = set;
  // The largest jobs that may follow: a search goes down to its least ratio, and more epochs keep a copy of the best.
  const later = [
    ...(target ? jobs.map((job) => ({ ...job, compression: target.least })) : []),
    ...(equalCompute ? jobs.map((job) => ({ ...job, epochs: job.epochs + 1 })) : []),
  ];
  const different = [...new Map([...jobs, ...later].map((job) => [keyOf(job), job])).values()];
  const { signal } = new AbortController();
  const found = await askOfPlans<Planned>('suites/cluster/worker.ts', { jobs: different, ...log }, signal);
  return different.map((job, i) => {
    const seconds = expectedSeconds(job, pilot, dataset.rows.train);
    return {
      ...{ key: keyOf(job), method: job.method },
      ...found[i],
      ...(seconds !== undefined && { seconds }),
    };
  });
}

/** Tells which jobs of a plan begin with the same training, seed and rate among what is the same; see `sharingAmong`. */
export function sharesIn({
  jobs,
  needs = [],
}: {
  readonly jobs: readonly Job[];
  readonly needs?: readonly Need[];
}): (job: Job) => string | undefined {
  const parts = new Map(needs.map(({ key, part }) => [key, part]));
  return sharingAmong(jobs, new Map(jobs.map((job) => [planKey(job), parts.get(keyOf(job))])));
}

/** The memory of a job; that of the largest job of its method if it is not known, or of all. Undefined if none is known. */
export function bytesFor(job: Job, needs: readonly Need[]): number | undefined {
  const key = keyOf(job);
  const own = needs.find((need) => need.key === key)?.bytes;
  return own ?? largest(needs.filter(({ method }) => method === job.method)) ?? largest(needs);
}

function largest(needs: readonly Need[]): number | undefined {
  const known = needs.flatMap(({ bytes }) => bytes ?? []);
  return known.length > 0 ? Math.max(...known) : undefined;
}

/** The seconds of a job, by runs of the recording if one tells. */
export function secondsFor(
  job: Job,
  needs: readonly Need[],
  records: readonly RunRecord[],
  rows: number,
): number | undefined {
  const key = keyOf(job);
  return expectedSeconds(job, records, rows) ?? needs.find((need) => need.key === key)?.seconds;
}
