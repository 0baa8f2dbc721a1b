import fs from 'node:fs';

/** The first bytes of a file as they are stored, fewer if it is shorter. */
export function firstBytes(path: string, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  const fd = fs.openSync(path, 'r');
  try {
    return bytes.subarray(0, fs.readSync(fd, bytes, 0, count, 0));
  } finally {
    fs.closeSync(fd);
  }
}

/** Parquet files begin with PAR1. */
export const isParquet = (start: Uint8Array): boolean =>
  Buffer.from(start.subarray(0, 4)).toString('latin1') === 'PAR1';
