import * as tf from '../../../tensors/index.ts';
import type { OpenBackend } from '../../../harness/contract/backend.ts';
import type { IndicesInMemory } from '../../../harness/contract/indices.ts';

/**
 * A small model, trained: logistic regression on rows that were looked up. Returns its losses. Throws an Error if the
 * rows do not move as Adagrad's first step must move them: by the learning rate, against the gradient's sign.
 */
export async function trainALittle(backend: OpenBackend, steps = 20, learningRate = 0.1): Promise<number[]> {
  const width = 4;
  const table = { width, parts: [{ rows: 10, init: { mean: 0, halfWidth: 0.5 } }] };
  const rows = backend.createRows!(table, 'adagrad', 1);
  const weights = tf.variable(tf.tensor2d([1, -1, 1, -1], [width, 1]));
  const values = Uint32Array.of(0, 3, 9, 3, 7, 0, 5, 9);
  const indices = { values, batch: values.length, fields: 1 } as IndicesInMemory; // rows need no arithmetic on them
  const labels = tf.tensor2d([1, 0, 1, 0, 0, 1, 1, 1], [values.length, 1]);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const before = await rows.read(0, 10);
    const gradient = tf.tidy(() => {
      const loss = (x: tf.Tensor, w: tf.Tensor) => {
        const logits = tf.matMul(x, w);
        return tf.mean<tf.Scalar>(tf.sub(tf.softplus(logits), tf.mul(labels, logits)));
      };
      const { value, grads } = tf.valueAndGrads(loss)([rows.gather(indices), weights]);
      losses.push(value.dataSync()[0]);
      weights.assign(tf.sub(weights, tf.mul(grads[1], learningRate)));
      return grads[0] as tf.Tensor2D;
    });
    rows.update([{ indices, gradient }], learningRate);
    if (step === 0) expectFirstStep(before, await rows.read(0, 10), values, gradient, learningRate);
    gradient.dispose();
  }
  rows.dispose();
  tf.dispose([weights, labels]);
  return losses;
}

function expectFirstStep(
  before: Float32Array,
  after: Float32Array,
  indices: Uint32Array,
  gradient: tf.Tensor2D,
  learningRate: number,
): void {
  const [, width] = gradient.shape;
  const sums = new Float32Array(before.length);
  gradient.dataSync().forEach((g, i) => {
    sums[indices[Math.floor(i / width)] * width + (i % width)] += g;
  });
  sums.forEach((g, i) => {
    const expected = before[i] - learningRate * Math.sign(g);
    if (!(Math.abs(after[i] - expected) < 1e-5))
      throw new Error(`a row went from ${before[i]} to ${after[i]}, not to ${expected}`);
  });
}
