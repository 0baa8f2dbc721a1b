import type { Cells } from './cells.ts';

/** An array that takes a column's values. */
export type Out = Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/** The use of a column: how its stored values become elements of an array. */
export interface Sink<A extends Out = Out> {
  /** Elements of a value. */
  readonly width: number;
  /** An array for `count` values. */
  array(count: number): A;
  /** Called before the values of a dictionary are written: they are in use until the next call. */
  newDictionary?(): void;
  /** Writes all cells to `out`, the first one as value `at`. Throws BadValue for one that it does not take. */
  write(cells: Cells, out: A, at: number): void;
  /** Writes the missing value as values from .. to - 1. Throws BadValue if there must be one. */
  writeMissing(out: A, from: number, to: number): void;
}
