import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../harness/contract/fault.ts';
import {
  readEnvironment,
  replaceEnvironment,
  requireSameData,
  requireSameEnvironment,
} from './environment-file.ts';
import { takeLock } from './lock.ts';
import { type Environment, type Recording, type RunRecord, runRecord } from './record.ts';
import { latestRecords, parseRunLines } from './run-lines.ts';

/** A recording open for writing, held by this process alone until `close`. */
export interface Store {
  readonly directory: string;
  has(id: string): boolean;
  latest(id: string): RunRecord | undefined;
  /** On disk when it returns. A later record of the same id supersedes the earlier one, which stays in the file. */
  append(record: RunRecord): void;
  /** Throws a Fault where the recording was made on other data, another protocol, CPU or backend. */
  writeEnvironment(environment: Environment): void;
  close(): void;
}

/**
 * Opens results/<recording>, creating it where needed. Throws a Fault where another process writes it or where
 * runs.jsonl holds a line that is no record.
 */
export function openStore(directory: string): Store {
  mkdirSync(directory, { recursive: true });
  const release = takeLock(join(directory, 'lock'));
  try {
    return openLocked(directory, release);
  } catch (error) {
    release();
    throw error;
  }
}

/** The latest record of every id, and the environment. Reads without a lock: a bench may be running. */
export function readRecording(directory: string): Recording {
  const file = runsFile(directory);
  if (!existsSync(file)) {
    throw new Fault(`${file}: no such recording; name a folder that \`npm run bench\` wrote`);
  }
  const environment = readEnvironment(directory);
  if (environment === undefined) {
    throw new Fault(`${directory}: environment.json is missing; repeat the bench command to write it`);
  }
  const runs = [...latestRecords(parseRunLines(readFileSync(file), file).records).values()];
  for (const run of runs) requireSameData(directory, environment, run);
  return { environment, runs };
}

function openLocked(directory: string, release: () => void): Store {
  const file = runsFile(directory);
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const { records, tornBytes } = parseRunLines(bytes, file);
  const latest = latestRecords(records);
  let environment = readEnvironment(directory);

  // A torn line was never a record. Left in place it would be a malformed line in the middle after the next append.
  if (tornBytes > 0) truncateSync(file, bytes.length - tornBytes);
  let needsNewline = tornBytes === 0 && bytes.length > 0 && bytes.at(-1) !== 0x0a;
  const descriptor = openSync(file, 'a');
  let open = true;

  return {
    directory,
    has: (id) => latest.has(id),
    latest: (id) => latest.get(id),
    append(record) {
      if (environment !== undefined) requireSameData(directory, environment, record);
      const line = Buffer.from(`${needsNewline ? '\n' : ''}${JSON.stringify(runRecord.parse(record))}\n`);
      // One write of the whole line, so that a kill tears at most the last line.
      if (writeSync(descriptor, line) !== line.length) throw new Fault(`${file}: the disk is full`);
      fsyncSync(descriptor);
      needsNewline = false;
      latest.set(record.id, record);
    },
    writeEnvironment(next) {
      if (environment !== undefined) requireSameEnvironment(directory, environment, next);
      for (const record of latest.values()) requireSameData(directory, next, record);
      // A recording that is resumed with more methods still knows the titles of the earlier ones.
      environment = { ...next, methods: { ...environment?.methods, ...next.methods } };
      replaceEnvironment(directory, environment);
    },
    close() {
      if (!open) return;
      open = false;
      closeSync(descriptor);
      release();
    },
  };
}

function runsFile(directory: string): string {
  return join(directory, 'runs.jsonl');
}
