import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, removeFolders } from '../files/folders.ts';
import { UserError } from '../base/user-error.ts';
import {
  readEnvironment,
  replaceEnvironment,
  requireSameData,
  requireSameEnvironment,
  requireSameHardware,
} from './environment-file.ts';
import { type CheckRecord, checkRecord } from './check-record.ts';
import { readContribution } from './contribution.ts';
import { requireKnownMachine, withMachinesOf } from './hardware.ts';
import { type LockOptions, takeLock } from './lock.ts';
import type { Environment } from './environment.ts';
import { type RunRecord, runRecord } from './record.ts';
import type { Recording } from './recording.ts';
import { openRecordFile, readRecords, type RecordFile } from './record-file.ts';
import { readRowCovariances } from './row-noise.ts';
import { clearTornScores, readTestScores } from './test-scores.ts';
import { type ThroughputRecord, throughputRecord } from './throughput-record.ts';
import { readVerified } from './verified.ts';

/** A recording open for writing, held by this process alone until `close`. */
export interface Store {
  readonly directory: string;
  has(id: string): boolean;
  latest(id: string): RunRecord | undefined;
  /** Appends a record; it is on disk when this returns. A later record of the same id supersedes the earlier one, which stays in the file. */
  append(record: RunRecord): void;
  /**
   * Continues the recording under an environment. Another machine's joins those that the recording knows. Throws a UserError if the recording
   * was made on other data, another protocol or backend, or with other budgets, and on other hardware if it has throughput records.
   */
  writeEnvironment(environment: Environment): void;
  /** The check of this id; see `CheckRecord`. */
  checkOf(id: string): CheckRecord | undefined;
  appendCheck(record: CheckRecord): void;
  close(): void;
}

const runFile = { name: 'runs.jsonl', schema: runRecord, kind: 'run record' };
const checkFile = { name: 'checks.jsonl', schema: checkRecord, kind: 'check record' };
const throughputFile = {
  name: 'throughput.jsonl',
  schema: throughputRecord,
  kind: 'throughput record',
};

/**
 * Opens results/<recording>, creating it where needed. Throws a UserError if another process writes it or where
 * runs.jsonl holds a line that is no record.
 */
export function openStore(directory: string, options?: LockOptions): Store {
  return whileLocked(directory, options, (release) => {
    const file = openRecordFile(join(directory, runFile.name), runFile);
    clearTornScores(directory);
    const { latest } = file;
    let environment = readEnvironment(directory);
    let checks: RecordFile<CheckRecord> | undefined;
    const checksOpen = () => (checks ??= openRecordFile(join(directory, checkFile.name), checkFile));
    const known = new Map(readChecks(directory).map((check) => [check.id, check]));
    let open = true;
    return {
      directory,
      has: (id) => latest.has(id),
      latest: (id) => latest.get(id),
      append(record) {
        if (environment !== undefined) requireSame(directory, environment, record);
        file.append(record);
      },
      writeEnvironment(next) {
        if (environment !== undefined) requireSameEnvironment(directory, environment, next);
        const { methods, throughput, note } = environment ?? {};
        const continued = withMachinesOf(next, environment ?? next);
        for (const record of latest.values()) requireSame(directory, continued, record);
        // A recording that is resumed with more methods still knows the titles of the earlier ones.
        environment = {
          ...(note !== undefined && { note }),
          ...continued,
          throughput,
          methods: { ...methods, ...next.methods },
        };
        replaceEnvironment(directory, environment);
      },
      checkOf: (id) => known.get(id),
      appendCheck(record) {
        checksOpen().append(record);
        known.set(record.id, record);
      },
      close() {
        if (!open) return;
        open = false;
        checks?.close();
        file.close();
        release();
      },
    };
  });
}

/** The throughput half of a recording open for writing, held by this process alone until `close`. */
export interface ThroughputStore {
  append(record: ThroughputRecord): void;
  close(): void;
}

/** Throws a UserError if another process writes the recording, or where it was made on other hardware. */
export function openThroughputStore(
  directory: string,
  environment: Environment,
  options?: LockOptions,
): ThroughputStore {
  return whileLocked(directory, options, (release) => {
    const before = readEnvironment(directory);
    if (before !== undefined) {
      requireSameHardware(directory, before, environment);
      requireSameEnvironment(directory, before, environment);
    }
    const file = openRecordFile(join(directory, throughputFile.name), throughputFile);
    const { throughput, methods } = environment;
    // The environment of the training runs stays as they left it.
    const { note } = environment;
    const kept =
      before?.data === undefined
        ? environment
        : { ...before, ...(note !== undefined && { note }), throughput };
    replaceEnvironment(directory, { ...kept, methods: { ...before?.methods, ...methods } });
    return {
      append: (record) => file.append(record),
      close() {
        file.close();
        release();
      },
    };
  });
}

/** The latest record of every run of a folder, whatever its environment says; none without a file. */
export const readRuns = (directory: string): RunRecord[] =>
  readRecords(join(directory, runFile.name), runFile);

const readChecks = (directory: string): CheckRecord[] =>
  readRecords(join(directory, checkFile.name), checkFile);

/** The latest record of every id, the environment, and what scores there are. Reads without a lock: a bench may be running. */
export function readRecording(directory: string): Recording {
  const files = [runFile, throughputFile].map(({ name }) => join(directory, name));
  if (!files.some(existsSync)) {
    throw new UserError(`${files[0]}: no such recording; name a folder that \`npm run bench\` wrote`);
  }
  const environment = readEnvironment(directory);
  if (environment === undefined) {
    throw new UserError(`${directory}: environment.json is missing; repeat the bench command to write it`);
  }
  const runs = readRuns(directory);
  for (const run of runs) requireSameData(directory, environment, run);
  const throughput = readRecords(files[1], throughputFile);
  const checks = readChecks(directory);
  const contribution = readContribution(directory);
  const verified = readVerified(directory);
  const rows = environment.data?.rows.test;
  const scores = rows === undefined ? undefined : readTestScores(directory, rows);
  const rowNoise = rows === undefined ? undefined : readRowCovariances(directory, rows);
  return {
    environment,
    runs,
    ...(throughput.length > 0 && { throughput }),
    ...(checks.length > 0 && { checks }),
    ...(contribution && { contribution }),
    ...(verified.length > 0 && { verified }),
    ...(scores && { scores }),
    ...(rowNoise && { rowNoise }),
  };
}

function requireSame(directory: string, environment: Environment, record: RunRecord): void {
  requireSameData(directory, environment, record);
  requireKnownMachine(environment, record);
}

/** Takes the recording's lock; it stays taken where `open` succeeds. */
function whileLocked<T>(
  directory: string,
  options: LockOptions | undefined,
  open: (release: () => void) => T,
): T {
  const made = makeFolder(directory, { otherwise: 'choose another --out' });
  const release = whileMade(made, () => takeLock(join(directory, 'lock'), options));
  return whileMade(made, () => {
    try {
      return open(release);
    } catch (error) {
      release();
      throw error;
    }
  });
}

/** If it fails, folders that were made for it are removed, unless something is in them. */
function whileMade<T>(made: readonly string[], work: () => T): T {
  try {
    return work();
  } catch (error) {
    removeFolders(made);
    throw error;
  }
}
