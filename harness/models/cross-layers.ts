import * as tf from '../../tensors/index.ts';
import { deriveSeed } from '../../base/hash.ts';
import type { BackwardPass, TrainedLayer } from '../contract/model.ts';
import { crossMatrices } from '../ops/cross-matrices.ts';
import { lowRankCross } from '../ops/low-rank-cross.ts';
import { mixedCross } from '../ops/mixed-cross.ts';
import { type BiasedLayer, createLayer, normalMatrix, variablesOf } from './create-layers.ts';

/** The cross layers of DCN V2. */
export interface CrossNetwork {
  readonly variables: readonly tf.Variable[];
  readonly layers: readonly TrainedLayer[];
  /** x_0 -> x_L: [batch, inputs]. */
  crossed(x0: tf.Tensor2D, backward?: BackwardPass): tf.Tensor2D;
}

export interface CrossShape {
  readonly inputs: number;
  readonly cross: number;
  readonly rank: number;
  readonly experts: number;
}

const indices = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Whole matrices: x_{l+1} = x_0 o (x_l W_l + b_l) + x_l. */
export function createWholeCross({ inputs, cross }: CrossShape, seed: number): CrossNetwork {
  const layers = indices(cross).map((l) => createLayer(inputs, inputs, deriveSeed(seed, l)));
  return {
    variables: variablesOf(layers),
    layers,
    crossed: (x0, backward) => crossMatrices(x0, layers, backward),
  };
}

/** Matrices of a rank: W_l = V_l U_l, [inputs, rank] and [rank, inputs]. */
export function createLowRankCross({ inputs, cross, rank }: CrossShape, seed: number): CrossNetwork {
  const pairs = indices(cross).map((l) => ({
    down: createFactor(inputs, rank, deriveSeed(seed, l, 'down')),
    up: createLayer(rank, inputs, deriveSeed(seed, l, 'up')),
  }));
  const layers = pairs.flatMap(({ down, up }) => [down, up]);
  return {
    variables: variablesOf(layers),
    layers,
    crossed: (x0, backward) => lowRankCross(x0, pairs, backward),
  };
}

/**
 * A mixture of K experts of a rank: x_{l+1} = x_0 o (sum_k g_k U_k tanh(C_k tanh(V_k x_l)) + b_l) + x_l, g the softmax of x_l G. The
 * V_k of a layer lie side by side in one matrix, and so do the U_k. All layers share the gates G: [inputs, K], whose gradients
 * are always exact, because one matrix that takes several gradients in a step is no dense layer to an estimate of them.
 */
export function createMixedCross({ inputs, cross, rank, experts }: CrossShape, seed: number): CrossNetwork {
  const gates = normalMatrix(inputs, experts, deriveSeed(seed, 'gates'));
  const all = indices(cross).map((l) => ({
    down: createFactor(inputs, experts * rank, deriveSeed(seed, l, 'down'), inputs + rank),
    squares: indices(experts).map((k) => createFactor(rank, rank, deriveSeed(seed, l, 'square', k))),
    up: createUp(experts * rank, inputs, deriveSeed(seed, l, 'up'), inputs + rank),
  }));
  const layers = all.flatMap(({ down, squares, up }) => [down, ...squares, up]);
  return {
    variables: [gates, ...variablesOf(layers)],
    layers,
    crossed: (x0, backward) => mixedCross(x0, gates, all, backward),
  };
}

/** A matrix without a bias. `sides`: rows and columns of the matrices that are side by side in it. */
function createFactor(rows: number, columns: number, seed: number, sides = rows + columns): TrainedLayer {
  return { weights: normalMatrix(rows, columns, seed, Math.sqrt(2 / sides)), input: 'activations' };
}

function createUp(rows: number, columns: number, seed: number, sides: number): BiasedLayer {
  const bias = tf.tidy(() => tf.variable(tf.zeros<tf.Rank.R1>([columns])));
  return { weights: normalMatrix(rows, columns, seed, Math.sqrt(2 / sides)), bias, input: 'activations' };
}
