import * as tf from '../../../tensors/index.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { none, optimizerRules, type OptimizerRule } from '../../../harness/contract/backend.ts';
import type { Table } from '../../../harness/contract/method.ts';
import { random } from '../../../base/random.ts';
import { HostRows } from '../../../harness/embedding/host-rows.ts';
import { DenseOptimizer } from '../../../harness/optimizers/dense-optimizer.ts';
import { optimizers } from '../../../harness/optimizers/index.ts';
import { column } from '../../column.ts';

beforeAll(async () => {
  await cpu.open({});
});

const width = 3;
const table: Table = { width, parts: [{ rows: 5, init: { mean: 0, halfWidth: 1 } }] };
const rate = 0.1;

/** The rules once more, in doubles, on a plain matrix: rows without a gradient do not move, duplicates are summed. */
function oracle(rule: OptimizerRule, weights: number[][], steps: Map<number, number[]>[]): number[][] {
  const s = weights.map((row) => row.map(() => 0));
  const v = weights.map((row) => row.map(() => 0));
  steps.forEach((gradients, i) => {
    const t = i + 1;
    for (const [row, g] of gradients) {
      const squares = g.reduce((sum, x) => sum + x * x, 0);
      for (let k = 0; k < g.length; k++) {
        if (rule === 'sgd') weights[row][k] -= rate * g[k];
        else if (rule === 'adam') {
          s[row][k] = 0.9 * s[row][k] + 0.1 * g[k];
          v[row][k] = 0.999 * v[row][k] + 0.001 * g[k] ** 2;
          const mean = s[row][k] / (1 - 0.9 ** t);
          weights[row][k] -= (rate * mean) / (Math.sqrt(v[row][k] / (1 - 0.999 ** t)) + 1e-8);
        } else if (rule === 'ftrl') {
          // McMahan et al., Algorithm 1, with beta 1, l1 0 and l2 1; z begins with what gives the weight.
          const slope = (n: number) => (1 + Math.sqrt(n)) / rate + 1;
          if (v[row][k] === 0) s[row][k] = -weights[row][k] * slope(0);
          const sigma = (Math.sqrt(v[row][k] + g[k] ** 2) - Math.sqrt(v[row][k])) / rate;
          s[row][k] += g[k] - sigma * weights[row][k];
          v[row][k] += g[k] ** 2;
          weights[row][k] = -s[row][k] / slope(v[row][k]);
        } else {
          s[row][k] += rule === 'adagrad' ? g[k] ** 2 : squares / g.length;
          weights[row][k] -= (rate * g[k]) / (Math.sqrt(s[row][k]) + 1e-10);
        }
      }
    }
  });
  return weights;
}

const stream = random(3);
const gradientOf = (rows: number) => Array.from({ length: rows * width }, () => Math.fround(stream.normal()));

describe.each(optimizerRules)('%s', (rule) => {
  test('on rows: duplicates summed, untouched rows still, none ignored', async () => {
    const rows = new HostRows(table, rule, 1);
    const start = await matrix(rows);
    const looked = [[0, 2, 2, none], [4, 2, 4, 4], [2, 2, 2, 2], [0, 4, 1, none]]; // prettier-ignore
    const summed = looked.map((indices) => {
      const values = gradientOf(indices.length);
      const gradient = tf.tensor2d(values, [indices.length, width]);
      // Two lookups of one table in a step count as one batch.
      rows.update(
        [
          { indices: column(...indices.slice(0, 2)), gradient: tf.slice(gradient, [0, 0], [2, width]) },
          { indices: column(...indices.slice(2)), gradient: tf.slice(gradient, [2, 0], [2, width]) },
        ],
        rate,
      );
      const sums = new Map<number, number[]>();
      indices.forEach((row, i) => {
        if (row === none) return;
        const sum = sums.get(row) ?? [0, 0, 0];
        sums.set(row, sum.map((x, k) => x + values[i * width + k])); // prettier-ignore
      });
      return sums;
    });
    const expected = oracle(rule, start.map((row) => [...row]), summed); // prettier-ignore
    const found = await matrix(rows);
    found.forEach((row, i) => row.forEach((x, k) => expect(x).toBeCloseTo(expected[i][k], 5)));
    expect(found[3]).toEqual(start[3]);
  });

  test('on dense tensors it is the same rule', () => {
    const start = Array.from({ length: 5 }, () => gradientOf(1));
    const variable = tf.variable(tf.tensor2d(start));
    const optimizer = new DenseOptimizer(optimizers[rule], [variable]);
    const steps = Array.from({ length: 4 }, () => {
      const gradient = tf.tensor2d(gradientOf(5), [5, width]);
      optimizer.apply({ [variable.name]: gradient }, rate);
      return new Map(gradient.arraySync().map((row, i) => [i, row]));
    });
    const expected = oracle(rule, start.map((row) => [...row]), steps); // prettier-ignore
    variable.arraySync().forEach((row, i) => row.forEach((x, k) => expect(x).toBeCloseTo(expected[i][k], 4)));
    optimizer.dispose();
    variable.dispose();
  });

  test('on a scalar it is a row of one', () => {
    const variable = tf.variable(tf.scalar(2));
    const optimizer = new DenseOptimizer(optimizers[rule], [variable]);
    optimizer.apply({ [variable.name]: tf.scalar(0.5) }, rate);
    const expected = oracle(rule, [[2]], [new Map([[0, [0.5]]])]);
    expect(variable.dataSync()[0]).toBeCloseTo(expected[0][0], 5);
    optimizer.dispose();
    variable.dispose();
  });

  test('leaves no tensors behind', () => {
    const before = tf.memory().numTensors;
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const optimizer = new DenseOptimizer(optimizers[rule], [variable]);
    tf.tidy(() => optimizer.apply({ [variable.name]: tf.tensor1d([1, 1]) }, rate));
    optimizer.dispose();
    variable.dispose();
    expect(tf.memory().numTensors).toBe(before + 1); // the tensor that variable() copied
  });
});

test('state is counted: none, as much as the table, one per row, twice the table', () => {
  const state = (rule: OptimizerRule) => new HostRows(table, rule, 1).stateBytes;
  expect(optimizerRules.map(state)).toEqual([0, 60, 20, 120, 120]);
});

test('rows are drawn part by part from their own range, the same for the same seed', async () => {
  const parts = [
    { rows: 1000, init: { mean: 0, halfWidth: 0.5 } },
    { rows: 1000, init: { mean: 1, halfWidth: 0.1 } },
  ];
  const values = await new HostRows({ width: 2, parts }, 'sgd', 7).read(0, 2000);
  const [first, second] = [values.subarray(0, 2000), values.subarray(2000)];
  const near = (bound: number) => (x: number) => Math.abs(x) <= bound;
  expect(first.every(near(0.5))).toBe(true);
  expect(Math.max(...first)).toBeGreaterThan(0.49);
  expect(second.map((x) => x - 1).every(near(0.1001))).toBe(true);
  expect(await new HostRows({ width: 2, parts }, 'sgd', 7).read(0, 2000)).toEqual(values);
  expect(await new HostRows({ width: 2, parts }, 'sgd', 8).read(0, 2000)).not.toEqual(values);
});

test('a row outside the table is an error, not a wrong number', () => {
  const rows = new HostRows(table, 'sgd', 1);
  expect(() => rows.gather(column(5))).toThrow(RangeError);
  expect([...rows.gather(column(none)).dataSync()]).toEqual([0, 0, 0]);
});

test('save and restore bring rows back', async () => {
  const rows = new HostRows(table, 'sgd', 1);
  const before = await rows.read(0, 5);
  rows.save();
  rows.update([{ indices: column(1), gradient: tf.ones([1, width]) }], 1);
  expect(await rows.read(0, 5)).not.toEqual(before);
  rows.restore();
  expect(await rows.read(0, 5)).toEqual(before);
});

async function matrix(rows: HostRows): Promise<number[][]> {
  const values = await rows.read(0, 5);
  return Array.from({ length: 5 }, (_, i) => [...values.subarray(i * width, (i + 1) * width)]);
}
