import { bitsFor } from './indices.ts';
import type { Storage, Table } from './method.ts';
import { mxParts, normalFloatParts, tableScaleBytes } from './number-formats.ts';
import { tableFloats } from './table-shape.ts';

type RowWise = Extract<Storage, { kind: 'row-wise' }>;

/** Bytes of a table in the form it is served in: its floats, and what they cannot be read without. */
export interface StoredParts {
  readonly floats: number;
  readonly scales: number;
  readonly positions: number;
}

/** Bytes of a table in the form it is served in. harness/serving writes exactly so many. */
export function storedBytes(table: Table): number {
  const { floats, scales, positions } = storedParts(table);
  return floats + scales + positions;
}

export function storedParts(table: Table): StoredParts {
  const floats = tableFloats(table);
  const alone = (bytes: number): StoredParts => ({ floats: bytes, scales: 0, positions: 0 });
  const { stored } = table;
  switch (stored?.kind) {
    case undefined:
      return alone(4 * floats);
    case 'fp16':
      return alone(2 * floats);
    case 'row-wise':
      return rowWiseParts(table, stored);
    case 'fp8':
      return { floats, scales: stored.scaled ? tableScaleBytes : 0, positions: 0 };
    case 'mx':
      return mxParts(floats, stored);
    case 'nf4':
      return normalFloatParts(floats, stored);
    case 'grid':
      return alone(Math.ceil((floats * stored.bits) / 8));
    case 'sparse': {
      const { nonZeros } = stored;
      return { floats: 4 * nonZeros, scales: 0, positions: positionBytes(floats, nonZeros) };
    }
  }
}

const blockWhereRowsOverlap = 64;

/** Floats that share a scale. The last block of a table may be shorter. */
export function blockFloats(table: Table, { block }: RowWise): number {
  const { width, stride = width } = table;
  return block ?? (stride < width ? blockWhereRowsOverlap : width);
}

/** Bytes of the scale and offset of a block: 32-bit floats beside 8-bit codes, 16-bit ones beside fewer (FBGEMM's form). */
export function blockHeaderBytes(bits: number): number {
  return bits === 8 ? 8 : 4;
}

export const blockBytes = (floats: number, bits: number) =>
  Math.ceil((floats * bits) / 8) + blockHeaderBytes(bits);

function rowWiseParts(table: Table, stored: RowWise): StoredParts {
  const floats = tableFloats(table);
  const block = blockFloats(table, stored);
  const rest = floats % block;
  const blocks = Math.ceil(floats / block);
  const scales = blocks * blockHeaderBytes(stored.bits);
  const bytes =
    Math.floor(floats / block) * blockBytes(block, stored.bits) +
    (rest > 0 ? blockBytes(rest, stored.bits) : 0);
  return { floats: bytes - scales, scales, positions: 0 };
}

/** Floats whose positions the bitmap of a sparse table counts together, so that one is found in constant time. */
export const bitmapStretch = 512;

/**
 * The smaller of two forms: a bit per float, with the number of ones before every 512 of them, and the floats that are
 * not zero; or those floats with the position of each, sorted.
 */
export function sparseBytes(floats: number, nonZeros: number): number {
  return positionBytes(floats, nonZeros) + 4 * nonZeros;
}

const positionBytes = (floats: number, nonZeros: number) =>
  Math.min(bitmapBytes(floats), listBytes(floats, nonZeros));

export const bitmapBytes = (floats: number) => Math.ceil(floats / 8) + 4 * Math.ceil(floats / bitmapStretch);

export const listBytes = (floats: number, nonZeros: number) => Math.ceil((nonZeros * bitsFor(floats)) / 8);

/** The most non-zeros of so many floats that fit into the bytes; -1 if not even none does. */
export function nonZerosWithin(bytes: number, floats: number): number {
  if (bytes < 0) return -1;
  const asBitmap = Math.floor((bytes - bitmapBytes(floats)) / 4);
  const asList = Math.floor(bytes / (4 + bitsFor(floats) / 8)); // bytes are whole: so are those of the positions
  return Math.min(floats, Math.max(asBitmap, asList));
}
