import { existsSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { test } from 'vitest';

/** Looks after processes of other processes. Linux only: they are found in /proc. */
export const onLinux = test.skipIf(process.platform !== 'linux');

export const childrenOf = (pid: number) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

export const isAlive = (pid: number) =>
  existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

export async function until(what: () => boolean | undefined, milliseconds: number): Promise<void> {
  for (const start = Date.now(); !what(); await setTimeout(50))
    if (Date.now() - start > milliseconds)
      throw new Error(`not within ${milliseconds} ms: ${what.toString()}`);
}
