/** The integers' part of the logit. */
import type { IntegerColumn } from '../columns.ts';
import { standardizedLog } from '../integers.ts';

/**
 * Adds a column to the integers' part of the logit and to what the interactions see of its factor. Both read what a model
 * reads, so nothing of the truth is hidden from it.
 */
export function addIntegers(column: IntegerColumn) {
  const { effect, loading } = column;
  const standardized = standardizedLog(column);
  const small = Float64Array.from({ length: 4096 }, (_, count) => standardized(count)); // logarithms are slow
  return (values: Int32Array, size: number, signal: Float64Array, observed: Float64Array): void => {
    for (let row = 0; row < size; row++) {
      const count = Math.max(values[row], 0);
      const x = count < small.length ? small[count] : standardized(count);
      signal[row] += effect * x;
      observed[row] += loading * x;
    }
  };
}
