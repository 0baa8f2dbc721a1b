import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../../../base/user-error.ts';
import type { RunRecord } from '../../../results/record.ts';
import { readRuns } from '../../../results/store.ts';
import { hasList, readList } from './task-list.ts';

/**
 * shards/<list>/<task>/<attempt>/: the recording of one attempt of one task, with a lock and files of its own. No two processes
 * append to a file, and a machine that dies leaves a lock that nobody else wants.
 */
export const shardOf = (directory: string, list: string, task: number, attempt: string) =>
  join(directory, 'shards', list, String(task), attempt);

/** Folders of the attempts of a task. */
export const attemptsOf = (directory: string, list: string, task: number): string[] =>
  foldersIn(join(directory, 'shards', list, String(task)));

/** checks/<machine>/<list>/<task>/<attempt>/: the same, for the run that every kind of machine makes. */
export const checkShardOf = (
  directory: string,
  machine: string,
  list: string,
  task: number,
  attempt: string,
) => join(directory, 'checks', machine, list, String(task), attempt);

/** Folders of the attempts at a check on one kind of machine. */
export const checkShards = (directory: string, machine: string): string[] =>
  foldersIn(join(directory, 'checks', machine))
    .flatMap(foldersIn)
    .flatMap(foldersIn);

/** Names of the lists of which a task has begun, the earliest first. */
export const listsOf = (directory: string): string[] =>
  foldersIn(join(directory, 'shards')).map((folder) => basename(folder));

/** A run and the shard that it is in. */
export interface Found {
  readonly record: RunRecord;
  readonly shard: string;
}

/**
 * The runs of all shards, in the order of lists and, within a list, of its jobs: that in which one machine would have made them. Checks are the last. A
 * line that a kill tore is none. Throws a UserError that names any other bad line.
 */
export function runsOfShards(directory: string): Found[] {
  const found = (shard: string) => recordsIn(shard).map((record) => ({ record, shard }));
  const checks = foldersIn(join(directory, 'checks'))
    .flatMap((machine) => checkShards(directory, basename(machine)))
    .flatMap(found);
  const runs = listsOf(directory).flatMap((list) => {
    const folder = join(directory, 'shards', list);
    if (!hasList(directory, list))
      throw new UserError(`${folder}: no list of this plan has that name; move the folder away`);
    const places = new Map(readList(directory, list).jobs.map(({ id }, place) => [id, place]));
    const placeOf = ({ record: { id }, shard }: Found) => {
      const place = places.get(id);
      if (place === undefined)
        throw new UserError(
          `${join(shard, 'runs.jsonl')}: run ${id} is none of its list; move that folder away`,
        );
      return place;
    };
    return foldersIn(folder)
      .flatMap(foldersIn)
      .flatMap(found)
      .map((one) => ({ ...one, place: placeOf(one) }))
      .sort((a, b) => a.place - b.place);
  });
  return [...runs, ...checks];
}

/** The latest record of every run of a shard. */
export function recordsIn(shard: string): RunRecord[] {
  try {
    return readRuns(shard);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // The reader's advice is for a recording of one machine.
    const what = error.message.replace(/; delete that line.*$/, '');
    throw new UserError(
      `${what}; delete that line, or move the folder away: npm run resubmit makes its runs again`,
    );
  }
}

const inNumbers = new Intl.Collator('en', { numeric: true });

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .sort(inNumbers.compare);
}
