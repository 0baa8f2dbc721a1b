import { UserError } from '../../../base/user-error.ts';
import { leaveOut } from '../../text/bad-lines.ts';
import type { ReadContext, ResolvedColumns, TableBlock } from '../reader.ts';
import { columnLayout } from './column-layout.ts';
import { type Dialect, lineFeed } from './dialect.ts';
import { rowParser } from './parse-rows.ts';
import { readRecord } from './read-record.ts';
import { blockOf, rowBuffer } from './row-buffer.ts';
import { cellScanner } from './scan-cell.ts';

/** Bytes of one record at most: a longer one is an unclosed quote, or no text. */
export const maxRecord = 1 << 20;
const blockRows = 16_384;

export interface TextSource {
  /** The name of the file in messages. */
  readonly file: string;
  readonly names: readonly string[];
  readonly dialect: Dialect;
}

/**
 * Chunks of a text, cut anywhere, into blocks of rows whose arrays are reused. A byte-order mark, CRLF and a last line without an end are
 * fine. Throws a UserError that names file, line and column of a malformed line beyond those that may be left out, and for a
 * text without rows.
 */
export async function* parseText(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  { file, names, dialect }: TextSource,
  resolved: ResolvedColumns,
  { blockRows: capacity = blockRows, part, badLines }: Pick<ReadContext, 'blockRows' | 'part' | 'badLines'>,
): AsyncGenerator<TableBlock> {
  const rows = rowBuffer(resolved, capacity);
  const columns = columnLayout(resolved, names, rows);
  const scan = cellScanner(dialect.separator, dialect.quote);
  const lines = { within: 0 }; // line feeds within cells
  const parse =
    dialect.separator.length > 1
      ? (_: Uint8Array, from: number) => from
      : rowParser(rows, columns, dialect, lines);
  let yielded = 0; // rows
  let otherLines = 0; // of the header, and of malformed records
  let headerIsOver = !dialect.header;
  const line = () => yielded + rows.size + otherLines + lines.within + 1;

  /** Takes the records of bytes[from, to); returns where one begins that goes on behind `to`. */
  function* take(bytes: Uint8Array, from: number, to: number): Generator<TableBlock, number> {
    while (from < to) {
      if (headerIsOver) from = parse(bytes, from, to);
      if (rows.size < rows.capacity && from < to) {
        const next = takeUnusual(bytes, from, to);
        if (next < 0) return from;
        from = next;
      }
      if (rows.size === rows.capacity) {
        yield blockOf(rows, resolved, part);
        yielded += rows.size;
        rows.size = 0;
      }
    }
    return to;
  }

  function takeUnusual(bytes: Uint8Array, from: number, to: number): number {
    const size = rows.size;
    const record = readRecord(bytes, from, to, { scan, columns: headerIsOver ? columns : [], rows });
    if (record.next < 0) return -1;
    if (!headerIsOver) {
      rows.size = size;
      headerIsOver = true;
      otherLines += record.lines;
      return record.next;
    }
    if (record.problem === undefined) lines.within += record.lines - 1;
    else {
      leaveOut(`${file}:${line()}: ${record.problem}`, badLines);
      otherLines += record.lines;
    }
    return record.next;
  }

  let carry: Uint8Array<ArrayBuffer> = new Uint8Array(0); // the beginning of a record that the next chunk continues
  let begun = false;
  for await (const chunk of chunks) {
    // A plain view, whatever the class of the chunk: the parser is compiled for one kind of array.
    let bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (!begun && carry.length + bytes.length >= 3) {
      bytes = joined(carry, bytes);
      carry = carry.subarray(0, 0);
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
      begun = true;
    }
    let end = bytes.lastIndexOf(lineFeed) + 1;
    let from = 0;
    if (begun && carry.length > 0 && end > 0) {
      // The record that was begun, with the rest of its line alone; with the whole chunk if it is longer.
      from = bytes.indexOf(lineFeed) + 1;
      const record = joined(carry, bytes.subarray(0, from));
      if ((yield* take(record, 0, record.length)) < record.length) {
        bytes = joined(carry, bytes);
        end = bytes.lastIndexOf(lineFeed) + 1;
        from = 0;
      }
      carry = carry.subarray(0, 0);
    }
    if (begun) from = yield* take(bytes, from, end);
    if (from < bytes.length) carry = joined(carry, bytes.subarray(from));
    if (carry.length > maxRecord) throw tooLong(carry);
  }
  if (carry.length > 0) {
    const record = carry.at(-1) === lineFeed ? carry : joined(carry, Uint8Array.of(lineFeed));
    if ((yield* take(record, 0, record.length)) < record.length) throw tooLong(carry);
  }
  if (rows.size > 0) yield blockOf(rows, resolved, part);
  if (yielded + rows.size + badLines.count === 0)
    throw new UserError(
      `${file}: ${dialect.header ? 'a header without a row' : 'no row'}: give a file with rows`,
    );

  function tooLong(record: Uint8Array): UserError {
    const has = record.includes(dialect.quote.charCodeAt(0)) && dialect.quote !== '';
    return new UserError(
      has
        ? `${file}:${line()}: a quote (${dialect.quote}) of a cell that begins in this line is not closed; correct it, or say that quotes are letters: --quote none`
        : `${file}:${line()}: more than ${maxRecord} bytes without a line end: is the file text?`,
    );
  }
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}
