import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../base/user-error.ts';
import { shellWord } from '../../../base/shell-word.ts';
import { makeFolder } from '../../../files/folders.ts';
import { writeWhole } from '../../../files/whole-file.ts';
import { sealedLine } from '../../../results/sealed-line.ts';
import type { Job } from '../../job.ts';
import { readSealed } from '../plan/sealed-file.ts';

/**
 * lists/<name>.json: the runs of one array of tasks. A list is written once, under a name of its own, before its array starts, and never
 * changed: a network file system cannot show two tasks different states of it, so that no run is in two tasks.
 */
export interface TaskList {
  readonly jobs: readonly Job[];
  readonly tasks: number;
  /** The task of each job; if absent, task i has the jobs i, i + tasks, ... */
  readonly taskOf?: readonly number[];
}

const fileOf = (directory: string, name: string) => join(directory, 'lists', `${name}.json`);

/** Divides jobs among at most `most` tasks, `bundle` to each where that suffices. */
export const listOf = (jobs: readonly Job[], bundle: number, most: number): TaskList => ({
  jobs,
  tasks: Math.max(1, Math.min(most, Math.ceil(jobs.length / bundle))),
});

/** A list that is there already stays: a merge that was interrupted may write it again. */
export function writeList(directory: string, name: string, list: TaskList): void {
  const file = fileOf(directory, name);
  if (existsSync(file)) return;
  makeFolder(join(directory, 'lists'));
  writeWhole(file, `${sealedLine(list)}\n`);
}

export const hasList = (directory: string, name: string): boolean => existsSync(fileOf(directory, name));

/** Throws a UserError if there is none: the merge that should have written it did not. */
export function readList(directory: string, name: string): TaskList {
  const file = fileOf(directory, name);
  if (!existsSync(file))
    throw new UserError(
      `${file}: there is no such list of runs; the merge before this array has failed: npm run resubmit -- ${shellWord(directory)}`,
    );
  return readSealed<TaskList>(
    file,
    `remove it: npm run resubmit -- ${shellWord(directory)} makes another`,
  ) as TaskList;
}

/** The task of the job at this place of a list. */
export const taskAt = ({ tasks, taskOf }: TaskList, place: number): number =>
  taskOf?.[place] ?? place % tasks;

/** The jobs of a task, counted from 0; none beyond the last task. */
export const jobsOfTask = (list: TaskList, task: number): Job[] =>
  task < list.tasks ? list.jobs.filter((_, place) => taskAt(list, place) === task) : [];
