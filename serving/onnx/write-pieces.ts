import fs from 'node:fs';
import { writing } from '../../files/disk-fault.ts';
import { removeLeftover } from '../../files/whole-file.ts';
import type { Bytes } from './protobuf.ts';

/** Writes a file whole or not at all, without its pieces in one. Throws a UserError that names `path` where the disk refuses. */
export function writePieces(path: string, pieces: Bytes): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writing(path, () => {
      const file = fs.openSync(temporary, 'w');
      try {
        for (const piece of pieces)
          for (let done = 0; done < piece.length;) done += fs.writeSync(file, piece, done);
        fs.fsyncSync(file);
      } finally {
        fs.closeSync(file);
      }
      fs.renameSync(temporary, path);
    });
  } catch (error) {
    removeLeftover(temporary);
    throw error;
  }
}
