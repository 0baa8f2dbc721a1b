import { sum } from '../../../base/sum.ts';
import type { AnyRows } from '../rows/row-source.ts';

/** A matrix of any number of rows, of which only a block is held: read in order, and as often as it takes. */
export interface StreamedRows {
  readonly rows: number;
  readonly width: number;
  readonly blocks: () => Iterable<RowBlock>;
}

export interface RowBlock {
  /** Number of its first row. */
  readonly first: number;
  readonly count: number;
  /** [count, width] at its beginning. The next block is written over it. */
  readonly values: Float64Array;
}

export interface RowReader {
  readonly rows: number;
  readonly width: number;
  /** Rows `first` to `first + count - 1`, one after the other; asked for in order. */
  readonly read: (first: number, count: number) => ArrayLike<number>;
  /** Row i is multiplied by the root of its weight: squares count by weight. Not below 0. */
  readonly weightOf?: ((row: number) => number) | undefined;
  /** [width], taken off every row before that. */
  readonly mean?: ArrayLike<number> | undefined;
}

/** Rows of a block: 128 KiB of 16 float64 each, which stay in a processor's second cache beside a sketch. */
const blockRows = 1024;

/** A table need not be one array: rows are asked for, 1024 at a time unless told otherwise, and copied to float64. */
export function streamRows(
  { rows, width, read, weightOf, mean }: RowReader,
  block = blockRows,
): StreamedRows {
  return {
    rows,
    width,
    *blocks() {
      const values = new Float64Array(Math.min(block, rows) * width);
      for (let first = 0; first < rows; first += block) {
        const count = Math.min(block, rows - first);
        values.set(read(first, count));
        for (let i = 0; mean && i < count * width; i += width)
          for (let k = 0; k < width; k++) values[i + k] -= mean[k];
        for (let row = 0; weightOf && row < count; row++) {
          const root = Math.sqrt(weightOf(first + row));
          for (let k = 0; k < width; k++) values[row * width + k] *= root;
        }
        yield { first, count, values };
      }
    },
  };
}

/** A reader of rows in an array, or of such that are read in pieces. */
export const readerOf = (rows: AnyRows, width: number): RowReader =>
  rows instanceof Float32Array
    ? {
        rows: rows.length / width,
        width,
        read: (first, count) => rows.subarray(first * width, (first + count) * width),
      }
    : { rows: rows.rows, width, read: (first, count) => rows.read(first, first + count) };

/** Those of one array, [rows, width]; positions are exact far beyond 2^31 floats. */
export function rowsOfArray(
  floats: Float32Array | Float64Array,
  width: number,
  { weightOf, mean }: Pick<RowReader, 'weightOf' | 'mean'> = {},
): StreamedRows {
  return streamRows({
    rows: floats.length / width,
    width,
    read: (first, count) => floats.subarray(first * width, (first + count) * width),
    weightOf,
    mean,
  });
}

/** Those of one after the other, all of one width. */
export function stackedRows(parts: readonly StreamedRows[]): StreamedRows {
  const [{ width }] = parts;
  if (parts.some((part) => part.width !== width))
    throw new RangeError('rows of different widths on one stack');
  return {
    rows: sum(parts.map(({ rows }) => rows)),
    width,
    *blocks() {
      let before = 0;
      for (const { rows, blocks } of parts) {
        for (const block of blocks()) yield { ...block, first: before + block.first };
        before += rows;
      }
    },
  };
}
