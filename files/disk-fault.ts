import fs from 'node:fs';
import { UserError } from '../base/user-error.ts';

/** Words for each error code of a system that refuses to make, write or rename something. */
const problems = new Map([
  ['ENOSPC', 'no space left on the disk'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EFBIG', 'the file would be larger than the file system takes'],
  ['EACCES', 'no permission to write there'],
  ['EPERM', 'no permission to write there'],
  ['EROFS', 'the file system is read-only'],
  ['ENOENT', 'its folder is missing, or takes no files'],
  ['ENOTDIR', 'a part of this path is a file'],
  ['EEXIST', 'is a file'],
  ['EISDIR', 'is a folder where a file is needed'],
  ['ENOTEMPTY', 'is a folder that is not empty'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['ELOOP', 'links in this path lead in a circle'],
  ['EMFILE', 'too many files are open'],
  ['ENFILE', 'too many files are open'],
]);

/** Calls to a file system, as Node names them; processes and sockets have codes of the same names. */
const calls =
  /^(access|chmod|close|copyfile|cp|fdatasync|fstat|fsync|ftruncate|link|lstat|mkdir|mkdtemp|open|read|readdir|rename|rm|rmdir|scandir|stat|truncate|unlink|utime|write)$/;

/** Error codes of a full disk. */
const full = new Set(['ENOSPC', 'EDQUOT']);

export interface Advice {
  /** The way out: `choose another --out`. */
  readonly otherwise?: string;
  /** A first way out where the disk is full. */
  readonly whenFull?: string;
}

/**
 * The UserError for an error of the system while `path` was made or written: one line with the path, the problem and advice.
 * Undefined for every other error, which is a defect of this project.
 */
export function diskFault(
  error: unknown,
  path: string,
  { otherwise = 'choose another place', whenFull = 'free some' }: Advice = {},
): UserError | undefined {
  const { code, syscall, path: refused = path } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined || !calls.test(syscall)) return undefined;
  const noFolder = code === 'ENOENT' && syscall === 'mkdir';
  const problem = noFolder
    ? 'no folder can be made there'
    : code === 'EEXIST' && leadsNowhere(refused)
      ? 'is a link that leads nowhere'
      : (problems.get(code) ?? `cannot be written (${code})`);
  return new UserError(`${path}: ${problem}; ${full.has(code) ? `${whenFull}, or ` : ''}${otherwise}`);
}

/** True for a symbolic link without a target: nothing can be made in its place. */
function leadsNowhere(path: string): boolean {
  try {
    return fs.lstatSync(path).isSymbolicLink() && !fs.existsSync(path);
  } catch {
    return false;
  }
}

/** Runs work that may fail on the disk; an error of the system becomes a UserError that names `path`. */
export function writing<T>(path: string, work: () => T, advice?: Advice): T {
  try {
    return work();
  } catch (error) {
    throw diskFault(error, path, advice) ?? error;
  }
}
