import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Bytes of memory that all processes of a command may take: those of the machine, or fewer if the command is in a container or
 * a job that has a limit (control groups, version 2 or 1). `root`: the root of the file system.
 */
export function memoryLimit(root = '/', machine = totalmem()): number {
  return Math.min(machine, ...groupsOf(root).flatMap((file) => limitIn(file) ?? []));
}

/** The files that may hold a limit: of the group of this process and of all groups above it. */
function groupsOf(root: string): string[] {
  const lines = read(join(root, 'proc/self/cgroup'))?.split('\n') ?? [];
  return lines.flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === '') return [...above(join(root, 'sys/fs/cgroup'), path, 'memory.max')];
    if (!controllers?.split(',').includes('memory')) return [];
    return [...above(join(root, 'sys/fs/cgroup/memory'), path, 'memory.limit_in_bytes')];
  });
}

/** A container may see its own group as the topmost one, so that the path below it is not there. */
function* above(mounted: string, path: string, name: string): Generator<string> {
  for (let group = join('/', path); ; group = dirname(group)) {
    yield join(mounted, group, name);
    if (group === '/') return;
  }
}

/** Undefined if there is no such file, or it says `max`. No limit of version 1 is a number beyond any memory. */
function limitIn(file: string): number | undefined {
  const text = read(file)?.trim();
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
