import type * as tf from '../../tensors/index.ts';
import { mix32 } from '../../base/hash.ts';
import type { Dropout } from '../contract/model.ts';
import { computedTensor } from './computed-tensor.ts';

/** Steps of a probability: a mask takes 16 bits for each of its places. */
const places = 2 ** 16;

/** The probability that an output is kept: 1 - rate to the nearest 16 bits, so that what is divided by it is exact. */
export function keptShare({ rate }: Pick<Dropout, 'rate'>): number {
  return Math.round((1 - rate) * places) / places;
}

/**
 * Inverted dropout (Srivastava et al., JMLR 2014): [batch, width], 1 / keptShare where an output is kept, 0 elsewhere. Place i
 * is kept by half a hash of the seed and i, so that every backend and every method has the same masks.
 */
export function dropoutMask(batch: number, width: number, dropout: Dropout): tf.Tensor2D {
  const share = keptShare(dropout);
  const seedOfStep = dropout.nextSeed();
  const kept = places * share;
  const scale = 1 / share;
  return computedTensor([batch, width], (values) => {
    const seed = seedOfStep();
    for (let i = 0; i < values.length; i += 2) {
      const bits = mix32((seed + Math.imul(i >>> 1, 0x9e3779b9)) | 0);
      if ((bits & 0xffff) < kept) values[i] = scale;
      if (bits >>> 16 < kept) values[i + 1] = scale; // past the end, a typed array ignores it
    }
  }) as tf.Tensor2D;
}
