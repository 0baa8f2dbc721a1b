/**
 * The meaning of an id on a day: an additive effect and a latent vector, both computed from a hash of (field, id), so that ten
 * million ids take no memory. Rarer ids deviate less from their field's mean, as shrunken estimates would.
 */
import { deriveSeed, mix32 } from '../../../base/hash.ts';
import type { CategoryColumn } from '../columns.ts';
import { latentLength } from '../integers.ts';
import { probabilityOf } from '../zipf.ts';
import { change, firstOrderCorrelation, shrinkPower, steadyRanks, typicalShare } from './parts.ts';
import { weightsOf } from './weights.ts';

/** Floats of a meaning: the effect, then the vector. */
export const meaningLength = 1 + latentLength;

const byteMean = 127.5;
const byteDeviation = Math.sqrt((256 ** 2 - 1) / 12);

/** Writes the meaning of rank `id` to `out[at ...]`. The vector is not centred; a missing id (-1) has a vector of zeros. */
export type Meaning = (id: number, day: number, out: Float64Array, at: number) => void;

export function meaningOf(column: CategoryColumn, seed: number, drift: number): Meaning {
  const first = deriveSeed(seed, 'meaning', column.name, 0);
  const second = deriveSeed(seed, 'meaning', column.name, 1);
  const third = deriveSeed(seed, 'meaning', column.name, 'day');
  const { effect, latent } = weightsOf[column.name];
  const hasVector = latent > 0;
  const latentScale = latent / byteDeviation;
  const shrink = shrinkOf(column);
  const moving = Math.sqrt(change.meaning * drift);
  const staying = Math.sqrt(1 - change.meaning * drift);
  const fromVector = hasVector ? firstOrderCorrelation : 0;
  const fromOwn = Math.sqrt(1 - fromVector ** 2);

  const ownScale = (fromOwn * effect) / (2 * byteDeviation); // the sum of 4 bytes has twice a byte's deviation
  const vectorEffect = (fromVector * effect) / byteDeviation;

  /** Adds `weight` times the effect and the vector of a key. */
  const add = (key: number, weight: number, vector: boolean, out: Float64Array, at: number): void => {
    const bytes = (key & 255) + ((key >>> 8) & 255) + ((key >>> 16) & 255) + (key >>> 24);
    out[at] += (bytes - 4 * byteMean) * weight * ownScale;
    if (!vector) return;
    const scale = weight * latentScale;
    for (let word = 0; word < latentLength; word += 4) {
      const bits = mix32(key + word + 1);
      if (word === 0) out[at] += ((bits & 255) - byteMean) * weight * vectorEffect;
      const to = at + 1 + word;
      for (let j = 0; j < 4; j++) out[to + j] += (((bits >>> (8 * j)) & 255) - byteMean) * scale;
    }
  };
  return (id, day, out, at) => {
    for (let j = at, end = at + meaningLength; j < end; j++) out[j] = 0;
    const key = mix32(mix32(id ^ first) + second);
    const size = shrink[id < 0 ? 0 : 32 - Math.clz32(id)];
    const vector = hasVector && id >= 0;
    if (id < steadyRanks || moving === 0) {
      add(key, size, vector, out, at);
    } else {
      add(key, size * staying, vector, out, at);
      add(mix32(key + third + day), size * moving, vector, out, at);
    }
  };
}

/**
 * Per octave of the rank (32 - leading zeros; 0 is rank 0 and a missing id): ids rarer than `typicalShare` of the rows deviate less, by
 * a power of their share. The law is that of scale 1, so that an id means the same at any scale.
 */
function shrinkOf(column: CategoryColumn): Float64Array {
  const share = probabilityOf(column);
  return Float64Array.from({ length: 33 }, (_, bits) => {
    const middle = bits < 2 ? bits : 1.5 * 2 ** (bits - 1);
    return Math.min(1, share(middle) / typicalShare) ** shrinkPower;
  });
}
