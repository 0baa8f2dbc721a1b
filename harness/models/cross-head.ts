import * as tf from '../../tensors/index.ts';
import type { BackwardPass, TrainedLayer } from '../contract/model.ts';
import { mlp } from '../ops/mlp.ts';
import { createLayer, createMlp } from './create-layers.ts';
import { deriveSeed } from '../../base/hash.ts';

/** The deep tower of a cross network, and the layer that makes the log-odds of both. */
export interface TowerAndHead {
  readonly layers: readonly TrainedLayer[];
  /** x0, crossed: [batch, inputs] -> [batch]. */
  readonly logits: (x0: tf.Tensor2D, crossed: tf.Tensor2D, backward?: BackwardPass) => tf.Tensor1D;
}

/**
 * An MLP with ReLU after every layer. `parallel`: it sees the network's input, and the head both outputs. `stacked`: it sees what
 * is crossed, and the head its output. `sharesInput`: the cross layers are dense layers that keep the network's input.
 */
export function createTowerAndHead(
  inputs: number,
  hidden: readonly number[],
  structure: 'parallel' | 'stacked',
  seed: number,
  { sharesInput = false } = {},
): TowerAndHead {
  const tower = createMlp([inputs, ...hidden], deriveSeed(seed, 'deep'), 'activations');
  if (sharesInput && structure === 'parallel') tower[0] = { ...tower[0], sharesInput };
  const deepOutputs = hidden.at(-1) ?? inputs;
  const headInputs = structure === 'parallel' ? inputs + deepOutputs : deepOutputs;
  const head = createLayer(headInputs, 1, deriveSeed(seed, 'head'));
  return {
    layers: [...tower, head],
    logits(x0, crossed, backward) {
      const parallel = structure === 'parallel';
      const deep = mlp(parallel ? x0 : crossed, tower, 'relu', 'activations', backward);
      const seen = parallel ? tf.concat2d([crossed, deep], 1) : deep;
      return tf.reshape(mlp(seen, [head], 'linear', 'activations', backward), [-1]);
    },
  };
}
