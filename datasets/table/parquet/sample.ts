import type { Sample } from '../reader.ts';
import { cellText } from './cell-text.ts';
import { ColumnCursor } from './column-cursor.ts';
import type { ParquetColumn } from './columns.ts';
import { ListCursor } from './list-cursor.ts';
import type { ParquetFile } from './open-file.ts';
import type { Sink } from './sink.ts';

/** Rows of one stretch; there are three, at the start, in the middle and at the end of the file. */
const stretchRows = 4096;
/** Rows of a group that are read to come to a stretch inside it: about a second for 40 columns. */
const mostSkipped = 500_000;

/** Rows for `sniff`, from three places of the file. Columns that no table can have are null. */
export function* sampleRows(file: ParquetFile): Generator<Sample> {
  const { rows } = file;
  const places = [0, Math.floor(rows / 2), rows - stretchRows];
  let done = 0;
  for (const wanted of places) {
    const { group, before } = groupAt(file, Math.max(0, wanted));
    const skipped = Math.min(Math.max(wanted, done, before) - before, mostSkipped);
    const start = before + skipped;
    const size = Math.min(stretchRows, rows - start);
    if (start < done || size <= 0) continue;
    const columns = file.columns.map((column) => textsOf(file, column, group, skipped, size));
    for (let row = 0; row < size; row++)
      yield { row: start + row + 1, cells: columns.map((texts) => texts[row]) };
    done = start + size;
  }
}

/** The row group of a row, and the rows before it. */
function groupAt({ groups }: ParquetFile, row: number): { group: number; before: number } {
  let before = 0;
  for (let group = 0; group < groups.length; group++) {
    if (row < before + groups[group].rows) return { group, before };
    before += groups[group].rows;
  }
  return { group: groups.length, before };
}

const block = 16_384;

/** The cells of `size` rows of a column, behind `skipped` rows of a group. */
function textsOf(
  file: ParquetFile,
  column: ParquetColumn,
  group: number,
  skipped: number,
  size: number,
): (string | null)[] {
  if (column.unusable !== undefined) return new Array<null>(size).fill(null);
  const texts: (string | null)[] = [null];
  const groups = [...file.groups.keys()].slice(group);
  const cursor = new ColumnCursor(file, column, textSink(column, texts), { groups });
  if (!column.list) {
    const numbers = new Uint32Array(Math.max(block, size));
    for (let left = skipped; left > 0; left -= block) cursor.read(numbers, 0, Math.min(left, block));
    cursor.read(numbers, 0, size);
    return Array.from(numbers.subarray(0, size), (number) => texts[number]);
  }
  const lists = new ListCursor(cursor);
  for (let left = skipped; left > 0; left -= block) lists.read(Math.min(left, block));
  const { lengths, tokens } = lists.read(size);
  let at = 0;
  return Array.from(lengths, (length) => {
    const values = Array.from(tokens.subarray(at, (at += length)), (number) => texts[number]);
    return values[0] === null ? null : values.join('|');
  });
}

/** Cells as numbers of `texts`, which grows; 0 is a missing value. */
function textSink({ form }: ParquetColumn, texts: (string | null)[]): Sink<Uint32Array> {
  return {
    width: 1,
    array: (count) => new Uint32Array(count),
    write(cells, out, at) {
      for (let i = 0; i < cells.length; i++) {
        const text = cellText(cells, i, form);
        const isNumber = form.kind === 'float' || form.kind === 'half';
        out[at + i] = text === '' || (isNumber && text === 'NaN') ? 0 : texts.push(text) - 1;
      }
    },
    writeMissing: (out, from, to) => void out.fill(0, from, to),
  };
}
