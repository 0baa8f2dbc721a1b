import { quoted } from '../../text/cell-text.ts';
import { textOf } from './cell-writers.ts';
import type { ColumnPlace } from './column-layout.ts';
import { carriageReturn, lineFeed } from './dialect.ts';
import type { RowBuffer } from './row-buffer.ts';
import { type CellScanner, emptyCell } from './scan-cell.ts';

export interface ReadRecord {
  /** The first byte after the record; -1 if the text ends within quotes, and the record goes on. */
  readonly next: number;
  /** Lines of the record. */
  readonly lines: number;
  /** The fault of a record that was not appended. */
  readonly problem?: string;
}

/**
 * Appends one record, which begins at bytes[at], to `rows`, or says what is wrong with it: the complete, slow counterpart of rowParser.
 * bytes[end - 1] must be a line feed.
 */
export function readRecord(
  bytes: Uint8Array,
  at: number,
  end: number,
  {
    scan,
    columns,
    rows,
  }: { readonly scan: CellScanner; readonly columns: readonly ColumnPlace[]; readonly rows: RowBuffer },
): ReadRecord {
  if (bytes[at] === lineFeed || (bytes[at] === carriageReturn && bytes[at + 1] === lineFeed))
    return { next: bytes[at] === lineFeed ? at + 1 : at + 2, lines: 1, problem: 'the line is empty' };
  const cell = emptyCell();
  let problem: string | undefined;
  let lines = 1;
  let count = 0;
  let next = at;
  do {
    if (!scan(bytes, next, end, cell)) return { next: -1, lines };
    lines += cell.lines;
    next = cell.next;
    const column = columns.at(count++);
    if (count > columns.length || column === undefined || problem !== undefined) continue;
    const place = `column ${count} (${column.name})`;
    if (cell.problem !== undefined) problem = `${place}: ${cell.problem}`;
    for (const write of column.writers) {
      const complaint = problem === undefined ? write(cell.bytes, cell.from, cell.to, rows.size) : undefined;
      if (complaint !== undefined)
        problem = `${place}: ${quoted(textOf(cell.bytes, cell.from, cell.to))} ${complaint}`;
    }
  } while (!cell.last);
  // A wrong number of columns is the cause of what is wrong in one of them.
  if (count !== columns.length && (problem === undefined || !cell.problem?.startsWith('text after')))
    problem = `${count} ${count === 1 ? 'column' : 'columns'} instead of ${columns.length}`;
  if (problem === undefined) rows.size++;
  return { next, lines, ...(problem !== undefined && { problem }) };
}
