import fs from 'node:fs';
import { join } from 'node:path';
import { readValues } from './file-bytes.ts';
import type { WorkDirectory } from './work-directory.ts';

const chunkRows = 65_536;
/** Bytes of the new file that are put together in memory; the old one is read once for each. */
const segmentBytes = 2 ** 28;

/** New places of rows. */
export interface Places {
  /** The place of every row of the log, `none` for a row that is left out. */
  readonly placeOfRow: Uint32Array;
  /** Rows that have a place. */
  readonly rows: number;
}

/** Rewrites a row-wise file with every row at its place. A row is `width` elements of `array`. Returns the new checksum. */
export function regroupFile(
  work: WorkDirectory,
  name: string,
  array: Uint8ArrayConstructor | Uint32ArrayConstructor,
  width: number,
  { placeOfRow, rows }: Places,
): string {
  const rowBytes = width * array.BYTES_PER_ELEMENT;
  const regrouped = work.writer(`${name}.regrouped`);
  const fd = fs.openSync(join(work.path, name), 'r');
  try {
    const segmentRows = Math.min(rows, Math.max(1, Math.floor(segmentBytes / Math.max(1, rowBytes))));
    const segment = new array(segmentRows * width);
    const chunk = new array(Math.min(chunkRows, placeOfRow.length) * width);
    for (let from = 0; from < rows; from += segmentRows) {
      const kept = Math.min(segmentRows, rows - from);
      for (let first = 0; first < placeOfRow.length; first += chunkRows) {
        const count = Math.min(chunkRows, placeOfRow.length - first);
        readValues({ fd, path: join(work.path, name) }, chunk.subarray(0, count * width), first * rowBytes, {
          advice: 'prepare the data again',
        });
        const places = placeOfRow.subarray(first, first + count);
        placeRows(chunk, width, places, segment.subarray(0, kept * width), from);
      }
      regrouped.append(segment.subarray(0, kept * width));
    }
  } finally {
    fs.closeSync(fd);
  }
  const digest = regrouped.finish();
  fs.renameSync(join(work.path, `${name}.regrouped`), join(work.path, name));
  return digest;
}

/** Writes rows of `width` integers whose places, less `from`, are in `target` there. */
export function placeRows(
  values: Uint8Array | Uint32Array,
  width: number,
  places: Uint32Array,
  target: Uint8Array | Uint32Array,
  from = 0,
): void {
  const rows = width === 0 ? 0 : target.length / width;
  for (let row = 0; row < places.length; row++) {
    const place = places[row] - from;
    if (place < 0 || place >= rows) continue;
    for (let k = 0, at = row * width, to = place * width; k < width; k++) target[to++] = values[at++];
  }
}
