import * as tf from '../../tensors/index.ts';
import { deriveSeed } from '../../base/hash.ts';
import { random } from '../../base/random.ts';
import type { TrainingPlace } from '../../harness/contract/method.ts';
import { computedTensor } from '../../harness/ops/computed-tensor.ts';

/** 1 for the active coordinates of fields as they are when the step runs, 0 for the others: [1, fields, dim]. */
export function activeCoordinates(widths: Uint32Array, dim: number): tf.Tensor3D {
  const fill = (active: Float32Array) =>
    widths.forEach((width, f) => active.fill(1, f * dim, f * dim + width));
  return computedTensor([1, widths.length, dim], fill) as tf.Tensor3D;
}

/**
 * Vectors whose coordinates come of other samples of the batch: each coordinate of each field goes round by a number of samples of
 * its own, drawn in every step. [batch, fields, dim]
 */
export function shuffled(
  vectors: tf.Tensor3D,
  seed: number,
  { counter }: Pick<TrainingPlace, 'counter'>,
): tf.Tensor3D {
  const [batch, fields, dim] = vectors.shape;
  const width = fields * dim;
  const places = (into: Float32Array, [index]: Float64Array) => {
    const stream = random(deriveSeed(seed, 'dim-grow', index));
    for (let column = 0; column < width; column++) {
      let from = Math.floor(batch * stream.uniform());
      for (let at = column; at < into.length; at += width) {
        into[at] = from * width + column;
        if (++from === batch) from = 0;
      }
    }
  };
  const from = tf.cast(computedTensor([batch * width], places, counter), 'int32');
  return tf.reshape<tf.Rank.R3>(tf.gather(tf.reshape(vectors, [batch * width]), from), [batch, fields, dim]);
}

/**
 * Each active coordinate as far as its gate σ(temperature * logit) is open, and for the rest that of another sample, from which
 * nothing is learned; 0 for the others. vectors, others: [batch, fields, dim]; logits: [fields, dim]; active: [1, fields, dim].
 */
export function gated(
  vectors: tf.Tensor3D,
  others: (vectors: tf.Tensor3D) => tf.Tensor3D,
  logits: tf.Tensor2D,
  active: tf.Tensor3D,
  temperature: number,
): tf.Tensor3D {
  const op = tf.customGrad((...args) => {
    const [x, logits, save] = args as unknown as [tf.Tensor3D, tf.Tensor2D, tf.GradSaveFunc];
    const gates = tf.sigmoid(tf.mul(logits, temperature));
    const other = others(x);
    const difference = tf.mul(tf.sub(x, other), active);
    // A tensor that is not saved is gone when the slopes are wanted.
    save([difference, gates, active]);
    return {
      value: tf.add(tf.mul(other, active), tf.mul(difference, gates)),
      gradFunc: (dy: tf.Tensor, [difference, gates, active]: tf.Tensor[]) => {
        const slopes = tf.mul(tf.mul(gates, tf.sub(1, gates)), temperature);
        return [tf.mul(dy, tf.mul(gates, active)), tf.mul(tf.sum(tf.mul(dy, difference), 0), slopes)];
      },
    };
  });
  return op(vectors, logits) as tf.Tensor3D;
}

/** A tenth of the mean over active gates of each by its place: the first coordinates of a field cost most. */
export function gatePenalty(logits: tf.Tensor2D, active: tf.Tensor3D, temperature: number): tf.Scalar {
  const [, dim] = logits.shape;
  const byPlace = tf.tensor2d(Float32Array.from({ length: dim }, (_, j) => 0.1 / (j + 1)), [1, dim]); // prettier-ignore
  const gates = tf.mul(tf.sigmoid(tf.mul(logits, temperature)), tf.mul(active, byPlace));
  return tf.div(tf.sum(gates), tf.sum(active));
}
