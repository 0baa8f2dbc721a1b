import type { Job } from '../job.ts';
import type { MegabytesOf } from './asked.ts';
import type { TaskList } from './task-list.ts';

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
  const largest = new Map<number, number>();
  for (const one of known) {
    const octave = Math.ceil(Math.log2(one));
    largest.set(octave, Math.max(one, largest.get(octave) ?? 0));
  }
  return [...largest.values()].sort((a, b) => a - b);
}

/** The group of a run: the smallest that it fits, or the largest. */
export function groupOf(megabytes: number | undefined, sizes: readonly (number | undefined)[]): number {
  const found = sizes.findIndex((size) => size === undefined || (megabytes ?? Infinity) <= size);
  return found === -1 ? sizes.length - 1 : found;
}

/** Divides jobs among the tasks of their groups, `bundle` to each where that suffices; further tasks of a group have none. */
export function groupedList(
  jobs: readonly Job[],
  groups: readonly TaskGroup[],
  bundle: number,
  megabytes: MegabytesOf,
): TaskList {
  const sizes = groups.map((group) => group.megabytes);
  const groupsOfJobs = jobs.map((job) => groupOf(megabytes(job), sizes));
  const places = groups.map((group, i) => {
    const count = groupsOfJobs.filter((one) => one === i).length;
    const first = groups.slice(0, i).reduce((sum, { tasks }) => sum + tasks, 0);
    return { first, used: Math.max(1, Math.min(group.tasks, Math.ceil(count / bundle))), next: 0 };
  });
  const taskOf = groupsOfJobs.map((group) => {
    const place = places[group];
    return place.first + (place.next++ % place.used);
  });
  return { jobs, tasks: groups.reduce((sum, { tasks }) => sum + tasks, 0), taskOf };
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
