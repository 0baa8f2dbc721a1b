import * as tf from '../../../tensors/index.ts';
import { beforeAll, expect, test } from 'vitest';
import { mlp } from '../../../harness/ops/mlp.ts';
import { expectSame, type Given, resultsOn } from '../native/on-both.ts';
import { describeGpu, openGpu } from './describe-gpu.ts';
import { expectAsOnCpu, given, resultsOnGpu, valueAndGradients } from './on-gpu.ts';

/** Dense layers, their gradients and sums of columns as on the cpu backend, which has none of these kernels. */

const timeout = 300_000;
beforeAll(async () => {
  await openGpu();
});

const layersOf = (parameters: readonly tf.Tensor[]) =>
  Array.from({ length: parameters.length / 2 }, (_, i) => ({
    weights: parameters[2 * i] as tf.Tensor2D,
    bias: parameters[2 * i + 1] as tf.Tensor1D,
  }));

const inputsOf = (batch: number, widths: readonly number[]): Given[] =>
  [[batch, widths[0]], ...widths.slice(1).flatMap((out, i) => [[widths[i], out], [out]])].map((shape, i) =>
    given(shape, i + 1),
  );

const network =
  (last: 'relu' | 'linear') =>
  (x: tf.Tensor, ...parameters: tf.Tensor[]) =>
    mlp(x as tf.Tensor2D, layersOf(parameters), last, 'activations');

const kernel = (name: string, inputs: tf.NamedTensorMap, attributes = {}) =>
  tf.engine().runKernel<tf.Tensor | tf.Tensor[]>(name, inputs, attributes);

describeGpu('dense layers', () => {
  test.each([
    [1, [1, 1], 'linear'],
    [3, [13, 8, 4], 'relu'],
    [130, [13, 20, 5, 1], 'linear'],
    [1000, [4, 36, 1], 'linear'],
  ] as const)('of a batch of %i, %j, %s: values and gradients', { timeout }, async (batch, widths, last) => {
    await expectAsOnCpu(inputsOf(batch, widths), valueAndGradients(network(last)), 2e-4);
  });

  test('of no samples, of no inputs', { timeout }, async () => {
    for (const [batch, widths] of [
      [0, [3, 2]],
      [3, [0, 2]],
    ] as const)
      await expectAsOnCpu(inputsOf(batch, widths), (x, weights, bias) => {
        const y = network('relu')(x, weights, bias);
        const dz = tf.mul<tf.Tensor2D>(y, 2);
        if (tf.getBackend() === 'cpu') return [y, tf.matMul(dz, weights, false, true), tf.matMul(x, dz, true), tf.sum(dz, 0)]; // prettier-ignore
        return [y, kernel('DenseLayerGradInput', { dz, weights }), kernel('DenseLayerGradWeights', { x, dz })].flat(); // prettier-ignore
      });
  });

  test('0 where the mask is not positive', { timeout }, async () => {
    const mask = given([3, 4], 3);
    const values = [0, -0, 1e-40, -1e-40, Infinity, -Infinity, ...mask.values.slice(6)];
    const found = await resultsOnGpu([given([3, 2], 1), given([4, 2], 2), { ...mask, values }], (dz, weights, mask) => [
      kernel('DenseLayerGradInput', { dz, weights, mask }) as tf.Tensor,
      kernel('DenseLayerGradInput', { dz, weights }) as tf.Tensor,
    ]); // prettier-ignore
    const expected = found[1].values.map((x, i) => (values[i] > 0 ? x : 0));
    expect(found[0].values).toEqual(expected);
    expect(expected.filter((x) => x !== 0).length).toBeGreaterThan(3);
  });

  test('NaN and infinities go through, relu too', { timeout }, async () => {
    const x: Given = { shape: [6, 1], dtype: 'float32', values: [NaN, Infinity, -Infinity, -1, 1, 0] };
    for (const columns of [5, 4]) {
      const weights: Given = { shape: [1, columns], dtype: 'float32', values: [1, -1, 2, 3, 0.5].slice(0, columns) }; // prettier-ignore
      const bias: Given = { shape: [columns], dtype: 'float32', values: [0, 0, NaN, Infinity, 1].slice(0, columns) }; // prettier-ignore
      await expectAsOnCpu([x, weights, bias], network('relu'));
      await expectAsOnCpu([x, weights, bias], network('linear'));
    }
    // Outside a tile's edge there are zeros, which times these are no zeros.
    const wide = [given([5, 3], 1), given([3, 4], 2), given([4], 3)];
    const broken = { ...wide[0], values: wide[0].values.map((v, i) => (i === 4 ? NaN : i === 9 ? Infinity : v)) }; // prettier-ignore
    await expectAsOnCpu([broken, wide[1], wide[2]], network('linear'));
    const [y] = await resultsOnGpu([broken, wide[1], wide[2]], network('linear'));
    expect(y.values.filter(Number.isNaN)).toHaveLength(4);
  });

  test('gradients of weights over many samples: close to doubles, and the same bits every time', { timeout }, async () => {
    const [batch, input, output] = [5000, 6, 3];
    const inputs = [given([batch, input], 1), given([batch, output], 2)];
    const run = (x: tf.Tensor, dz: tf.Tensor) => kernel('DenseLayerGradWeights', { x, dz }) as tf.Tensor[];
    const found = await resultsOnGpu(inputs, run);
    const [x, dz] = inputs.map(({ values }) => values);
    const sums = Array.from({ length: input * output }, () => 0);
    const biases = Array.from({ length: output }, () => 0);
    for (let s = 0; s < batch; s++)
      for (let j = 0; j < output; j++) {
        biases[j] += dz[s * output + j];
        for (let i = 0; i < input; i++) sums[i * output + j] += x[s * input + i] * dz[s * output + j];
      }
    // Sums of some 40 parts: far better than one after the other.
    found[0].values.forEach((value, i) => expect(Math.abs(value - sums[i])).toBeLessThan(1e-4));
    found[1].values.forEach((value, j) => expect(Math.abs(value - biases[j])).toBeLessThan(1e-4));
    expect(await resultsOnGpu(inputs, run)).toEqual(found);
  }); // prettier-ignore

  test.each([
    [0, 3],
    [1, 1],
    [3, 5],
    [130, 65],
    [5000, 1],
    [3001, 7],
  ])('sums of the columns of %i x %i', { timeout }, async (rows, columns) => {
    const inputs = [given([rows, columns], rows + 1)];
    const expected = await resultsOn('cpu', inputs, (x) => tf.sum(x, 0));
    const run = (x: tf.Tensor) => kernel('ColumnSums', { x });
    const found = await resultsOnGpu(inputs, run);
    expectSame(found, expected, 1e-4);
    expect(await resultsOnGpu(inputs, run)).toEqual(found);
  });
});
