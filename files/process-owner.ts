import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** The process that something on disk belongs to. */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** The start of the process, which tells it from another one with the same number; null if the system does not tell it. */
  readonly started: string | null;
}

export function thisProcess(): Owner {
  return { pid: process.pid, host: hostname(), started: startOf(process.pid) };
}

/**
 * True if the owner still runs, as far as this host can tell. Processes of another host count as running unless the user named
 * that host as gone. If the start of a process is unknown, its number decides alone.
 */
export function isAlive({ pid, host, started }: Owner, goneHosts: readonly string[] = []): boolean {
  if (host !== hostname()) return !goneHosts.includes(host);
  if (!isRunning(pid)) return false;
  if (started === null) return true;
  const now = startOf(pid);
  return now === null || now === started;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Start of a process in clock ticks since boot (Linux): process numbers are reused, in containers quickly. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold spaces; the start is the 22nd.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
