import * as tf from '../../../tensors/index.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { random } from '../../../base/random.ts';
import { orthonormalRows } from '../../../harness/gradients/orthonormal-rows.ts';
import { type Estimate, streamBatch, subBatch } from '../../../harness/gradients/stream-batch.ts';
import { StreamedGradients } from '../../../harness/gradients/streamed-gradients.ts';
import { describeBackends, openOnce } from '../../backends/compared.ts';
import * as oracle from './streaming-oracle.ts';
import { matrixOf, minus, multiply, norm, normals, randomMatrix, transpose } from './streaming-oracle.ts';

beforeAll(async () => {
  await cpu.open({});
});

const [inputs, outputs] = [40, 30];

function startOf(rank: number, [input, output] = [inputs, outputs], seed = 1) {
  const layer = {
    weights: tf.variable(tf.zeros<tf.Rank.R2>([input, output])),
    bias: tf.variable(tf.zeros<tf.Rank.R1>([output])),
    input: 'data' as const,
  };
  const streamed = new StreamedGradients([layer], rank, seed);
  const estimate = streamed.estimates.get(layer.weights)!;
  return { layer, streamed, estimate };
}

async function stateOf({ inputs, outputs, sigma }: Estimate): Promise<oracle.State> {
  const [x, d] = [await inputs.array(), await outputs.array()];
  return { X: transpose(x), D: transpose(d), sigma: [...(await sigma.data<'float32'>())] };
}

/** The gradient of the mean loss, as the network passes it on. */
function stream(estimate: Estimate, xs: oracle.Matrix, ds: oracle.Matrix): void {
  tf.tidy(() => streamBatch(estimate, tf.tensor2d(xs), tf.div(tf.tensor2d(ds), xs.length)));
}

const meanGradient = (xs: oracle.Matrix, ds: oracle.Matrix) =>
  multiply(transpose(xs), ds).map((row) => row.map((x) => x / xs.length));
const distance = (found: oracle.Matrix, expected: oracle.Matrix) =>
  norm(minus(found, expected)) / norm(expected);
const cosine = (a: oracle.Matrix, b: oracle.Matrix) =>
  multiply([a.flat()], transpose([b.flat()]))[0][0] / (norm(a) * norm(b));
const rounded = (a: oracle.Matrix) => a.map((row) => row.map(Math.fround));

/** x_b = a_b u, d_b = c_b v, with noise: the mean of x d^T is of rank 1, or almost. */
function ofRankOne(rows: number, noise: number, seed = 5): [xs: oracle.Matrix, ds: oracle.Matrix] {
  const stream = random(seed);
  const [[u], [v]] = [normals(1, inputs, stream), normals(1, outputs, stream)];
  const around = (direction: readonly number[], strength: number) =>
    rounded([direction.map((x) => strength * x + noise * stream.normal())])[0];
  const strengths = Array.from({ length: rows }, () => stream.normal());
  return [strengths.map((s) => around(u, s)), strengths.map((s) => around(v, s))];
}

/** Rows with a covariance between inputs and errors of this rank. */
function ofRank(rank: number, rows: number): [xs: oracle.Matrix, ds: oracle.Matrix] {
  const hidden = randomMatrix(rows, rank, 8).map((row) => row.map((x, j) => x / 2 ** j));
  const [a, b] = [randomMatrix(rank, inputs, 9), randomMatrix(rank, outputs, 10)];
  return [rounded(multiply(hidden, a)), rounded(multiply(hidden, b))];
}

function expectOrthonormal(rows: oracle.Matrix, precision = 2e-6): void {
  const products = multiply(rows, transpose(rows));
  products.forEach((row, i) => row.forEach((x, j) => expect(Math.abs(x - Number(i === j))).toBeLessThan(precision))); // prettier-ignore
}

describe('on the cpu oracle', () => {
  test('the update is that of the papers, in doubles', async () => {
    const { estimate } = startOf(3);
    const [xs, ds] = [randomMatrix(4 * subBatch, inputs, 2), randomMatrix(4 * subBatch, outputs, 3)].map(rounded); // prettier-ignore
    let expected = await stateOf(estimate);
    for (let batch = 0; batch < 3; batch++) {
      stream(estimate, xs, ds);
      expected = oracle.streamed(expected, xs, ds, subBatch);
      const found = await stateOf(estimate);
      expect(distance(found.X, expected.X)).toBeLessThan(1e-4);
      expect(distance(found.D, expected.D)).toBeLessThan(1e-4);
      expect(distance([found.sigma], [expected.sigma])).toBeLessThan(1e-4);
    }
  });

  test('a batch below a sub-batch is one', async () => {
    for (const rows of [1, 5, 31]) {
      const { estimate } = startOf(2);
      const [xs, ds] = [randomMatrix(rows, inputs, 2), randomMatrix(rows, outputs, 3)].map(rounded);
      const expected = oracle.streamed(await stateOf(estimate), xs, ds, rows);
      stream(estimate, xs, ds);
      expect(distance(matrixOf(await stateOf(estimate)), matrixOf(expected)), `${rows}`).toBeLessThan(1e-4);
    }
  });

  // Rank 1, where the estimate is the weighted mean: 40 rows and the 32 of what was there before.
  test('a last sub-batch that is smaller counts for its rows', async () => {
    const { estimate } = startOf(1, [1, 1]);
    const before = matrixOf(await stateOf(estimate))[0][0];
    const xs = Array.from({ length: 40 }, (_, i) => [1 + (i % 3)]);
    const ds = Array.from({ length: 40 }, (_, i) => [i < 32 ? 1 : 5]);
    stream(estimate, xs, ds);
    const sum = xs.reduce((total, [x], i) => total + x * ds[i][0], 0);
    expect(matrixOf(await stateOf(estimate))[0][0]).toBeCloseTo((32 * before + sum) / 72, 5);
  });

  // A simulation of the papers' formulas gives 2.7e-2, 4.1e-4, 6.3e-6, 9.7e-8, whatever directions are drawn.
  test('converges on a stream of rank 1, a batch of 64 sub-batches after the other', async () => {
    const { estimate } = startOf(1);
    const [xs, ds] = ofRankOne(2048, 0);
    const exact = meanGradient(xs, ds);
    const errors: number[] = [];
    for (let batch = 0; batch < 4; batch++) {
      stream(estimate, xs, ds);
      errors.push(distance(matrixOf(await stateOf(estimate)), exact));
    }
    expect(errors[0]).toBeGreaterThan(0.0016);
    expect(errors[0]).toBeLessThan(0.1);
    // Earlier values have 1/65 of the weight in each.
    expect(errors[1] / errors[0]).toBeLessThan(0.03);
    expect(errors[2] / errors[1]).toBeLessThan(0.03);
    expect(errors[3]).toBeLessThan(1e-6);
  });

  test('with noise, comes to the best of rank 1', async () => {
    const { estimate } = startOf(1);
    const [xs, ds] = ofRankOne(2048, 0.3);
    const exact = meanGradient(xs, ds);
    const best = distance(oracle.bestOfRankOne(exact), exact);
    for (let batch = 0; batch < 3; batch++) stream(estimate, xs, ds);
    const found = distance(matrixOf(await stateOf(estimate)), exact);
    expect(best).toBeGreaterThan(0.001);
    expect(found).toBeGreaterThan(0.999 * best);
    expect(found).toBeLessThan(1.1 * best);
  });

  // The estimate does not come nearer, because directions follow each sub-batch's own mean.
  test.each([3, 5])('rank %i on a gradient of rank 3 is its direction', async (rank) => {
    const { estimate } = startOf(rank);
    const [xs, ds] = ofRank(3, 1024);
    for (let batch = 0; batch < 12; batch++) stream(estimate, xs, ds);
    const state = await stateOf(estimate);
    expect(distance(matrixOf(state), meanGradient(xs, ds))).toBeLessThan(0.01);
    expectOrthonormal(transpose(state.X));
    expectOrthonormal(transpose(state.D));
  });

  test('without a gradient directions stay and weights fade', async () => {
    const { estimate } = startOf(2);
    const before = await stateOf(estimate);
    const zeros = (columns: number) => Array.from({ length: 64 }, () => new Array<number>(columns).fill(0));
    for (let batch = 0; batch < 100; batch++) stream(estimate, zeros(inputs), zeros(outputs));
    const { X, D, sigma } = await stateOf(estimate);
    expect(distance(X, before.X)).toBeLessThan(1e-4);
    expect(distance(D, before.D)).toBeLessThan(1e-4);
    sigma.forEach((x) => expect(Math.abs(x)).toBeLessThan(1e-30));
    // And from there it learns again.
    const [xs, ds] = ofRankOne(256, 0);
    for (let batch = 0; batch < 6; batch++) stream(estimate, xs, ds);
    expect(distance(matrixOf(await stateOf(estimate)), meanGradient(xs, ds))).toBeLessThan(1e-2);
  });

  test.each([1e-18, 1e15])('inputs of size %d leave finite numbers', async (size) => {
    const { estimate } = startOf(4);
    const xs = randomMatrix(64, inputs, 2).map((row) => row.map((x) => x * size));
    const ds = randomMatrix(64, outputs, 3);
    for (let batch = 0; batch < 3; batch++) stream(estimate, xs, ds);
    const { X, D, sigma } = await stateOf(estimate);
    expect([...X.flat(), ...D.flat(), ...sigma].every(Number.isFinite)).toBe(true);
    expectOrthonormal(transpose(X));
    expectOrthonormal(transpose(D));
  });

  test('a layer narrower than the rank has its own width as rank, a layer of one output too', async () => {
    const { estimate, streamed } = startOf(8, [5, 3]);
    expect(estimate.inputs.shape).toEqual([3, 5]);
    expect(estimate.outputs.shape).toEqual([3, 3]);
    expect(streamed.bytes).toBe(4 * 3 * (5 + 3 + 1));
    const one = startOf(8, [4, 1]).estimate;
    const [xs, ds] = [randomMatrix(96, 4, 2), randomMatrix(96, 1, 3)].map(rounded);
    // The gradient is noise alone: sub-batches disagree, which costs length, but little of the direction.
    for (let batch = 0; batch < 12; batch++) stream(one, xs, ds);
    expect(cosine(matrixOf(await stateOf(one)), meanGradient(xs, ds))).toBeGreaterThan(0.99);
  });

  test('rows that depend on others, or are nothing, are made up for', async () => {
    const rows = [[1, 2, 0, 0, 0], [2, 4, 0, 0, 0], [0, 0, 0, 0, 0], [1e-25, 0, 3e-25, 0, 0]]; // prettier-ignore
    expectOrthonormal(await tf.tidy(() => orthonormalRows(tf.tensor2d(rows))).array());
  });

  test('the same seed starts with the same directions, another with others', async () => {
    const drawn = async (seed: number) => await startOf(2, [6, 5], seed).estimate.inputs.array();
    expect(await drawn(3)).toEqual(await drawn(3));
    expect(await drawn(3)).not.toEqual(await drawn(4));
    expectOrthonormal(await drawn(3));
  });

  test('leaves no tensors behind', () => {
    const before = tf.memory().numTensors;
    const { layer, streamed, estimate } = startOf(3);
    stream(estimate, randomMatrix(40, inputs, 2), randomMatrix(40, outputs, 3));
    streamed.dispose();
    tf.dispose([layer.weights, layer.bias]);
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(2); // those that variable() copied in startOf
  });
});

describeBackends('the stream on', (backend) => {
  test.each([1, 5])('is that of the papers: rank %i', { timeout: 60_000 }, async (rank) => {
    await openOnce(backend);
    const { estimate } = startOf(rank);
    const [xs, ds] = ofRank(rank, 2 * subBatch);
    let expected = await stateOf(estimate);
    for (let batch = 0; batch < 2; batch++) {
      expected = oracle.streamed(expected, xs, ds, subBatch);
      stream(estimate, xs, ds);
    }
    expect(distance(matrixOf(await stateOf(estimate)), matrixOf(expected))).toBeLessThan(1e-3);
    // 40 rows end with a part of a sub-batch.
    stream(estimate, xs.slice(0, 40), ds.slice(0, 40));
    const state = await stateOf(estimate);
    expectOrthonormal(transpose(state.X));
    expectOrthonormal(transpose(state.D));
  });
});
