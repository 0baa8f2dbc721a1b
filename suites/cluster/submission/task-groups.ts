import type { Job } from '../../job.ts';
import type { MegabytesOf } from './asked.ts';
import type { TaskList } from '../tasks/task-list.ts';

/** Tasks of one array, which ask for the same memory. */
export interface TaskGroup {
  /** Absent if nothing is asked. */
  readonly megabytes?: number;
  /** The tasks of the group, which follow those of the groups before it. */
  readonly tasks: number;
}

/** The sizes of a plan's groups, rising: runs of one need at most twice the memory of another. One group, of undefined, if any need is unknown. */
export function groupSizes(megabytes: readonly (number | undefined)[]): (number | undefined)[] {
  const known = megabytes.filter((one) => one !== undefined);
  if (known.length === 0 || known.length < megabytes.length) return [undefined];
  const sizes: number[] = [];
  for (const one of known.toSorted((a, b) => b - a)) if (one < (sizes[0] ?? Infinity) / 2) sizes.unshift(one);
  return sizes;
}

/** The group of a run: the smallest that it fits, or the largest. */
export function groupOf(megabytes: number | undefined, sizes: readonly (number | undefined)[]): number {
  const found = sizes.findIndex((size) => size === undefined || (megabytes ?? Infinity) <= size);
  return found === -1 ? sizes.length - 1 : found;
}

/** The facts of a plan's jobs that decide which of them are in one task. */
export interface JobFacts {
  readonly megabytes: MegabytesOf;
  /** The same for jobs that train alike at first; undefined for one that shares with none. */
  readonly shares: (job: Job) => string | undefined;
}

/**
 * Divides jobs among the tasks of their groups, `bundle` to each where that suffices; further tasks of a group have none. Jobs that share
 * a training are in one task as far as its bundle goes.
 */
export function groupedList(
  jobs: readonly Job[],
  groups: readonly TaskGroup[],
  bundle: number,
  { megabytes, shares }: JobFacts,
): TaskList {
  const sizes = groups.map((group) => group.megabytes);
  const taskOf = new Map<Job, number>();
  let first = 0;
  groups.forEach(({ tasks }, group) => {
    const own = jobs.filter((job) => groupOf(megabytes(job), sizes) === group);
    const used = Math.max(1, Math.min(tasks, Math.ceil(own.length / bundle)));
    const load = Array.from({ length: used }, () => 0);
    for (const unit of unitsOf(own, bundle, shares)) {
      const task = load.indexOf(Math.min(...load));
      load[task] += unit.length;
      for (const job of unit) taskOf.set(job, first + task);
    }
    first += tasks;
  });
  return { jobs, tasks: first, taskOf: jobs.map((job) => taskOf.get(job)!) };
}

/** The jobs that stay together, the most first. */
function unitsOf(jobs: readonly Job[], bundle: number, shares: JobFacts['shares']): Job[][] {
  const units = new Map<unknown, Job[][]>();
  for (const job of jobs) {
    const key = shares(job) ?? job;
    const found = units.get(key) ?? [];
    if (found.at(-1) !== undefined && found.at(-1)!.length < bundle) found.at(-1)!.push(job);
    else found.push([job]);
    units.set(key, found);
  }
  return [...units.values()].flat().sort((a, b) => b.length - a.length);
}

/** `600:3,2000:2`: megabytes and tasks of groups, or `3` where nothing is asked. */
export const groupsText = (groups: readonly TaskGroup[]): string =>
  groups
    .map(({ megabytes, tasks }) => (megabytes === undefined ? `${tasks}` : `${megabytes}:${tasks}`))
    .join(',');

export const groupsIn = (text: string): TaskGroup[] =>
  text.split(',').map((group) => {
    const [tasks, megabytes] = group.split(':').map(Number).reverse();
    return { tasks, ...(megabytes !== undefined && { megabytes }) };
  });
