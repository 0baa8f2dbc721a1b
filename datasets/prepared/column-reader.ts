import fs from 'node:fs';
import { join } from 'node:path';
import { readValues } from './file-bytes.ts';
import { again } from './manifest.ts';

/** The column files of a prepared directory, open for reading. */
export interface ColumnReader {
  /** Opens a file that stays open until close(), so that replacing the directory does not disturb a reader. */
  open(name: string): ColumnFile;
  close(): void;
}

export interface ColumnFile {
  readonly path: string;
  /** Fills `values` beginning with element `at` of the file. */
  read(values: ArrayBufferView & { readonly BYTES_PER_ELEMENT: number }, at: number): void;
}

export function columnReader(directory: string): ColumnReader {
  const open = new Set<number>();
  return {
    open(name) {
      const path = join(directory, name);
      const fd = fs.openSync(path, 'r');
      open.add(fd);
      return {
        path,
        read(values, at) {
          if (!open.has(fd)) throw new Error(`${path} is read after close()`);
          readValues({ fd, path }, values, at * values.BYTES_PER_ELEMENT, { advice: again });
        },
      };
    },
    close() {
      for (const fd of open) fs.closeSync(fd);
      open.clear();
    },
  };
}
