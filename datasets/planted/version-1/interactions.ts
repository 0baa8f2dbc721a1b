/** The pairwise part of the logit: dot products of the latent vectors of all ids of a row and of its integers. */
import { deriveSeed } from '../../../base/hash.ts';
import { random } from '../../../base/random.ts';
import { latentLength } from '../integers.ts';
import type { IdSums } from './latents.ts';

/** Length of the integers' latent vector, per unit of a factor as the integers show it. */
const integerLatent = 0.3;

/** Adds factor `k`, as observed, to the latent sums of the rows: a direction of its own times its value. */
export function addFactor(k: number, seed: number) {
  const stream = random(deriveSeed(seed, 'direction', k));
  const direction = Float64Array.from({ length: latentLength }, () => integerLatent * stream.normal());
  const square = direction.reduce((sum, x) => sum + x * x, 0);
  return (observed: Float64Array, size: number, { latent, squares }: IdSums): void => {
    for (let row = 0; row < size; row++) {
      const value = observed[row];
      const to = row * latentLength;
      for (let j = 0; j < latentLength; j++) latent[to + j] += value * direction[j];
      squares[row] += value * value * square;
    }
  };
}

/** The sum over pairs of dot products is (|sum|^2 - sum of |each|^2) / 2: linear in the number of fields. */
export function interact({ latent, squares }: IdSums, size: number, interactions: Float64Array): void {
  for (let row = 0; row < size; row++) {
    let length = 0;
    for (let at = row * latentLength, end = at + latentLength; at < end; at++)
      length += latent[at] * latent[at];
    interactions[row] = (length - squares[row]) / 2;
  }
}
