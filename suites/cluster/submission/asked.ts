import type { RunRecord } from '../../../results/record.ts';
import type { Job } from '../../job.ts';
import { bytesFor, secondsFor } from '../plan/needs.ts';
import type { Plan } from '../plan/plan-file.ts';
import { optionIn, wordsOf } from '../slurm/slurm.ts';
import type { NodeLimits } from '../slurm/slurm-nodes.ts';

/** Memory and time that tasks ask Slurm for. What the user's options say about either is left to them. */

/** The lowest estimate was .78 of the measured peak (METHODOLOGY, section 4.5). */
const memoryMargin = 4 / 3;
/** The task's own process, which starts those of its runs. */
const taskBytes = 200e6;
/** Other nodes and larger tables are slower; a task that is stopped at its limit goes on in the queue. */
const timeMargin = 2;
/** Start of the task, and the time before its limit at which it is told to stop. */
const spareSeconds = 5 * 60;

const bytesOfMegabyte = 2 ** 20;
/** A step of memory in Slurm's megabytes. */
const step = 100;

/** Tells the megabytes that a run's task asks for: no more than a node has, where the run is then recorded as too large. Undefined if nothing is asked. */
export type MegabytesOf = (job: Job) => number | undefined;

export function megabytesOf(
  { needs = [] }: Pick<Plan, 'needs'>,
  limits: Pick<NodeLimits, 'megabytes'>,
): MegabytesOf {
  const known = new Map<Job, number | undefined>(); // plans have thousands of jobs, which are asked for often
  return (job) => {
    if (!known.has(job)) known.set(job, megabytesFor(bytesFor(job, needs), limits));
    return known.get(job);
  };
}

/** The megabytes that a task asks for, for runs that take so many bytes. */
export function megabytesFor(
  bytes: number | undefined,
  { megabytes }: Pick<NodeLimits, 'megabytes'>,
): number | undefined {
  if (bytes === undefined || megabytes === undefined) return undefined;
  const asked = (memoryMargin * bytes + taskBytes) / bytesOfMegabyte;
  return Math.min(megabytes, Math.ceil(asked / step) * step);
}

/** False if the user's options say how much memory, or how much time, jobs get. */
export const asksForMemory = (slurm: string): boolean =>
  ['mem', 'mem-per-cpu', 'mem-per-gpu'].every((name) => optionIn(wordsOf(slurm), name) === undefined);
export const asksForTime = (slurm: string): boolean =>
  optionIn(wordsOf(slurm), 'time', { short: 't' }) === undefined;

/** The minutes of a task of so many of these runs; undefined if the time of one is not known. */
export function minutesOf(
  jobs: readonly Job[],
  bundle: number,
  { needs = [], dataset }: Pick<Plan, 'needs' | 'dataset'>,
  records: readonly RunRecord[],
  { minutes }: Pick<NodeLimits, 'minutes'>,
): number | undefined {
  const seconds = jobs.map((job) => secondsFor(job, needs, records, dataset.rows.train));
  if (seconds.length === 0 || seconds.includes(undefined)) return undefined;
  const longest = (seconds as number[]).sort((a, b) => b - a).slice(0, bundle);
  const of = longest.reduce((sum, some) => sum + some, 0);
  // A later round may have more runs in a task than this one.
  const whole = (of * bundle) / longest.length;
  return Math.min(minutes, Math.ceil((timeMargin * whole + spareSeconds) / 60));
}
