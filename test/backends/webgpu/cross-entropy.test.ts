import * as tf from '../../../tensors/index.ts';
import { beforeAll, expect, test } from 'vitest';
import { binaryCrossEntropy } from '../../../harness/ops/binary-cross-entropy.ts';
import { halfUlp, normals } from '../native/numbers.ts';
import type { Given } from '../native/on-both.ts';
import { describeGpu, openGpu } from './describe-gpu.ts';
import { resultsOnGpu } from './on-gpu.ts';

const timeout = 300_000;
beforeAll(async () => {
  await openGpu();
});

const vector = (values: ArrayLike<number>): Given => ({
  shape: [values.length],
  dtype: 'float32',
  values: Array.from(values),
});
const lossAndGradient = (logits: tf.Tensor, labels: tf.Tensor) => {
  const { value, grad } = tf.valueAndGrad((z: tf.Tensor) =>
    tf.mul(binaryCrossEntropy(z as tf.Tensor1D, labels as tf.Tensor1D), 0.7),
  )(logits);
  return [value, grad];
};
const run = (logits: ArrayLike<number>, labels: ArrayLike<number>) =>
  resultsOnGpu([vector(logits), vector(labels)], lossAndGradient);

describeGpu('cross-entropy', () => {
  test.each([1, 3, 130, 1000, 1025, 300_000])(
    'and its gradient against doubles, %i samples, from near 0 to far beyond the range of exp',
    { timeout },
    async (n) => {
      const logits = normals(n, n).map((z, i) => z * [1e-6, 0.1, 1, 10, 100, 1e4][i % 6]);
      const labels = normals(n, n + 1).map((z, i) => (i % 7 === 0 ? 0.3 : Number(z > 0)));
      let loss = 0;
      let magnitude = 0;
      const slopes = Array.from(logits, (z, i) => {
        loss += (Math.max(z, 0) - z * labels[i] + Math.log1p(Math.exp(-Math.abs(z)))) / n;
        magnitude += (2 * Math.abs(z) + 1) / n;
        return ((1 / (1 + Math.exp(-z)) - labels[i]) * 0.7) / n;
      });
      const [value, gradient] = await run(logits, labels);
      expect(Math.abs(value.values[0] - 0.7 * loss)).toBeLessThan(8 * halfUlp * magnitude);
      const furthest = gradient.values.reduce((most, d, i) => Math.max(most, Math.abs(d - slopes[i])), 0);
      expect(furthest).toBeLessThan((8 * halfUlp) / n);
      const again = await run(logits, labels);
      expect(again[0].values).toEqual(value.values);
    },
  );

  test('keeps its digits, also where the loss is tiny', { timeout }, async () => {
    for (const z of [0, 1, 5, 10, 20, 40]) {
      const [loss] = await run([z], [1]);
      const off = Math.abs(loss.values[0] / (0.7 * Math.log1p(Math.exp(-z))) - 1);
      expect(off, `${z}`).toBeLessThan((8 + 4 * z) * 2 * halfUlp); // exp may be off by 3 + 2 |z| units
    }
  });

  test('is NaN where a logit is', { timeout }, async () => {
    const logits = normals(1000, 1);
    logits[789] = NaN;
    const [loss, gradient] = await run(
      logits,
      logits.map(() => 0),
    );
    expect(loss.values[0]).toBeNaN();
    expect(gradient.values.flatMap((d, i) => (Number.isNaN(d) ? [i] : []))).toEqual([789]);
  });
});
