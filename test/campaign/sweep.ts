import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Real sweeps of tiny runs, and what of their records must come out the same every time. */

export const root = join(import.meta.dirname, '../..');

const tiny = ['--bottom', '16', '--top', '16', '--dim', '4', '--batch', '64'];

/** Arguments of a sweep whose runs take a second or two each, nearly all of it loading code. */
export const sweepArguments = (folder: string, more: readonly string[]): string[] => [
  ...['--cache', join(folder, 'cache'), '--out', join(folder, 'out'), '--no-references', ...tiny, ...more],
];

/** A verb as a process, in a group of its own so that the whole group can be killed. What it says on stderr is kept. */
export function startVerb(verb: string, args: readonly string[]): Verb {
  const child = spawn('node', ['start/verb.js', verb, ...args], {
    ...{ cwd: root, detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  });
  let said = '';
  child.stderr.on('data', (text) => (said = (said + String(text)).slice(-4000)));
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, said })),
  );
  return { child, ended };
}

export interface Verb {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

type Json = { readonly [key: string]: unknown };

/** Whole lines of runs.jsonl, in order; none if there is no file. */
export function recordedLines(folder: string): string[] {
  const file = join(folder, 'out', 'runs.jsonl');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

/** The latest record of every run, without times and without fields that differ between recordings. */
export function comparableRecords(folder: string): Map<string, string> {
  const latest = new Map<string, string>();
  for (const line of recordedLines(folder)) {
    const record = JSON.parse(line) as Json;
    latest.set(String(record.id), JSON.stringify(withoutClock(record)));
  }
  return latest;
}

const measured = new Set([
  ...['startedAt', 'seconds', 'speed', 'memory', 'recording', 'check', 'shared'],
  ...['resumed', 'replay'], // an interrupted run records steps anew
]);

function withoutClock(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutClock);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !measured.has(key))
      .map(([key, inner]) => [key, withoutClock(inner)]),
  );
}

/** Files that only a writer at work may have: locks, temporary files, folders of a preparation. */
export function leftBehind(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(^|\/)lock($|\.)|\.tmp$|\.preparing-/.test(name),
  );
}
