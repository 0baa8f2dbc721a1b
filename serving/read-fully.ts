import fs from 'node:fs';
import { UserError } from '../base/user-error.ts';

/** The most bytes that one call of the system reads. */
const most = 2 ** 30;

/**
 * Bytes `from`..`from + count` of an open file, in memory of their own that begins at a word. Throws a UserError that names `path`
 * where the file ends before.
 */
export function readFully(file: number, path: string, from: number, count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  for (let done = 0; done < count;) {
    const read = fs.readSync(file, bytes, done, Math.min(most, count - done), from + done);
    if (read === 0)
      throw new UserError(`${path}: ends at byte ${from + done}, where more was expected; write it again`);
    done += read;
  }
  return bytes;
}
