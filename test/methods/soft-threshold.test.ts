import * as tf from '../../tensors/index.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { keepLargest } from '../../methods/shared/pruning/sparse-rows.ts';
import { granularities, softThreshold, softThresholds } from '../../methods/shared/pruning/soft-threshold.ts';
import type { Plan, Table } from '../../harness/contract/method.ts';
import { random } from '../../base/random.ts';
import { trainAlone } from './train-alone.ts';
import { trainedTo } from './trained.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const sigmoid = (s: number) => 1 / (1 + Math.exp(-s));

describe('the soft threshold', () => {
  const x = tf.tensor3d([0.5, -0.5, 0.1, -0.1, 0.3, -2], [1, 2, 3]);

  test('takes the threshold from what is above it, and all from what is not', () => {
    const found = [...softThreshold(x, tf.reshape(tf.scalar(0.25), [1, 1, 1])).dataSync()];
    [0.25, -0.25, 0, 0, 0.05, -1.75].forEach((value, i) => expect(found[i]).toBeCloseTo(value, 6));
  });

  test.each([
    [1, 1],
    [1, 3],
    [2, 1],
    [2, 3],
  ])('has the gradient of finite differences for thresholds [1, %i, %i]', (rows, columns) => {
    const g = tf.tensor3d(
      Float32Array.from({ length: rows * columns }, (_, i) => 0.2 + i / 100),
      [1, rows, columns],
    );
    const slopes = tf.tensor3d([1, 2, 3, 4, 5, 6], [1, 2, 3]);
    const value = (...[x, g]: tf.Tensor3D[]) => tf.sum<tf.Scalar>(tf.mul(softThreshold(x, g), slopes));
    const gradients = tf.grads(value as (...args: tf.Tensor[]) => tf.Tensor)([x, g]);
    [x, g].forEach((input, which) => {
      const values = [...input.dataSync()];
      const at = (i: number, nudge: number) => {
        const moved = tf.tensor3d(
          values.map((v, j) => (i === j ? v + nudge : v)),
          input.shape,
        );
        return value(which === 0 ? moved : x, which === 1 ? moved : g).dataSync()[0];
      };
      expect(gradients[which].shape).toEqual(input.shape);
      gradients[which].dataSync().forEach((slope, i) => {
        expect(slope).toBeCloseTo((at(i, 1e-3) - at(i, -1e-3)) / 2e-3, 1);
      });
    });
  });
});

const cardinalities = [3, 40, 200];
const table: Table = {
  width: 4,
  parts: cardinalities.map((rows) => ({ rows, init: { mean: 0, halfWidth: rows ** -0.5 } })),
};
const floats = 4 * 243;

describe.each(granularities)('thresholds, %s', (granularity) => {
  const nonZeros = 200;
  const thresholds = softThresholds(table, { granularity, start: -15, nonZeros });
  const plan: Plan = {
    tables: [table, thresholds.table],
    choices: {},
    embed: (lookup) => thresholds.rows(lookup, lookup.ids.plus([0, 3, 43])),
    afterStep: (step) => thresholds.afterStep(step),
  };

  // sigmoid(-15) has next to no gradient at first: it is the decay that makes thresholds rise.
  test.each([60, 200])('rise within %i steps until few enough floats are left', async (steps) => {
    const embedding = await trainAlone(plan, {
      backend,
      cardinalities,
      rule: 'sgd',
      rate: 1e-4,
      steps,
      batch: 30,
    });
    const [rows, logits] = [table, thresholds.table].map((table) =>
      embedding.rowsOf(table).read(
        0,
        table.parts.reduce((sum, { rows }) => sum + rows, 0),
      ),
    );
    const scores = await thresholds.scores(trainedTo([[table, await rows], [thresholds.table, await logits]])); // prettier-ignore
    // Above its threshold is what has odds above the threshold's.
    const left = scores.filter((score) => score > 1).length;
    expect(left).toBeLessThanOrEqual(nonZeros);
    expect(left).toBeGreaterThan(0.6 * nonZeros);
    expect((await logits).length).toBe(
      { global: 1, dim: 4, part: 3, 'part-dim': 12, row: 243, entry: floats }[granularity],
    );
    embedding.dispose();
  });

  test('keep what would be left if all were shifted alike', async () => {
    const stream = random(3);
    const values = Float32Array.from({ length: floats }, () => 0.2 * stream.normal());
    const ones = thresholds.table.parts.reduce((sum, { rows }) => sum + rows, 0) * thresholds.table.width;
    const risen = Float32Array.from({ length: ones }, () => 12 + stream.normal());
    const scores = await thresholds.scores(trainedTo([[table, values], [thresholds.table, risen]])); // prettier-ignore
    const kept = keepLargest(values, nonZeros, scores);
    const logitOf = (at: number) => {
      const [row, k] = [Math.floor(at / 4), at % 4];
      const part = row < 3 ? 0 : row < 43 ? 1 : 2;
      return -15 + risen[{ global: 0, dim: k, part, 'part-dim': 4 * part + k, row, entry: at }[granularity]];
    };
    // The shift is between what the least that is kept and the largest that goes can bear.
    const bearable = [...values].map((x, at) => {
      const magnitude = Math.min(Math.abs(x), 0.999999);
      return Math.log(magnitude / (1 - magnitude)) - logitOf(at);
    });
    const shift = Math.min(...bearable.filter((_, at) => kept[at] !== 0)) - 1e-4;
    const left = [...values].map((x, at) => Math.abs(x) > sigmoid(logitOf(at) + shift));
    expect(left.filter(Boolean).length).toBe(nonZeros);
    left.forEach((stays, at) => expect(kept[at]).toBe(stays ? values[at] : 0));
  });
});
