import type { RawBlock } from '../raw-rows.ts';
import { categoryColumns, integerColumns } from './columns.ts';

/**
 * The block being filled by the parser. All columns of a kind share one flat array, column `f` beginning at
 * `f * stride`: indexing a flat array costs the inner loop less than an array of arrays.
 */
export interface RowBuffer {
  readonly capacity: number;
  /** Distance between columns. Not a multiple of 4096 bytes, or all columns would compete for the same cache lines. */
  readonly stride: number;
  readonly labels: Uint8Array; // [capacity]
  readonly integers: Int32Array; // [13 * stride]
  readonly tokens: Uint32Array; // [26 * stride]
  /** Rows filled so far. */
  size: number;
}

export function rowBuffer(capacity: number): RowBuffer {
  const stride = capacity + 80;
  return {
    capacity,
    stride,
    labels: new Uint8Array(capacity),
    integers: new Int32Array(integerColumns.length * stride),
    tokens: new Uint32Array(categoryColumns.length * stride),
    size: 0,
  };
}

/** The filled rows, as views of the buffer: valid until it is filled again. */
export function blockOf(buffer: RowBuffer): RawBlock {
  const { size, stride } = buffer;
  return {
    size,
    labels: buffer.labels.subarray(0, size),
    dense: integerColumns.map((_, f) => buffer.integers.subarray(f * stride, f * stride + size)),
    tokens: categoryColumns.map((_, f) => buffer.tokens.subarray(f * stride, f * stride + size)),
  };
}
