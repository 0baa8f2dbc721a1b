import * as tf from '../../../tensors/index.ts';
import { beforeAll, expect, test } from 'vitest';
import { optimizerRules } from '../../../harness/contract/backend.ts';
import { DenseOptimizer } from '../../../harness/optimizers/dense-optimizer.ts';
import { optimizers } from '../../../harness/optimizers/index.ts';
import { normals } from '../native/numbers.ts';
import { describeGpu, openGpu } from './describe-gpu.ts';
import { sizeOf } from './on-gpu.ts';

/** Dense steps against the rules' form on rows, which counts in doubles and has an oracle of its own. */

beforeAll(async () => {
  await openGpu();
});

const shapes = [[], [1], [7], [3, 17], [1, 255], [33, 31], [2, 3, 4], [130, 70]];
const steps = 4;
const gradientAt = (size: number, step: number) =>
  normals(size, 10 * step).map((g) => g * [1, 1e-4, 100][step % 3]);

describeGpu('an optimizer step on dense variables', () => {
  test.each(optimizerRules)('%s', async (name) => {
    const rule = optimizers[name];
    const variables = shapes.map((shape) =>
      tf.tidy(() => tf.variable(tf.tensor(normals(sizeOf(shape), 1), shape))),
    );
    const optimizer = new DenseOptimizer(rule, variables);
    const before = tf.memory().numTensors;
    for (let step = 1; step <= steps; step++)
      tf.tidy(() => {
        const gradients = variables.map(({ name, shape }) => [
          name,
          tf.tensor(gradientAt(sizeOf(shape), step), shape),
        ]);
        optimizer.apply(Object.fromEntries(gradients) as tf.NamedTensorMap, 0.05);
      });
    expect(tf.memory().numTensors).toBe(before);

    for (const [v, shape] of shapes.entries()) {
      const size = sizeOf(shape);
      const width = shape.at(-1) ?? 1;
      const rows = size / width;
      const weights = normals(size, 1);
      const state = rule.stateFloats(rows, width).map((n) => new Float32Array(n));
      for (let step = 1; step <= steps; step++) {
        const every = Uint32Array.from({ length: rows }, (_, i) => i);
        const update = { weights, state, width, rows: every, gradients: gradientAt(size, step) };
        rule.updateRows(update, 0.05, step);
      }
      const found = await variables[v].data();
      weights.forEach((expected, i) => {
        const off = Math.abs(found[i] - expected) / Math.max(1, Math.abs(expected));
        expect(off, `${shape.join(' x ')}, ${i}`).toBeLessThan(4e-6);
      });
    }
    optimizer.dispose();
    tf.dispose(variables);
  });

  test('refuses a variable that shares its memory', () => {
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const clone = tf.clone(variable);
    const optimizer = new DenseOptimizer(optimizers.sgd, [variable]);
    const gradient = tf.tensor1d([1, 1]);
    expect(() => optimizer.apply({ [variable.name]: gradient }, 0.1)).toThrow(/shares its memory/);
    tf.dispose([variable, clone, gradient]);
  });
});
