import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { Fault } from '../harness/contract/fault.ts';

interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly started: string | null;
}

/**
 * Takes the lock file so that two processes do not write one recording; returns the function that releases it.
 * A lock left behind by a process that is gone is taken over. Throws a Fault while another process holds it.
 */
export function takeLock(file: string): () => void {
  for (let attempt = 0; attempt < 2; attempt++) {
    if (createExclusively(file)) return () => rmSync(file, { force: true });
    const owner = readOwner(file);
    if (owner !== undefined && isAlive(owner)) {
      throw new Fault(
        `${file}: process ${owner.pid} on ${owner.host} is writing this recording; ` +
          `wait for it, choose another --out, or delete the file if that process is gone`,
      );
    }
    rmSync(file, { force: true });
  }
  throw new Fault(`${file}: another process took this recording at the same moment; try again`);
}

function createExclusively(file: string): boolean {
  try {
    const owner: Owner = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
    const descriptor = openSync(file, 'wx');
    writeSync(descriptor, JSON.stringify(owner));
    closeSync(descriptor);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined for a lock that is gone or was torn while being written: both are free to take. */
function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

function isAlive(owner: Owner): boolean {
  if (owner.host !== hostname()) return true; // cannot be asked from here
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return owner.started === null || owner.started === startOf(owner.pid);
}

/** Start time of a process in clock ticks since boot (Linux): process numbers are reused, in containers quickly. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold spaces; the start is the 22nd.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
