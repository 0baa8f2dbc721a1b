import { copyFileSync, existsSync, linkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { canonicalJson } from '../../../base/canonical-json.ts';
import { UserError } from '../../../base/user-error.ts';
import { makeFolder } from '../../../files/folders.ts';
import { readEnvironment } from '../../../results/environment-file.ts';
import { checkOfRun } from '../../../results/check-record.ts';
import type { Machine } from '../../../results/environment.ts';
import { machineOfRun, machinesOf, ownMachine } from '../../../results/hardware.ts';
import type { RunRecord } from '../../../results/record.ts';
import { openStore, readRuns, type Store } from '../../../results/store.ts';
import { type Plan, readPlan } from '../plan/plan-file.ts';
import { loadPluginsOfPlan } from '../plan/plan-plugins.ts';
import { type Found, runsOfShards } from '../tasks/shards.ts';

export interface Merged {
  /** Records that this merge added. */
  readonly added: number;
  /** The latest record of every run. */
  readonly records: ReadonlyMap<string, RunRecord>;
  /** Kinds of machines that made runs. */
  readonly machines: number;
}

/**
 * Adds the records of all shards to the recording beside the plan, each run once, and hands the open recording to `then`. Merging again adds
 * nothing. Runs of several kinds of machines stand together; a run that two of them made is in the recording once, and its other quality in
 * checks.jsonl. Throws a UserError if a line is no record, if two runs of one id have different numbers though they were made on one kind of
 * machine, or while another process writes the recording.
 */
export async function mergeShards<T>(
  directory: string,
  then: (merged: Merged, plan: Plan) => T | Promise<T>,
  goneHosts: readonly string[] = [],
): Promise<T> {
  const plan = readPlan(directory);
  await loadPluginsOfPlan(plan);
  const store = opened(directory, goneHosts);
  try {
    return await then(merged(directory, plan, store), plan);
  } finally {
    store.close();
  }
}

function opened(directory: string, goneHosts: readonly string[]): Store {
  try {
    return openStore(directory, { goneHosts });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message.replace(' choose another --out,', '')); // a plan has its own folder
  }
}

function merged(directory: string, plan: Plan, store: Store): Merged {
  const found = runsOfShards(directory);
  const environment = readEnvironment(directory) ?? mostUsed(found);
  if (environment === undefined) return { added: 0, records: new Map(), machines: 0 };
  // Titles of methods, and a search, are those of the plan that is merged now; the machine that began the recording stays its own.
  const began = { ...plan.environment, ...ownMachine(environment), recording: basename(directory) };
  store.writeEnvironment({ ...began, machines: machinesOfShards(found) });
  const places = new Map<string, string>();
  let added = 0;
  for (const { record, shard } of found) {
    const { id } = record;
    const before = store.latest(id);
    if (before === undefined || supersedes(record, before)) {
      keepScores(directory, shard, id);
      store.append(record);
      added++;
    } else {
      const place = places.get(id) ?? directory;
      const [here, there] = [record, before].map((one) => machineOfRun(environment, one));
      if (here === there) requireSameNumbers(record, before, shard, place);
      else addCheck(record, before, { store, shard, place });
    }
    places.set(id, shard);
  }
  return { added, records: recordsById(directory), machines: machinesOf(readEnvironment(directory)!).length };
}

/** The kinds of machines that made runs. */
function machinesOfShards(found: readonly Found[]): Machine[] {
  const shards = new Map(found.map(({ record: { machine = '' }, shard }) => [machine, shard]));
  return [...shards.values()].flatMap((shard) => {
    const environment = readEnvironment(shard);
    return environment === undefined ? [] : [ownMachine(environment)];
  });
}

interface Twice {
  readonly store: Store;
  readonly shard: string;
  readonly place: string;
}

/** Keeps what another kind of machine made of a run that is recorded: it says how much AUC moves between them. */
function addCheck(record: RunRecord, before: RunRecord, { store, shard, place }: Twice): void {
  if (record.status !== 'completed' || before.status !== 'completed')
    return requireSameNumbers({ ...record, machine: before.machine }, before, shard, place);
  const check = checkOfRun(record, record.machine!);
  const known = store.checkOf(check.id);
  if (known === undefined) store.appendCheck(check);
  else if (canonicalJson(known) !== canonicalJson(check)) throw otherNumbers(record.id, shard, place);
}

/** The runs of a recording by their ids. */
export const recordsById = (directory: string): Map<string, RunRecord> =>
  new Map(readRuns(directory).map((record) => [record.id, record]));

/** The environment of the machine that made most of the runs; undefined without any. */
function mostUsed(found: readonly Found[]) {
  const shards = new Map<string, { runs: number; shard: string }>();
  for (const { record, shard } of found) {
    const { machine = '' } = record;
    const before = shards.get(machine);
    shards.set(machine, { runs: (before?.runs ?? 0) + 1, shard: before?.shard ?? shard });
  }
  const [most] = [...shards.values()].sort((a, b) => b.runs - a.runs);
  return most && readEnvironment(most.shard);
}

/** True if a record takes the place of another one of its id, as the later one of two tries of one command does. */
function supersedes(record: RunRecord, before: RunRecord): boolean {
  if (hasResult(before)) return false;
  return hasResult(record) || record.startedAt > before.startedAt;
}

/** False for runs that may end otherwise elsewhere, or with more memory. */
export function hasResult({ status }: RunRecord): boolean {
  return status !== 'failed' && status !== 'too large';
}

function requireSameNumbers(record: RunRecord, before: RunRecord, shard: string, place: string): void {
  if (hasResult(record) && numbersOf(record) !== numbersOf(before))
    throw otherNumbers(record.id, shard, place);
}

function otherNumbers(id: string, shard: string, place: string): UserError {
  return new UserError(
    `run ${id} has other numbers in ${join(shard, 'runs.jsonl')} than in ${join(place, 'runs.jsonl')}; ` +
      `the same run gives the same numbers on one kind of machine: find out which is wrong, and move that folder away`,
  );
}

/** The part of a record that is the same whenever and wherever the run is made on one kind of machine: no times, places and memory. */
export function numbersOf(record: RunRecord): string {
  const rest = { ...record, startedAt: undefined, seconds: undefined, recording: undefined };
  if (rest.status !== 'completed') return canonicalJson(rest);
  const stages = (rest.stages ?? []).map(({ name, samples, steps, epochs, snapshots }) => ({
    ...{ name, samples, steps, epochs, snapshots },
  }));
  return canonicalJson({ ...rest, speed: undefined, memory: undefined, stages });
}

/** Puts the scores of a run beside the recording's others; a second name for the same file where that is possible. */
function keepScores(directory: string, shard: string, id: string): void {
  makeFolder(join(directory, 'scores'));
  for (const name of ['labels.u8', `${id}.f32`]) {
    const [from, to] = [join(shard, 'scores', name), join(directory, 'scores', name)];
    if (!existsSync(from) || existsSync(to)) continue;
    try {
      linkSync(from, to);
    } catch {
      copyFileSync(from, to);
    }
  }
}
