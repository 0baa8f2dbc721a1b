import type { RunRecord } from '../../results/record.ts';
import { hashOf, type Job } from '../job.ts';
import { askOfPlans } from '../running/plan-process.ts';
import type { PreparedComparison } from '../running/prepare-comparison.ts';
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
}

const keyOf = (job: Job) => hashOf({ ...job, id: undefined, seed: undefined, learningRate: undefined });

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
  const bytes = await askOfPlans<number>('suites/cluster/worker.ts', { jobs: different, ...log }, signal);
  return different.map((job, i) => {
    const seconds = expectedSeconds(job, pilot, dataset.rows.train);
    return {
      ...{ key: keyOf(job), method: job.method },
      ...(bytes[i] !== undefined && { bytes: bytes[i] }),
      ...(seconds !== undefined && { seconds }),
    };
  });
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
