import { carriageReturn, lineFeed } from '../dialect.ts';
import type { RowBuffer } from '../row-buffer.ts';

/** Neighbouring columns of one kind, whose places in the buffer are evenly spaced: one loop reads them. */
export interface ColumnRun {
  /** The first of its columns, from 0 on. */
  readonly first: number;
  readonly count: number;
  /** The place of its first column, and the distance of the next one. */
  readonly base: number;
  readonly step: number;
  /** The last column of the run is the last one of the record. */
  readonly last: boolean;
}

/**
 * Reads the cells of a run, which begin at bytes[at], into a row of the buffer. bytes[to - 1] is a line feed, which stops every loop. Returns the
 * first byte after the separator or line end of the last cell, or -1 if the record is not valid or not whole: readRecord then says why.
 */
export type RunParser = (bytes: Uint8Array, view: DataView, at: number, to: number, row: number) => number;

/** Reads one cell in any form by its scanner and its writers; returns as a RunParser does. */
export type UnusualCell = (bytes: Uint8Array, at: number, to: number, column: number, row: number) => number;

export interface RunContext {
  readonly rows: RowBuffer;
  readonly separator: number;
  /** -1 if there is none. */
  readonly quote: number;
  readonly unusual: UnusualCell;
}

/** The first byte after a line end at bytes[at]; -1 if there is none. */
export function lineEnd(bytes: Uint8Array, at: number): number {
  const c = bytes[at];
  if (c === lineFeed) return at + 1;
  return c === carriageReturn && bytes[at + 1] === lineFeed ? at + 2 : -1;
}

export const minus = 45;
export const point = 46;
export const zero = 48;
