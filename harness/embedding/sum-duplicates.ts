import { distinctRows } from '../contract/distinct-rows.ts';

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
  const { rows, positions } = distinctRows(gradients.map(({ indices }) => indices));
  const sums = new Float32Array(rows.length * width);
  let at = 0;
  for (const { values } of gradients) {
    for (let from = 0; from < values.length; from += width, at++) {
      if (positions[at] === -1) continue;
      const to = positions[at] * width;
      for (let k = 0; k < width; k++) sums[to + k] += values[from + k];
    }
  }
  return { rows, sums };
}
