import type { Serving } from './method.ts';
import { storedParts } from './storage.ts';
import { weightFloats } from './table-shape.ts';

/** Bytes that are served, by what they are; they sum to all of them. */
export interface ServingBytes {
  /** Rows, codebooks' too, at the bits that they are stored in. */
  readonly tables: number;
  /** Scales of tables and of blocks of codes, and offsets of these. */
  readonly scales: number;
  /** Positions of the floats of a sparse table that are not zero. */
  readonly positions: number;
  /** Dense weights: projections, decoders, scales that are trained. */
  readonly weights: number;
  /** Integers per id or slot: ranks, sets of ids, keys, signatures. */
  readonly maps: number;
  /** Maps that name the codewords or clusters of an id. */
  readonly codes: number;
}

const floatBytes = 4;

/** Serving bytes of these tables, weights and maps. Hashes are free. */
export function servingBytesOf({ tables, weights = [], maps = [] }: Serving): ServingBytes {
  const sums = { tables: 0, scales: 0, positions: 0, weights: 0, maps: 0, codes: 0 };
  for (const table of tables) {
    const { floats, scales, positions } = storedParts(table);
    sums.tables += floats;
    sums.scales += scales;
    sums.positions += positions;
  }
  for (const weight of weights) sums.weights += floatBytes * weightFloats(weight);
  for (const { length, bits, holds } of maps) sums[holds ?? 'maps'] += Math.ceil((length * bits) / 8);
  return sums;
}

export function sumOf({ tables, scales, positions, weights, maps, codes }: ServingBytes): number {
  return tables + scales + positions + weights + maps + codes;
}
