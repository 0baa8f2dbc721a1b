import { accessSync, constants, existsSync, mkdirSync, rmdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Fault } from '../harness/contract/fault.ts';

/**
 * Throws a Fault where no recording can be written, so that it is said before hours of preparation. Leaves the disk as
 * it was. Folders are made for the test one by one: Node's recursive mkdir never returns below /proc.
 */
export function requireWritable(directory: string): void {
  const missing: string[] = [];
  for (let path = resolve(directory); !existsSync(path); path = dirname(path)) missing.unshift(path);
  const made: string[] = [];
  try {
    for (const path of missing) {
      mkdirSync(path);
      made.unshift(path);
    }
    accessSync(directory, constants.W_OK);
    if (!statSync(directory).isDirectory()) throw new Fault(`${directory}: is a file; choose another --out`);
  } catch (error) {
    if (error instanceof Fault) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new Fault(
      `${directory}: ${problems[code ?? ''] ?? `cannot be written (${code})`}; choose another --out`,
    );
  } finally {
    for (const path of made) rmdirSync(path);
  }
}

const problems: Readonly<Record<string, string>> = {
  ENOTDIR: 'a part of this path is a file',
  EACCES: 'no permission to write there',
  EPERM: 'no permission to write there',
  EROFS: 'the file system is read-only',
};
