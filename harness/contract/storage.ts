import { bitsFor } from './indices.ts';
import type { Storage, Table } from './method.ts';
import { tableFloats } from './table-shape.ts';

/** Bytes of a table in the form it is served in. harness/serving writes exactly so many. */
export function storedBytes(table: Table): number {
  const floats = tableFloats(table);
  const { stored } = table;
  switch (stored?.kind) {
    case undefined:
      return 4 * floats;
    case 'fp16':
      return 2 * floats;
    case 'row-wise':
      return rowWiseBytes(table, stored);
    case 'grid':
      return Math.ceil((floats * stored.bits) / 8);
    case 'sparse':
      return sparseBytes(floats, stored.nonZeros);
  }
}

/** What shares a scale: whole rows, or blocks of them; of rows that overlap, blocks of the flat memory. */
export interface Blocks {
  /** What is cut into blocks, one after the other. */
  readonly stretches: number;
  readonly stretchFloats: number;
  /** Of a stretch, the last one may be shorter. */
  readonly block: number;
}

const defaultBlock = 64;

export function blocksOf(table: Table, block = defaultBlock): Blocks {
  const floats = tableFloats(table);
  const { width, stride = width } = table;
  return stride < width
    ? { stretches: 1, stretchFloats: floats, block }
    : { stretches: floats / width, stretchFloats: width, block };
}

/** Of the scale and offset of a block: 32-bit floats beside 8-bit codes, 16-bit ones beside fewer (FBGEMM's form). */
export function blockHeaderBytes(bits: number): number {
  return bits === 8 ? 8 : 4;
}

function rowWiseBytes(table: Table, { bits, block }: Extract<Storage, { kind: 'row-wise' }>): number {
  const { stretches, stretchFloats, block: size } = blocksOf(table, block);
  const blockBytes = (floats: number) => Math.ceil((floats * bits) / 8) + blockHeaderBytes(bits);
  const rest = stretchFloats % size;
  return (
    stretches * (Math.floor(stretchFloats / size) * blockBytes(size) + (rest > 0 ? blockBytes(rest) : 0))
  );
}

/** Floats whose positions the bitmap of a sparse table counts together, so that one is found in constant time. */
export const bitmapStretch = 512;

/**
 * The smaller of two forms: a bit per float, with the number of ones before every 512 of them, and the floats that are
 * not zero; or those floats with the position of each, sorted.
 */
export function sparseBytes(floats: number, nonZeros: number): number {
  return Math.min(bitmapBytes(floats), listBytes(floats, nonZeros)) + 4 * nonZeros;
}

export const bitmapBytes = (floats: number) => Math.ceil(floats / 8) + 4 * Math.ceil(floats / bitmapStretch);

export const listBytes = (floats: number, nonZeros: number) => Math.ceil((nonZeros * bitsFor(floats)) / 8);

/** The most non-zeros of so many floats that fit into the bytes; -1 where not even none does. */
export function nonZerosWithin(bytes: number, floats: number): number {
  if (bytes < 0) return -1;
  const asBitmap = Math.floor((bytes - bitmapBytes(floats)) / 4);
  let asList = Math.floor(bytes / (4 + bitsFor(floats) / 8));
  while (asList > 0 && listBytes(floats, asList) + 4 * asList > bytes) asList--;
  return Math.min(floats, Math.max(asBitmap, asList));
}
