import fs from 'node:fs';
import { UserError } from '../../base/user-error.ts';

/** The state of a file: enough to tell if it has changed since, without reading it. */
export interface TextFile {
  readonly path: string;
  /** Symbolic links resolved. */
  readonly realPath: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/**
 * Throws a UserError when `path` is missing, not a regular file, unreadable, empty or a zip archive. `advice` ends the message for a missing
 * one.
 */
export function textFile(path: string, advice = adviceFor(path)): TextFile {
  let realPath: string;
  let stat: fs.Stats;
  try {
    realPath = fs.realpathSync(path);
    stat = fs.statSync(realPath);
    fs.accessSync(realPath, fs.constants.R_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new UserError(`${path}: no such file; ${advice}`);
    if (code === 'EACCES' || code === 'EPERM')
      throw new UserError(`${path}: no permission to read this file`);
    throw error;
  }
  if (stat.isDirectory()) throw new UserError(`${path}: is a directory; give the file inside it`);
  if (!stat.isFile()) throw new UserError(`${path}: is not a regular file; store the text in a file first`);
  if (stat.size >= 4 && isZip(realPath))
    throw new UserError(`${path}: is a zip archive: unzip it first, and give the file inside`);
  if (stat.size === 0) throw new UserError(`${path}: the file is empty; download or unpack it again`);
  return { path, realPath, bytes: stat.size, modifiedMs: stat.mtimeMs };
}

function isZip(path: string): boolean {
  const magic = Buffer.alloc(4);
  const fd = fs.openSync(path, 'r');
  try {
    fs.readSync(fd, magic, 0, 4, 0);
  } finally {
    fs.closeSync(fd);
  }
  return magic.toString('latin1') === 'PK\x03\x04';
}

function adviceFor(path: string): string {
  if (path === '-') return 'a log is read more than once: store it in a file first';
  if (/^~|[*?]/.test(path)) return 'a shell replaces ~ and * only outside of quotes, and not behind a comma';
  return 'check the path given with --data';
}

/** Throws a UserError if the file is another one than it was: what was read is then neither its old nor its new content. */
export function requireUnchanged({ path, realPath, bytes, modifiedMs }: TextFile): void {
  const now = fs.statSync(realPath, { throwIfNoEntry: false });
  if (now?.size !== bytes || now.mtimeMs !== modifiedMs)
    throw new UserError(`${path}: has changed while it was read; start again when it is complete`);
}
