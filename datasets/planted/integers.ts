/** The 13 heavy-tailed counts of a row, moved by three factors that lean on the latent vectors of the row's ids. */
import { missingInteger } from '../raw-rows.ts';
import type { IntegerColumn } from './columns.ts';
import { normalDraw, uniformDraw } from './draws.ts';

export const factorCount = 3;

/** Length of an id's latent vector: the rank of the interactions. */
export const latentLength = 8;

/** How much of a factor comes from the row's ids (a correlation); the rest is the row's own. */
const factorFromIds = 0.35;
const largest = 2 ** 24;

/** Factor `k` of rows start, start+1, ...: `factor[row]`, about standard normal. `deviation` is that of one entry of `latent`. */
export function factorOf(k: number, seed: number, deviation: number) {
  const own = normalDraw(seed, `factor/${k}`);
  const fromIds = factorFromIds / deviation;
  const fromRow = Math.sqrt(1 - factorFromIds ** 2);
  return (start: number, size: number, latent: Float64Array, factor: Float64Array): void => {
    for (let row = 0; row < size; row++) {
      factor[row] = fromIds * latent[row * latentLength + k] + fromRow * own(start + row);
    }
  };
}

/** One column's values for a block of rows. */
export function integersOf(column: IntegerColumn, seed: number) {
  const { mean, deviation, offset, missing, loading } = column;
  const own = normalDraw(seed, `integer/${column.name}`);
  const absent = uniformDraw(seed, `missing/${column.group}`);
  const rest = Math.sqrt(1 - loading ** 2);
  return (start: number, size: number, factor: Float64Array, values: Int32Array): void => {
    for (let row = 0; row < size; row++) {
      if (missing > 0 && absent(start + row) < missing) {
        values[row] = missingInteger;
        continue;
      }
      const z = loading * factor[row] + rest * own(start + row);
      values[row] = Math.min(largest, Math.floor(Math.exp(mean + deviation * z))) - offset;
    }
  };
}

/** A count as a model reads it, log(x + 1) with negative and missing as 0, standardized by the column's law; at most 3. */
export function standardizedLog(column: IntegerColumn): (count: number) => number {
  const center = Math.max(column.mean, 0.5);
  const inverseWidth = 1 / Math.min(column.deviation, 2);
  return (count) => Math.min(3, (Math.log(count + 1) - center) * inverseWidth);
}
