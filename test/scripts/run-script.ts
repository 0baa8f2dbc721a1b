import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';

export const root = join(import.meta.dirname, '../..');

let lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()];

/** Runs a verb as `npm run` does, without npm's own lines; two at a time, since each keeps a core busy loading code. */
export async function runScript(verb: string, args: readonly string[]) {
  const [free, other] = lanes;
  const result = free.then(() => startScript(verb, args));
  lanes = [other, result];
  return result;
}

/** For what is done to a verb while it runs. */
export function startScript(verb: string, args: readonly string[]) {
  return execa('node', ['start/verb.js', verb, ...args], { cwd: root, reject: false });
}

/** Networks small enough that loading code takes most of a run. */
export const tiny = ['--bottom', '16', '--top', '16', '--dim', '4', '--batch', '64'];

/** A folder that is gone after the test. */
export function scratch(): string {
  const path = mkdtempSync(join(tmpdir(), 'embed-bench-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
