import fs from 'node:fs';
import { join } from 'node:path';
import { removeAbandoned } from './abandoned.ts';
import { type Advice, writing } from './disk-fault.ts';
import { makeFolder, removeFolders } from './folders.ts';
import { removeLeftover } from './whole-file.ts';

/**
 * Files that belong together: `write` puts them into a folder inside of `folder`, and all are moved up when it returns. If it throws, no
 * file is left, a new folder is removed, and files of the same names that were there before stay as they were.
 */
export function writeTogether<T>(folder: string, write: (work: string) => T, advice?: Advice): T {
  const made = makeFolder(folder, advice);
  removeAbandoned(folder, '');
  const work = join(folder, `.${process.pid}.tmp`);
  try {
    makeFolder(work, advice);
    const result = write(work);
    writing(
      folder,
      () => {
        for (const name of fs.readdirSync(work)) fs.renameSync(join(work, name), join(folder, name));
      },
      advice,
    );
    return result;
  } finally {
    removeLeftover(work);
    removeFolders(made);
  }
}
