import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { baseline } from '../../../analysis/comparisons/comparable.ts';
import { makeFolder } from '../../../files/folders.ts';
import { machineHash } from '../../../results/check-record.ts';
import { readEnvironment } from '../../../results/environment-file.ts';
import { machineOfRun, machineText } from '../../../results/hardware.ts';
import type { Job } from '../../job.ts';
import { recordsById } from '../records/merge.ts';
import type { Plan } from '../plan/plan-file.ts';
import { attemptsOf, checkShards, recordsIn } from './shards.ts';
import { readList, taskAt } from './task-list.ts';

/** The run that every kind of machine makes, so that the report can say how much AUC moves between them: the first of uncompressed tables. */
export function checkJob({ jobs }: Pick<Plan, 'jobs'>): Job {
  return jobs.find(({ method, reference }) => method === baseline && reference === undefined) ?? jobs[0];
}

/** A task that has made its runs. */
export interface Asking {
  readonly directory: string;
  readonly plan: Plan;
  readonly list: string;
  readonly task: number;
  /** The kind of machine that it runs on. */
  readonly machine: string;
}

/**
 * True if this task is to make the check for its kind of machine: neither the run itself nor a check was made on one, and no other task of the
 * list has said that it does. The claim is a folder, which a network file system too makes once; a task that was interrupted keeps its own.
 */
export function takesCheck(asking: Asking): boolean {
  const { directory, list, task, machine } = asking;
  if (machinesOfCheck(asking).has(machine)) return false;
  const claim = join(directory, 'checks', machineHash(machine), list);
  const own = join(claim, String(task));
  if (!makeFolder(claim).includes(claim)) return existsSync(own);
  makeFolder(own);
  return true;
}

/** The machines that made the run of the check, or make it now in a task of this list. */
function machinesOfCheck({ directory, plan, list, machine }: Asking): Set<string> {
  const { id } = checkJob(plan);
  const machines = new Set<string>();
  const merged = recordsById(directory).get(id);
  const environment = readEnvironment(directory);
  if (merged !== undefined && environment !== undefined) machines.add(machineOfRun(environment, merged));
  const runs = readList(directory, list);
  const place = runs.jobs.findIndex((job) => job.id === id);
  if (place >= 0)
    for (const attempt of attemptsOf(directory, list, taskAt(runs, place))) {
      const there = readEnvironment(attempt);
      if (there !== undefined) machines.add(machineText(there));
    }
  const made = checkShards(directory, machineHash(machine)).flatMap(recordsIn);
  if (made.some(({ status }) => status === 'completed')) machines.add(machine);
  return machines;
}
