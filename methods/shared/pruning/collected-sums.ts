import * as tf from '../../../tensors/index.ts';
import type { Lookup, Weight } from '../../../harness/contract/method.ts';

/** A sum over the steps of a training, in which each step counts the less the longer ago it was. */
export interface CollectedSums {
  readonly weight: Weight;
  /** Share of the steps that the sum remembers: a step that long ago counts for 1 / e. */
  readonly window: number;
}

/** The weight that holds such a sum. It starts at zeros and is trained by no gradient of the loss. */
export function sumsOf(shape: readonly number[]): Weight {
  return {
    shape,
    init: { mean: 0, halfWidth: 0 },
    // With this rule and rate, a step adds the negative of what is handed back in the place of a gradient.
    optimizer: { rule: 'sgd', learningRate: 1 },
  };
}

/**
 * Vectors as they are, [batch, fields, width]; on the way back, `statistic` of them and their gradient is added to the sums. This way
 * a statistic of gradients is computed where they are, replayed as other operations are, and restored with an earlier epoch.
 * Schedules of the learning rate scale what a step adds, of all sums alike.
 */
export function collect(
  { weight, training }: Pick<Lookup, 'weight' | 'training'>,
  { weight: sums, window }: CollectedSums,
  vectors: tf.Tensor3D,
  statistic: (vectors: tf.Tensor3D, gradients: tf.Tensor3D, sums: tf.Tensor) => tf.Tensor,
): tf.Tensor3D {
  const forgotten = training ? Math.min(1, 1 / (window * training.steps)) : 0;
  const op = tf.customGrad((...args) => {
    const [x, sums, save] = args as unknown as [tf.Tensor3D, tf.Tensor, tf.GradSaveFunc];
    save([x, sums]);
    return {
      value: x.clone(),
      gradFunc: (dy: tf.Tensor, [x, sums]: tf.Tensor[]) => {
        if (training === undefined) return [dy, tf.zerosLike(sums)];
        const added = statistic(x as tf.Tensor3D, dy as tf.Tensor3D, sums);
        return [dy, tf.sub(tf.mul(sums, forgotten), added)];
      },
    };
  });
  return op(vectors, weight(sums));
}
