/** Sums over the ids of a row: effects, and latent vectors that are centred by day. */
import type { CategoryColumn } from '../columns.ts';
import { latentLength } from '../integers.ts';
import { headProbabilities, headRanks } from '../zipf.ts';
import { lawOf } from './fields.ts';
import { meaningLength, meaningOf } from './meaning.ts';
import { weightsOf } from './weights.ts';

/** Sums over the fields of a row, for a block of rows. */
export interface IdSums {
  readonly additive: Float64Array; // [rows]
  readonly latent: Float64Array; // [rows, latentLength], of the vectors
}

/**
 * Adds the ids of rows from .. from+size-1 of a block, all of one day. Every vector is less the mean vector of the day's present ids,
 * so that no id has an average effect through its pairs; a missing id has a vector of zeros, which has the same property.
 */
export function addIds(column: CategoryColumn, seed: number, scale: number, drift: number) {
  const meaning = meaningOf(column, seed, drift);
  const probabilities = headProbabilities(lawOf(column, scale));
  const remembered = headRanks; // ids whose meaning is kept in a table instead of being hashed again for every row
  const table = new Float64Array((remembered + 1) * meaningLength); // [1 + ids, effect | vector]
  const fresh = new Float64Array(meaningLength);
  const mean = new Float64Array(latentLength);
  const hasVector = weightsOf[column.name].latent > 0;
  let today = -1;

  const begin = (day: number): void => {
    today = day;
    for (let id = -1; id < remembered; id++) meaning(id, day, table, (id + 1) * meaningLength);
    mean.fill(0);
    for (const [id, probability] of probabilities.entries()) {
      const at = (id + 1) * meaningLength + 1;
      for (let j = 0; j < latentLength; j++) mean[j] += probability * table[at + j];
    }
    for (let at = meaningLength; at < table.length; at += meaningLength)
      for (let j = 0; j < latentLength; j++) table[at + 1 + j] -= mean[j];
  };

  return (ids: Int32Array, from: number, size: number, day: number, { additive, latent }: IdSums): void => {
    if (day !== today) begin(day);
    for (let row = from; row < from + size; row++) {
      const id = ids[row];
      if (id < remembered) {
        const at = (id + 1) * meaningLength;
        additive[row] += table[at];
        if (!hasVector || id < 0) continue;
        for (let j = 0, to = row * latentLength; j < latentLength; j++) latent[to + j] += table[at + 1 + j];
      } else {
        meaning(id, day, fresh, 0);
        additive[row] += fresh[0];
        if (!hasVector) continue;
        for (let j = 0, to = row * latentLength; j < latentLength; j++)
          latent[to + j] += fresh[1 + j] - mean[j];
      }
    }
  };
}
