import { z } from 'zod';
import type * as tf from '../../tensors/index.ts';
import { firstOrderSum } from '../ops/first-order-sum.ts';
import { fmInteraction } from '../ops/fm-interaction.ts';
import type { ModelShape } from '../contract/model.ts';
import { normalMatrix } from './create-layers.ts';

/** An option of models with a factorization machine. */
export const denseOption = z
  .enum(['embedded', 'linear'])
  .default('embedded')
  .describe('dense features have vectors too, or only weights');

/** A factorization machine on ids and, where they are embedded, on dense features: the terms of first and second order. */
export interface FactorizationMachine {
  readonly variables: readonly tf.Variable[];
  /** Its part of the log-odds, without the weights of dense features and the bias: [batch]. */
  logits(dense: tf.Tensor2D, vectors: tf.Tensor3D): tf.Tensor1D;
}

/** Vectors of dense features begin as N(0, .01^2), as in libFM. With vectors of width 1 there is nothing of second order. */
export function createFactorizationMachine(
  { denseFields, dim }: ModelShape,
  kind: z.infer<typeof denseOption>,
  seed: number,
): FactorizationMachine {
  if (dim === 1) return { variables: [], logits: (_, vectors) => firstOrderSum(vectors) };
  if (denseFields === 0 || kind === 'linear')
    return { variables: [], logits: (_, vectors) => fmInteraction(vectors) };
  const factors = normalMatrix(denseFields, dim - 1, seed, 0.01);
  return {
    variables: [factors],
    logits: (dense, vectors) => fmInteraction(vectors, { dense, factors }),
  };
}
