import fs from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './process-owner.ts';
import { removeLeftover } from './whole-file.ts';

/**
 * Removes what processes that were killed have left in a folder: `NAME.PID.tmp` and `NAME.PID.tmp.models`. What belongs to a process that
 * runs stays.
 */
export function removeAbandoned(folder: string, name: string): void {
  for (const entry of entriesOf(folder)) {
    if (!entry.startsWith(`${name}.`)) continue;
    const [, pid] = /^\.(\d+)\.tmp(\.models)?$/.exec(entry.slice(name.length)) ?? [];
    if (pid !== undefined && !isAlive({ pid: Number(pid), host: hostname(), started: null }))
      removeLeftover(join(folder, entry));
  }
}

/** None of a folder that cannot be read: writing there names the problem. */
function entriesOf(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
