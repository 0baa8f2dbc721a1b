import fs from 'node:fs';
import { join } from 'node:path';
import { lengthsFile } from './layout.ts';
import { placeRows } from './regroup.ts';
import { rowsOf, type Split } from './split-parts.ts';
import type { WorkDirectory } from './work-directory.ts';

/** The values of a pooled field by row: row r has those from `starts[r]` to before `starts[r + 1]`. */
export interface ValueLists {
  readonly inLog: Uint32Array; // [rows of the log + 1]
  /** The same by the places of the rows. */
  readonly placed: Uint32Array; // [rows + 1]
}

/** Read before the lengths file is regrouped. */
export function valueLists(work: WorkDirectory, field: string, split: Split): ValueLists {
  const lengths = fs.readFileSync(join(work.path, lengthsFile(field)));
  const inLog = startsOf(lengths);
  if (split.placeOfRow === undefined) return { inLog, placed: inLog };
  const placed = new Uint8Array(rowsOf(split));
  placeRows(lengths, 1, split.placeOfRow, placed);
  return { inLog, placed: startsOf(placed) };
}

function startsOf(lengths: Uint8Array): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1);
  let values = 0;
  for (let row = 0; row < lengths.length; row++) {
    values += lengths[row];
    starts[row + 1] = values;
  }
  if (values >= 2 ** 32) throw new RangeError(`${values} values in a field, which are more than 2^32`);
  return starts;
}

/** Values of `words` integers, list by list, to the places of their rows. */
export function placeLists(
  tokens: Uint32Array,
  words: number,
  { inLog, placed }: ValueLists,
  placeOfRow: Uint32Array,
  target: Uint32Array,
): void {
  for (let row = 0; row < placeOfRow.length; row++) {
    const place = placeOfRow[row];
    if (place >= placed.length - 1) continue; // a row of no part
    target.set(tokens.subarray(inLog[row] * words, inLog[row + 1] * words), placed[place] * words);
  }
}
