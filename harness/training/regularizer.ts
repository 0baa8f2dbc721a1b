import * as tf from '../../tensors/index.ts';
import { deriveSeed } from '../../base/hash.ts';
import type { BackwardPass, Network } from '../contract/model.ts';
import type { TrainingPractice } from '../contract/training-practice.ts';

type Settings = Pick<TrainingPractice, 'l2Network' | 'dropout'> & { readonly dropoutSeed?: number };

/** L2 on a network's own weights, and its dropout; both are off if absent. */
export class Regularizer {
  private readonly settings: Settings;
  private readonly weights: readonly tf.Variable[];
  /** The step that runs, counted from 0. */
  private step = 0;

  constructor({ variables, biases = [] }: Network, settings: Settings) {
    this.settings = settings;
    this.weights = variables.filter((variable) => variable.rank > 1 && !biases.includes(variable));
  }

  /** Goes on to a step, counted from 0. */
  begin(step: number): void {
    this.step = step;
  }

  /** The part of a step's pass through the network that is dropout. */
  pass(): Pick<BackwardPass, 'dropout'> {
    const { dropout: rate, dropoutSeed = 0 } = this.settings;
    if (rate === undefined) return {};
    let layers = 0;
    const nextSeed = () => {
      const layer = layers++;
      return () => deriveSeed(dropoutSeed, this.step, layer);
    };
    return { dropout: { rate, nextSeed } };
  }

  /** Adds lambda w, the gradient of lambda / 2 times the square of every weight w, to the gradients of weights, by name. */
  addTo(gradients: tf.NamedTensorMap): void {
    const { l2Network } = this.settings;
    if (l2Network === undefined) return;
    for (const weight of this.weights) {
      const gradient = gradients[weight.name] as tf.Tensor | undefined;
      if (gradient !== undefined) gradients[weight.name] = tf.add(gradient, tf.mul(weight, l2Network));
    }
  }
}
