import { carriageReturn, lineFeed } from './dialect.ts';

/** One cell of a record; reused by the next one. */
export interface ScannedCell {
  /** The content is bytes[from, to): those of the text, or of a copy without doubled quotes. */
  bytes: Uint8Array;
  from: number;
  to: number;
  /** The first byte after the separator or the line end. */
  next: number;
  /** The cell is the last one of its record. */
  last: boolean;
  /** Line feeds within the cell. */
  lines: number;
  /** The fault that the cell has as a piece of text. */
  problem: string | undefined;
}

export type CellScanner = (bytes: Uint8Array, at: number, end: number, cell: ScannedCell) => boolean;

export const emptyCell = (): ScannedCell => ({
  bytes: new Uint8Array(0),
  from: 0,
  to: 0,
  next: 0,
  last: false,
  lines: 0,
  problem: undefined,
});

/**
 * A scanner of cells that knows every valid form (RFC 4180) and every fault: quotes with separators, line ends and doubled quotes in them, CRLF,
 * separators of several bytes. bytes[end - 1] must be a line feed. It returns false if the text ends within quotes: the record goes on.
 */
export function cellScanner(separator: string, quote: string): CellScanner {
  const first = separator.charCodeAt(0);
  const width = separator.length;
  const quoteByte = quote === '' ? -1 : quote.charCodeAt(0);
  const isSeparator = (bytes: Uint8Array, at: number) =>
    bytes[at] === first && (width === 1 || bytes[at + 1] === separator.charCodeAt(1));

  /** Sets what follows the content: true if it is a separator or a line end. */
  function ended(bytes: Uint8Array, at: number, cell: ScannedCell): boolean {
    const crlf = bytes[at] === carriageReturn && bytes[at + 1] === lineFeed;
    cell.last = crlf || bytes[at] === lineFeed;
    if (!cell.last && !isSeparator(bytes, at)) return false;
    cell.next = at + (crlf ? 2 : cell.last ? 1 : width);
    return true;
  }

  function scanQuoted(bytes: Uint8Array, at: number, end: number, cell: ScannedCell): boolean {
    let doubled = 0;
    let p = at + 1;
    for (; ; p++) {
      if (p >= end) return false;
      const c = bytes[p];
      if (c === lineFeed) cell.lines++;
      else if (c === 0) cell.problem ??= nul;
      else if (c === quoteByte) {
        if (p + 1 < end && bytes[p + 1] === quoteByte) {
          doubled++;
          p++;
        } else break;
      }
    }
    cell.bytes = bytes;
    cell.from = at + 1;
    cell.to = p;
    if (doubled > 0) unescape(cell, doubled);
    if (ended(bytes, p + 1, cell)) return true;
    cell.problem = `text after the closing ${quote} of a cell; quotes within a cell are doubled`;
    skipLine(bytes, p + 1, cell);
    return true;
  }

  /** Copies the content with one quote for each doubled one. */
  function unescape(cell: ScannedCell, doubled: number): void {
    const copy = new Uint8Array(cell.to - cell.from - doubled);
    for (let p = cell.from, to = 0; p < cell.to; p++) {
      copy[to++] = cell.bytes[p];
      if (cell.bytes[p] === quoteByte) p++;
    }
    cell.bytes = copy;
    cell.from = 0;
    cell.to = copy.length;
  }

  return (bytes, at, end, cell) => {
    cell.problem = undefined;
    cell.lines = 0;
    if (bytes[at] === quoteByte) return scanQuoted(bytes, at, end, cell);
    let p = at;
    for (; !ended(bytes, p, cell); p++) {
      if (bytes[p] === 0) cell.problem ??= nul;
      else if (bytes[p] === carriageReturn) cell.problem ??= 'a carriage return without a line feed';
    }
    cell.bytes = bytes;
    cell.from = at;
    cell.to = p;
    return true;
  };
}

const nul = 'a NUL byte; text has none: is the file text?';

function skipLine(bytes: Uint8Array, at: number, cell: ScannedCell): void {
  cell.next = bytes.indexOf(lineFeed, at) + 1;
  cell.last = true;
}
