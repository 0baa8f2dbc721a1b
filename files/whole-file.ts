import fs from 'node:fs';
import { type Advice, writing } from './disk-fault.ts';

/**
 * Writes a file whole or not at all: it writes a temporary file, flushes and renames it, so that neither a reader nor a power
 * cut finds half of it. A special file (a terminal, /dev/full) is written in place. Throws a UserError that names `path`, and
 * then leaves nothing beside it.
 */
export function writeWhole(path: string, content: string | NodeJS.ArrayBufferView, advice?: Advice): void {
  writing(
    path,
    () => {
      if (!isReplaceable(path)) return fs.writeFileSync(path, content);
      const temporary = `${path}.${process.pid}.tmp`;
      try {
        fs.writeFileSync(temporary, content, { flush: true });
        fs.renameSync(temporary, path);
      } catch (error) {
        removeLeftover(temporary);
        throw error;
      }
    },
    advice,
  );
}

/** True if a rename may put a file at this path. */
export function isReplaceable(path: string): boolean {
  try {
    return fs.statSync(path).isFile();
  } catch {
    return true; // nothing is there, or writing will say what is wrong
  }
}

/** Removes a leftover file if it exists. A failure is ignored: the user needs to know the first error. */
export function removeLeftover(path: string): void {
  try {
    fs.rmSync(path, { recursive: true, force: true });
  } catch {
    // it stays
  }
}
