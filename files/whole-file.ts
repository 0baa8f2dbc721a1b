import fs from 'node:fs';
import { type Advice, writing } from './disk-fault.ts';

/**
 * Writes a file whole or not at all: aside, flushed, then renamed, so that neither a reader nor a power cut finds half of it.
 * A path that is no file (a terminal, /dev/full) is written to directly. Throws a UserError that names `path`, and leaves nothing beside
 * it then.
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

/** True if a rename may put a file in this place. */
export function isReplaceable(path: string): boolean {
  try {
    return fs.statSync(path).isFile();
  } catch {
    return true; // nothing is there, or writing names the problem
  }
}

/** Removes a file or folder that is no longer needed. A failure is ignored: it never matters to the user. */
export function removeLeftover(path: string): void {
  try {
    fs.rmSync(path, { recursive: true, force: true });
  } catch {
    // it stays
  }
}
