import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isAlive, thisProcess } from '../../files/process-owner.ts';
import { removeLeftover } from '../../files/whole-file.ts';
import { checksum } from '../checksum.ts';

/** fs.writeSync, or a stand-in that fails. Returns the bytes written, which may be fewer than given. */
export type Write = (fd: number, bytes: Uint8Array) => number;

/** Appends to one file. */
export interface ColumnWriter {
  append(values: ArrayBufferView): void;
  /** Closes the file; returns the checksum of its content, or '' when none was asked for. */
  finish(): string;
}

/** A directory that gets its real name when it is whole, and disappears when preparing fails. */
export interface WorkDirectory {
  readonly path: string;
  writer(name: string, options?: { checksum: boolean }): ColumnWriter;
  /** Closes what is still open and removes the directory. */
  discard(): void;
}

/** A host in the form that file names have. */
const inName = (host: string) => host.replaceAll(/[^\w.]/g, '_');
/** The owner of a work directory: host, process number and, if the system tells it, the start of the process. */
const ownerName = /\.preparing-([\w.]+)-(\d+)(?:-(\d+))?-[0-9a-f]{8}(-damaged)?$/;
/**
 * Work directories of this process: not stale, though one of an earlier process may carry the same number where the system
 * does not tell when processes started.
 */
const ours = new Set<string>();

/** A sibling of `target`, so that renaming stays within a file system; its name tells whose it is. */
export function createWorkDirectory(target: string, write: Write = fs.writeSync): WorkDirectory {
  const { pid, host, started } = thisProcess();
  const owner = [inName(host), pid, ...(started === null ? [] : [started])].join('-');
  const path = `${target}.preparing-${owner}-${randomBytes(4).toString('hex')}`;
  ours.add(path);
  fs.mkdirSync(path);
  const open = new Set<number>();
  return {
    path,
    writer(name, { checksum: wanted } = { checksum: true }) {
      const fd = fs.openSync(join(path, name), 'wx');
      open.add(fd);
      const sum = wanted ? checksum() : undefined;
      return {
        append(values) {
          const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
          sum?.update(bytes);
          for (let done = 0; done < bytes.length;) done += write(fd, bytes.subarray(done));
        },
        finish() {
          open.delete(fd);
          fs.closeSync(fd);
          return sum?.digest() ?? '';
        },
      };
    },
    discard() {
      for (const fd of open) fs.closeSync(fd);
      open.clear();
      removeLeftover(path);
      ours.delete(path);
    },
  };
}

/**
 * Gives `work` its real name. When another process was faster and `isWhole` accepts its result, that one stays and
 * ours goes: both were prepared from the same input. All of it is on the disk before it has its name, so that a machine that
 * stops leaves a whole directory or none. Returns whether ours stayed.
 */
export async function publish(
  work: WorkDirectory,
  target: string,
  isWhole: (directory: string) => boolean,
): Promise<boolean> {
  await Promise.all(fs.readdirSync(work.path).map((name) => synced(join(work.path, name))));
  await synced(work.path, 'directory');
  while (!renamed(work.path, target, ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'])) {
    if (isWhole(target)) {
      work.discard();
      return false;
    }
    // A damaged directory is moved aside under a work name first: others could see it half removed.
    const aside = `${work.path}-damaged`;
    if (renamed(target, aside, ['ENOENT'])) fs.rmSync(aside, { recursive: true, force: true });
  }
  ours.delete(work.path);
  await synced(dirname(target), 'directory');
  return true;
}

/** Waits until a file or a directory is on the disk, as far as the system can sync directories. */
async function synced(path: string, kind: 'file' | 'directory' = 'file'): Promise<void> {
  try {
    const file = await open(path, kind === 'file' ? 'r+' : 'r');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (kind === 'file' || !unsyncable.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Error codes of systems that cannot sync a directory; Windows cannot open one. */
const unsyncable = new Set(['EINVAL', 'ENOTSUP', 'EISDIR', 'EPERM', 'EACCES']);

function renamed(from: string, to: string, expectedFailures: readonly string[]): boolean {
  try {
    fs.renameSync(from, to);
    return true;
  } catch (error) {
    if (expectedFailures.includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** Removes work directories left behind in `parent` by processes of this host, or of hosts that are gone, that no longer run. */
export function removeStaleWork(parent: string, goneHosts: readonly string[] = []): void {
  const own = thisProcess();
  for (const name of fs.readdirSync(parent)) {
    const match = ownerName.exec(name);
    if (match === null) continue;
    const [, host, pid, started = null] = match;
    const path = join(parent, name);
    if (ours.has(path)) continue;
    const here = host === inName(own.host);
    const owner = { pid: Number(pid), host: here ? own.host : host, started };
    const reused = here && started === null && owner.pid === own.pid; // and none of ours
    if (reused || !isAlive(owner, goneHosts.map(inName))) fs.rmSync(path, { recursive: true, force: true });
  }
}
