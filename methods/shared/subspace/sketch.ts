import type { RowBlock } from './streamed-rows.ts';

/**
 * S = P A of a matrix A that is seen row by row, P random and drawn without a look at A (oblivious): |S x| is |A x| up to a
 * factor near 1, for all x at once. It holds S and no row of A (SRHT: one block of rows).
 */
export interface Sketch {
  /** Blocks in order, every row once. */
  add(block: RowBlock): void;
  /** S, [size, width]. Nothing is added after it. */
  finish(): Float64Array;
}

export interface SketchShape {
  /** Rows of S. */
  readonly size: number;
  readonly width: number;
  readonly seed: number;
}
