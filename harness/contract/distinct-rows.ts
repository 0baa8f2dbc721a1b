import { none } from './backend.ts';

export interface DistinctRows {
  readonly rows: Uint32Array; // different from each other, in the order of first occurrence
  /** The place of each index in `rows`, all lists one after the other; -1 for `none`. */
  readonly positions: Int32Array;
}

/** The rows that occur in lists of indices: what an optimizer steps on once each, however often they were looked up. */
export function distinctRows(lists: readonly Uint32Array[]): DistinctRows {
  const count = lists.reduce((sum, { length }) => sum + length, 0);
  const bits = Math.ceil(Math.log2(Math.max(2, 2 * count)));
  const mask = 2 ** bits - 1;
  const slots = new Int32Array(2 ** bits).fill(-1); // hash slot -> position in rows
  const rows = new Uint32Array(count);
  const positions = new Int32Array(count);
  let found = 0;
  let at = 0;
  for (const indices of lists) {
    for (let i = 0; i < indices.length; i++, at++) {
      const row = indices[i];
      if (row === none) {
        positions[at] = -1;
        continue;
      }
      let slot = Math.imul(row, 0x9e3779b1) >>> (32 - bits); // Fibonacci hashing: the high bits are the mixed ones
      while (slots[slot] !== -1 && rows[slots[slot]] !== row) slot = (slot + 1) & mask;
      if (slots[slot] === -1) {
        slots[slot] = found;
        rows[found++] = row;
      }
      positions[at] = slots[slot];
    }
  }
  return { rows: rows.subarray(0, found), positions };
}
