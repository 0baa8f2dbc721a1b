import type { TaskGroup } from './task-groups.ts';

/** Tasks of one array: `--array=0-<tasks - 1>%<parallel>`; task 0 of the array is task `first` of its list. */
export interface ArrayRange extends TaskGroup {
  readonly first: number;
}

/** Divides the tasks of groups among arrays of one group each, whose indices are below `maxSize` (Slurm's MaxArraySize). */
export function rangesOf(groups: readonly TaskGroup[], maxSize: number): ArrayRange[] {
  let first = 0;
  return groups.flatMap(({ tasks, megabytes }) => {
    const start = first;
    first += tasks;
    const of = megabytes === undefined ? {} : { megabytes };
    return Array.from({ length: Math.ceil(tasks / maxSize) }, (_, i) => ({
      ...{ ...of, first: start + i * maxSize },
      tasks: Math.min(maxSize, tasks - i * maxSize),
    }));
  });
}

/**
 * The tasks of each array that may run at the same time, `parallel` in all, by the sizes of arrays. Undefined if there are more arrays
 * than that.
 */
export function sharesOf(parallel: number, ranges: readonly ArrayRange[]): number[] | undefined {
  if (parallel < ranges.length) return undefined;
  const tasks = ranges.reduce((sum, range) => sum + range.tasks, 0);
  const free = parallel - ranges.length;
  return ranges.map((range) => 1 + (free === Infinity ? free : Math.floor((free * range.tasks) / tasks)));
}
