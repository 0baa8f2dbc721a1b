import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename, join } from 'node:path';
import { attemptsOf, listsOf } from '../tasks/shards.ts';
import { jobsOfTask, readList } from '../tasks/task-list.ts';

/** Slurm says so in the log of the task, or not at all. */
const forMemory = /^slurmstepd.*(?:oom[-_]kill|out[- ]of[- ]memory|exceeded\b.*\bmemory limit)/im;
const readBytes = 100_000;

/** Those of the runs that were going on when Slurm killed their task for its memory, as far as logs tell. */
export function killedForMemory(directory: string, missing: ReadonlySet<string>): Set<string> {
  const killed = new Set<string>();
  for (const list of listsOf(directory)) {
    const jobs = readList(directory, list);
    for (let task = 0; task < jobs.tasks; task++) {
      const first = jobsOfTask(jobs, task).find(({ id }) => missing.has(id));
      if (first === undefined) continue;
      const last = attemptsOf(directory, list, task).at(-1);
      if (last === undefined) continue;
      killed.delete(first.id); // a later list tells more
      if (forMemory.test(endOf(logOf(directory, last)))) killed.add(first.id);
    }
  }
  return killed;
}

/** The log of an attempt, whose name is that of its task in Slurm and a number of restarts: 74_0-1. */
const logOf = (directory: string, attempt: string) =>
  join(directory, 'slurm', `${basename(attempt).replace(/-\d+$/, '')}.log`);

function endOf(file: string): string {
  if (!existsSync(file)) return '';
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const bytes = Buffer.alloc(Math.min(size, readBytes));
    readSync(handle, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8');
  } finally {
    closeSync(handle);
  }
}
