import * as tf from '../../tensors/index.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import { random } from '../../base/random.ts';
import { fakeQuantize } from '../../methods/shared/precision/fake-quantize.ts';
import {
  endsOf,
  nearestInteger,
  planWithBits,
  roundAtRandom,
  usualStep,
} from '../../methods/shared/precision/integer-grid.ts';
import { gradientsOfRows, touchedRows } from '../../methods/shared/rows/full-table.ts';

beforeAll(async () => {
  await cpu.open({});
});

test.each([
  [2, -2, 1],
  [4, -8, 7],
  [8, -128, 127],
])('%i bits reach from %i to %i', (bits, lowest, highest) => {
  expect(endsOf(bits)).toEqual({ lowest, highest });
});

test.each([
  [0.3, 0.25, 1],
  [0.625, 0.25, 2], // 2.5: ties to even
  [0.875, 0.25, 4],
  [-0.125, 0.25, 0],
  [9, 0.25, 7],
  [-9, 0.25, -8],
])('%d in steps of %d is the integer %i of four bits', (x, step, integer) => {
  expect(nearestInteger(x, step, endsOf(4))).toBe(integer);
});

test('steps are .01 in 8 bits, and wider by the cube root of the largest integer in fewer', () => {
  expect(usualStep(8)).toBe(Math.fround(0.01));
  expect(usualStep(4)).toBeCloseTo(0.01 * (127 / 7) ** (1 / 3), 8);
  expect(usualStep(2)).toBeCloseTo(0.01 * 127 ** (1 / 3), 8);
});

test('the most bits that fit are taken, or those that are asked for', () => {
  const planAt = (bits: number) =>
    bits <= 5 ? { tables: [], choices: { bits }, embed: () => expect.fail() } : infeasible(bits);
  const infeasible = (bits: number) => ({ smallestBytes: bits, reason: '' });
  expect(planWithBits(undefined, planAt)).toMatchObject({ choices: { bits: 5 } });
  expect(planWithBits(3, planAt)).toMatchObject({ choices: { bits: 3 } });
  expect(planWithBits(8, planAt)).toEqual(infeasible(8));
  expect(planWithBits(undefined, infeasible)).toEqual(infeasible(2));
});

test('the rows of a batch are those of its ids, each once, with the sum of its gradients', async () => {
  const touched = touchedRows({ ids: Uint32Array.of(0, 2, 1, 2, 0, 0) }, [0, 10]);
  expect([...touched.rows]).toEqual([0, 12, 1, 10]);
  expect([...touched.positions]).toEqual([0, 1, 2, 1, 0, 3]);
  const gradient = tf.tensor2d([1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60], [6, 2]);
  const table = { width: 2, parts: [] };
  const sums = await gradientsOfRows({ gradients: [{ table, gradient }] }, touched);
  expect([...sums]).toEqual([6, 60, 6, 60, 3, 30, 6, 60]);
});

describe('rounding at random', () => {
  const rounded = (values: readonly number[], step: number, bits: number, seed: number) => {
    const floats = Float32Array.from(values);
    roundAtRandom(floats, { from: 0, count: floats.length }, step, endsOf(bits), seed);
    return [...floats];
  };

  test('goes to one of the neighbours, and to the float itself on average', () => {
    const values = [0.1, -0.1, 0.6, -1.3];
    const draws = 4000;
    const all = Array.from({ length: draws }, (_, seed) => rounded(values, 0.25, 4, seed));
    const neighbours = [[0, 0.25], [-0.25, 0], [0.5, 0.75], [-1.5, -1.25]]; // prettier-ignore
    neighbours.forEach((two, i) => expect(new Set(all.map((x) => x[i]))).toEqual(new Set(two)));
    const sums = values.map((_, i) => all.reduce((sum, x) => sum + x[i], 0));
    // Four standard deviations of a mean of so many draws, which are .25 / 2 at most.
    sums.forEach((sum, i) =>
      expect(Math.abs(sum / draws - values[i])).toBeLessThan((4 * 0.125) / Math.sqrt(draws)),
    );
  });

  test('is another one at every place and with every seed, and the same with the same', () => {
    const values = Array.from({ length: 64 }, () => 0.1);
    expect(new Set(rounded(values, 0.2, 8, 1)).size).toBe(2);
    expect(rounded(values, 0.2, 8, 1)).not.toEqual(rounded(values, 0.2, 8, 2));
    expect(rounded(values, 0.2, 8, 1)).toEqual(rounded(values, 0.2, 8, 1));
  });

  test.each([2, 8, 16])('leaves multiples of the step as they are, in %i bits', (bits) => {
    const { lowest, highest } = endsOf(bits);
    const step = usualStep(bits);
    const all = Float32Array.from({ length: highest - lowest + 1 }, (_, i) => (lowest + i) * step);
    for (const seed of [1, 2, 3]) expect(rounded([...all], step, bits, seed)).toEqual([...all]);
  });

  test('ends where integers end, and leaves floats outside the span alone', () => {
    expect(rounded([5, -5], 0.25, 4, 1)).toEqual([7 * 0.25, -8 * 0.25]);
    const floats = Float32Array.of(0.1, 0.1, 0.1);
    roundAtRandom(floats, { from: 1, count: 1 }, 1, endsOf(4), 1);
    expect([floats[0], floats[2]]).toEqual([Math.fround(0.1), Math.fround(0.1)]);
    expect(Number.isInteger(floats[1])).toBe(true);
  });
});

describe('quantizing what is looked up', () => {
  const gradientsOf = (x: tf.Tensor3D, steps: tf.Tensor3D, slopes: tf.Tensor3D, bits: number, scale = 1) =>
    tf
      .grads((x, steps) =>
        tf.sum(tf.mul(fakeQuantize(x as tf.Tensor3D, steps as tf.Tensor3D, endsOf(bits), scale), slopes)),
      )([x, steps])
      .map((gradient) => [...gradient.dataSync()]);

  // Steps of a half, integers from -2 to 1: clipped below, above, and inside between 0 and 1.
  const x = tf.tensor3d([-3, 3, 0.4], [1, 1, 3]);
  const half = tf.tensor3d([0.5], [1, 1, 1]);

  test('gives multiples of the step', () => {
    expect([...fakeQuantize(x, half, endsOf(2)).dataSync()]).toEqual([-1, 0.5, 0.5]);
  });

  test.each([
    ['below', [1, 0, 0], -2, [0, 0, 0]],
    ['above', [0, 1, 0], 1, [0, 0, 0]],
    ['inside', [0, 0, 1], 1 - 0.8, [0, 0, 1]], // round(.8) - .8
  ])('passes the gradient of a float that is %s to its step and to it', (_, slopes, ofStep, ofFloats) => {
    const [dx, dStep] = gradientsOf(x, half, tf.tensor3d(slopes, [1, 1, 3]), 2);
    expect(dStep[0]).toBeCloseTo(ofStep, 6);
    expect(dx).toEqual(ofFloats);
  });

  test('has the gradients of the formula, each field of its own step, scaled', () => {
    const stream = random(3);
    const [batch, fields, dim, scale] = [5, 3, 4, 0.1];
    const floats = Float32Array.from({ length: batch * fields * dim }, () => stream.normal());
    const slopes = floats.map(() => stream.normal());
    const steps = Float32Array.of(0.1, 0.3, 1.7);
    const shape: [number, number, number] = [batch, fields, dim];
    const ends = endsOf(3);
    const [dx, dSteps] = gradientsOf(
      tf.tensor3d(floats, shape),
      tf.tensor3d(steps, [1, fields, 1]),
      tf.tensor3d(slopes, shape),
      3,
      scale,
    );
    const expected = [0, 0, 0];
    floats.forEach((w, i) => {
      const f = Math.floor(i / dim) % fields;
      const exact = w / steps[f];
      const clipped = exact <= ends.lowest || exact >= ends.highest;
      expect(dx[i] + 0).toBe(clipped ? 0 : slopes[i]);
      const inside = Math.round(exact) - exact;
      expected[f] += scale * slopes[i] * (clipped ? Math.sign(exact) * (exact < 0 ? 4 : 3) : inside);
    });
    expected.forEach((slope, f) => expect(dSteps[f]).toBeCloseTo(slope, 5));
  });
});
