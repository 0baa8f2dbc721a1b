import { UserError } from '../../base/user-error.ts';
import type { RawBlock } from '../raw-rows.ts';
import { parseLines } from './parse-lines.ts';
import { readLine } from './read-line.ts';
import { blockOf, rowBuffer } from './row-buffer.ts';

const lineFeed = 10;
const carriageReturn = 13;
/** A Criteo line has a few hundred bytes; without a limit, a binary file would be gathered whole as one line. */
const maxLine = 65_536;
const shownBadLines = 5;

export interface ParseOptions {
  /** The name of the file in messages. */
  readonly file: string;
  /** Malformed lines to leave out before giving up. */
  readonly maxBadLines: number;
  /** Rows per block; the last one is smaller. */
  readonly blockRows?: number;
}

/** Malformed lines left out so far, of this file and those before it; the parser adds to it. */
export interface BadLines {
  count: number;
  readonly first: string[];
}

/**
 * Chunks of a Criteo TSV, cut anywhere, into blocks of rows whose arrays are reused. CRLF and a last line without an
 * end are fine. Throws a UserError naming file, line and column at a malformed line beyond `maxBadLines`, and for an
 * empty text.
 */
export async function* parseTsv(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options: ParseOptions,
  badLines: BadLines = { count: 0, first: [] },
): AsyncGenerator<RawBlock> {
  const rows = rowBuffer(options.blockRows ?? 16_384);
  let finishedRows = 0;
  const badBefore = badLines.count; // of other files

  function* take(bytes: Uint8Array, from: number, to: number): Generator<RawBlock> {
    while (from < to) {
      from = parseLines(bytes, from, to, rows);
      if (rows.size < rows.capacity && from < to) from = takeUnusual(bytes, from);
      if (rows.size === rows.capacity) {
        yield blockOf(rows);
        finishedRows += rows.size;
        rows.size = 0;
      }
    }
  }

  function takeUnusual(bytes: Uint8Array, from: number): number {
    const end = bytes.indexOf(lineFeed, from);
    const textEnd = end > from && bytes[end - 1] === carriageReturn ? end - 1 : end;
    const line = Buffer.from(bytes.buffer, bytes.byteOffset + from, textEnd - from).toString('utf8');
    const lineNumber = finishedRows + rows.size + badLines.count - badBefore + 1;
    const problem = readLine(line, rows);
    if (problem !== undefined) recordBadLine(`${options.file}:${lineNumber}: ${problem}`, options, badLines);
    return end + 1;
  }

  let carry = new Uint8Array(0); // the beginning of a line that the next chunk continues
  for await (const chunk of chunks) {
    // A plain view, whatever the class of the chunk: parseLines is compiled for one kind of array.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const end = bytes.lastIndexOf(lineFeed) + 1;
    let from = 0;
    if (carry.length > 0 && end > 0) {
      from = bytes.indexOf(lineFeed) + 1;
      const line = joined(carry, bytes.subarray(0, from));
      yield* take(line, 0, line.length);
      carry = carry.subarray(0, 0);
    }
    yield* take(bytes, from, end);
    if (end < bytes.length) carry = joined(carry, bytes.subarray(end));
    if (carry.length > maxLine) {
      const lineNumber = finishedRows + rows.size + badLines.count - badBefore + 1;
      throw new UserError(
        `${options.file}:${lineNumber}: more than ${maxLine} bytes without a line end; ${wrongFile}`,
      );
    }
  }
  if (carry.length > 0) {
    const line = joined(carry, Uint8Array.of(lineFeed));
    yield* take(line, 0, line.length);
  }
  if (rows.size > 0) yield blockOf(rows);
  if (finishedRows + rows.size + badLines.count - badBefore === 0)
    throw new UserError(`${options.file}: the file is empty; ${wrongFile}`);
}

const wrongFile = 'expected the tab-separated train file of the Criteo Display Advertising Challenge';

function recordBadLine(problem: string, { maxBadLines }: ParseOptions, badLines: BadLines): void {
  if (badLines.count >= maxBadLines) {
    throw new UserError(
      maxBadLines === 0
        ? `${problem}; correct the line, or leave out up to N such lines with --max-bad-lines N`
        : `${problem}; this is one more malformed line than --max-bad-lines ${maxBadLines} allows`,
    );
  }
  badLines.count++;
  if (badLines.first.length < shownBadLines) badLines.first.push(problem);
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}
