import fs from 'node:fs';
import { join } from 'node:path';
import { parts } from '../../harness/contract/data.ts';
import type { WorkDirectory } from './work-directory.ts';

const chunkRows = 65_536;

/**
 * Rewrites a row-wise file so that the rows of each part are contiguous, in the order of `parts`, each part in the
 * order of the log. A row is `width` elements of `array`. Reads the file once per part; returns the new checksum.
 */
export function regroupFile(
  work: WorkDirectory,
  name: string,
  array: Uint8ArrayConstructor | Uint32ArrayConstructor,
  width: number,
  partOfRow: Uint8Array,
): string {
  const rowBytes = width * array.BYTES_PER_ELEMENT;
  const regrouped = work.writer(`${name}.regrouped`);
  const fd = fs.openSync(join(work.path, name), 'r');
  try {
    const chunk = new array(chunkRows * width);
    for (const part of parts.keys()) {
      for (let first = 0; first < partOfRow.length; first += chunkRows) {
        const rows = Math.min(chunkRows, partOfRow.length - first);
        fs.readSync(fd, chunk, 0, rows * rowBytes, first * rowBytes);
        const kept = keepRows(chunk, width, partOfRow.subarray(first, first + rows), part);
        regrouped.append(chunk.subarray(0, kept * width));
      }
    }
  } finally {
    fs.closeSync(fd);
  }
  const digest = regrouped.finish();
  fs.renameSync(join(work.path, `${name}.regrouped`), join(work.path, name));
  return digest;
}

/** Moves the rows of `part` to the front of `values`; returns how many they are. */
function keepRows(
  values: Uint8Array | Uint32Array,
  width: number,
  partOfRow: Uint8Array,
  part: number,
): number {
  let to = 0;
  for (let row = 0; row < partOfRow.length; row++) {
    if (partOfRow[row] !== part) continue;
    for (let from = row * width, end = from + width; from < end; from++) values[to++] = values[from];
  }
  return to / width;
}

/** The same for a column in memory, into `target`; a row is `width` integers. */
export function regroupColumn(
  values: Uint32Array,
  width: number,
  partOfRow: Uint8Array,
  target: Uint32Array,
): void {
  let to = 0;
  for (const part of parts.keys()) {
    for (let row = 0; row < partOfRow.length; row++) {
      if (partOfRow[row] !== part) continue;
      for (let at = row * width; at < (row + 1) * width; at++) target[to++] = values[at];
    }
  }
}
