/**
 * The meaning of an id: an additive effect and a latent vector, both computed from a hash of (field, id), so that ten million
 * ids take no memory. Rarer ids deviate less from their field's mean, as shrunken estimates would.
 */
import { deriveSeed, mix32 } from '../../../base/hash.ts';
import type { CategoryColumn } from '../columns.ts';
import { latentLength } from '../integers.ts';

/** The parts of the logit that come from ids, summed over fields, for a block of rows. */
export interface IdSums {
  readonly additive: Float64Array; // [rows]
  readonly latent: Float64Array; // [rows, latentLength], the sum of the latent vectors
  readonly squares: Float64Array; // [rows], the sum of their squared lengths
}

/** Rank from which effects and latent vectors shrink, and the power of the rank by which they do. */
const shrinkFrom = 64;
const shrinkPower = 0.6;

/** Per octave of the rank (32 - leading zeros), so that no power is taken per row. */
const shrink = Float64Array.from(
  { length: 33 },
  (_, bits) => Math.max(1, 2 ** (bits - 1) / shrinkFrom) ** -shrinkPower,
);

const byteMean = 127.5;
const byteDeviation = Math.sqrt((256 ** 2 - 1) / 12);

/** Ids whose meaning is kept in a table instead of being hashed again for every row. */
const remembered = 1024;

/** Adds the ids of one field (`ids[row]`, -1 for missing) to the sums of the rows. */
export function addIds(column: CategoryColumn, seed: number) {
  const meaning = meaningOf(column, seed);
  const stride = latentLength + 2;
  const table = new Float64Array((remembered + 1) * stride); // [1 + ids, effect | square | vector]
  for (let id = -1; id < remembered; id++) meaning(id, table, (id + 1) * stride);
  const fresh = new Float64Array(stride);
  const hasVector = column.latent > 0;

  return (ids: Int32Array, size: number, { additive, latent, squares }: IdSums): void => {
    for (let row = 0; row < size; row++) {
      const id = ids[row];
      let from = table;
      let at = (id + 1) * stride;
      if (id >= remembered) {
        meaning(id, fresh, 0);
        from = fresh;
        at = 0;
      }
      additive[row] += from[at];
      if (!hasVector) continue;
      squares[row] += from[at + 1];
      for (let j = at + 2, to = row * latentLength; j < at + stride; j++, to++) latent[to] += from[j];
    }
  };
}

/** Writes an id's effect, the squared length of its latent vector, and the vector to `out[at ...]`, from hashed bytes. */
function meaningOf(column: CategoryColumn, seed: number) {
  const first = deriveSeed(seed, 'meaning', column.name, 0);
  const second = deriveSeed(seed, 'meaning', column.name, 1);
  const effectScale = column.effect / (2 * byteDeviation); // the sum of 4 bytes has twice a byte's deviation
  const latentScale = column.latent / byteDeviation;
  return (id: number, out: Float64Array, at: number): void => {
    const octave = id < 0 ? 0 : 32 - Math.clz32(id);
    const key = mix32(mix32(id ^ first) + second);
    const bytes = (key & 255) + ((key >>> 8) & 255) + ((key >>> 16) & 255) + (key >>> 24);
    out[at] = (bytes - 4 * byteMean) * effectScale * shrink[octave];
    if (latentScale === 0) return;

    const scale = latentScale * shrink[octave];
    let square = 0;
    for (let word = 0; word < latentLength; word += 4) {
      const bits = mix32(key + word + 1);
      for (let j = 0; j < 4; j++) {
        const value = (((bits >>> (8 * j)) & 255) - byteMean) * scale;
        out[at + 2 + word + j] = value;
        square += value * value;
      }
    }
    out[at + 1] = square;
  };
}
