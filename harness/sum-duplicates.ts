import { none } from './contract/backend.ts';

export interface HostGradient {
  readonly indices: Uint32Array;
  readonly values: Float32Array; // [indices.length, width]
}

export interface SummedGradient {
  readonly rows: Uint32Array; // different from each other, in the order of first occurrence
  readonly sums: Float32Array; // [rows.length, width]
}

/**
 * Adds up the gradients of every row that occurs more than once. An optimizer with state is not linear in the gradient:
 * stepping once per occurrence would be another rule. `none` is left out. Sums run in order, so the result is
 * reproducible to the bit.
 */
export function sumDuplicates(gradients: readonly HostGradient[], width: number): SummedGradient {
  const count = gradients.reduce((sum, { indices }) => sum + indices.length, 0);
  const bits = Math.ceil(Math.log2(Math.max(2, 2 * count)));
  const mask = 2 ** bits - 1;
  const slots = new Int32Array(2 ** bits).fill(-1); // hash slot -> position in rows
  const rows = new Uint32Array(count);
  const sums = new Float32Array(count * width);
  let found = 0;
  for (const { indices, values } of gradients) {
    for (let i = 0, from = 0; i < indices.length; i++, from += width) {
      const row = indices[i];
      if (row === none) continue;
      let slot = Math.imul(row, 0x9e3779b1) >>> (32 - bits); // Fibonacci hashing: the high bits are the mixed ones
      while (slots[slot] !== -1 && rows[slots[slot]] !== row) slot = (slot + 1) & mask;
      let position = slots[slot];
      if (position === -1) {
        position = slots[slot] = found++;
        rows[position] = row;
      }
      const to = position * width;
      for (let k = 0; k < width; k++) sums[to + k] += values[from + k];
    }
  }
  return { rows: rows.subarray(0, found), sums: sums.subarray(0, found * width) };
}
