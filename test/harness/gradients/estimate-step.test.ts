import * as tf from '../../../tensors/index.ts';
import { describe, expect, test } from 'vitest';
import { optimizerRules } from '../../../harness/contract/backend.ts';
import { random } from '../../../base/random.ts';
import type { Estimate } from '../../../harness/gradients/stream-batch.ts';
import { DenseOptimizer } from '../../../harness/optimizers/dense-optimizer.ts';
import { optimizers } from '../../../harness/optimizers/index.ts';
import { describeBackends, openOnce } from '../../backends/compared.ts';

const stream = random(3);
const normals = (...shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => stream.normal()),
    shape,
  );

/** A step by an estimate against the same optimizer's step by the gradient that it stands for. */
describeBackends('a step by an estimate on', (backend) => {
  describe.each(optimizerRules)('%s', (rule) => {
    // The last has more floats than are there at once.
    test.each([
      [1, 1, 1],
      [5, 1, 1],
      [3, 17, 2],
      [33, 31, 8],
      [130, 140, 3],
    ])('[%i, %i] of rank %i', async (input, output, k) => {
      await openOnce(backend);
      const start = normals(input, output);
      const [whole, estimated] = tf.tidy(() => [1, 1].map((one) => tf.variable(tf.mul(start, one))));
      const byGradient = new DenseOptimizer(optimizers[rule], [whole]);
      const byEstimate = new DenseOptimizer(optimizers[rule], [estimated]);
      for (let step = 0; step < 3; step++) {
        const estimate = {
          inputs: tf.variable(normals(k, input)),
          outputs: tf.variable(normals(k, output)),
          sigma: tf.variable(normals(k)),
        } as Estimate;
        const { inputs, outputs, sigma } = estimate;
        const gradient = tf.matMul(
          tf.mul<tf.Tensor2D>(inputs, tf.reshape(sigma, [k, 1])),
          outputs,
          true,
          false,
        );
        byGradient.apply({ [whole.name]: gradient }, 0.05);
        byEstimate.begin(0.05);
        byEstimate.update({}, new Map([[estimated, estimate]]));
      }
      const furthest = async (a: tf.Tensor, b: tf.Tensor) => (await tf.max(tf.abs(tf.sub(a, b))).data())[0];
      expect(await furthest(estimated, whole)).toBeLessThan(2e-5);
      expect(await furthest(estimated, start)).toBeGreaterThan(1e-6);
    });
  });
});
