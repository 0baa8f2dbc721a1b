import { accessSync, constants } from 'node:fs';
import { writing } from '../../files/disk-fault.ts';
import { makeFolder, removeFolders } from '../../files/folders.ts';

const advice = { otherwise: 'choose another --out' };

/**
 * Throws a UserError if no recording can be written there, before hours of preparation. Leaves the disk as it was.
 */
export function requireWritable(directory: string): void {
  const made = makeFolder(directory, advice);
  try {
    writing(directory, () => accessSync(directory, constants.W_OK), advice);
  } finally {
    removeFolders(made);
  }
}
