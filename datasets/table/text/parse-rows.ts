import type { ColumnPlace } from './column-layout.ts';
import { columnRuns } from './column-runs.ts';
import { type Dialect, lineFeed } from './dialect.ts';
import type { RowBuffer } from './row-buffer.ts';
import type { UnusualCell } from './runs/run-parser.ts';
import { cellScanner, emptyCell } from './scan-cell.ts';

/** Parses as many records of bytes[from, to) as it knows; see `rowParser`. Returns where the first one begins that it did not take. */
export type RowParser = (bytes: Uint8Array, from: number, to: number) => number;

/**
 * A parser of rows that appends to `rows` until the buffer is full or a record is not valid. bytes[to - 1] must be a line feed. Columns
 * of one kind that are neighbours share a loop. A cell in an unusual form (with doubled quotes, an exponent, a named missing value) goes to its
 * scanner and writers; a record with a fault, or one that the text ends in, is left to readRecord. `lines` takes line feeds
 * within cells. Separators of several bytes are not known here.
 */
export function rowParser(
  rows: RowBuffer,
  columns: readonly ColumnPlace[],
  { separator, quote }: Dialect,
  lines: { within: number },
): RowParser {
  const scan = cellScanner(separator, quote);
  const cell = emptyCell();
  const lastColumn = columns.length - 1;
  let within = 0; // line feeds within cells of the record

  const unusual: UnusualCell = (bytes, at, to, column, row) => {
    if (!scan(bytes, at, to, cell) || cell.problem !== undefined) return -1;
    if (cell.last !== (column === lastColumn)) return -1;
    within += cell.lines;
    const { writers } = columns[column];
    for (let i = 0; i < writers.length; i++)
      if (writers[i](cell.bytes, cell.from, cell.to, row) !== undefined) return -1;
    return cell.next;
  };

  const runs = columnRuns(columns, {
    rows,
    separator: separator.charCodeAt(0),
    quote: quote === '' ? -1 : quote.charCodeAt(0),
    unusual,
  });
  const { capacity } = rows;
  return (bytes, from, to) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let row = rows.size;
    while (row < capacity && from < to) {
      let p = from;
      within = 0;
      for (let r = 0; r < runs.length && p >= 0; r++) p = runs[r](bytes, view, p, to, row);
      // A run takes its last cell up to a separator, too: the record has more columns then.
      if (p < 0 || bytes[p - 1] !== lineFeed) break;
      lines.within += within;
      row++;
      from = p;
    }
    rows.size = row;
    return from;
  };
}
