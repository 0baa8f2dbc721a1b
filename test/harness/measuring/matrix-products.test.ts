import * as tf from '../../../tensors/index.ts';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { flopsOf, matrixProducts, PreparedProducts } from '../../../harness/measuring/matrix-products.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';

beforeAll(() => cpu.open({}));

const kaggle = () =>
  dlrm.build({ denseFields: 13, fields: 26, dim: 16 }, { bottom: [512, 256, 64], top: [512, 256] }, 1);
const small = () => dlrm.build({ denseFields: 3, fields: 4, dim: 5 }, { bottom: [7], top: [6, 2] }, 1);

test.each([kaggle, small])('three products for every weight of the model, two for the first', (build) => {
  const batch = 64;
  const network = build();
  const weights = network.variables.filter((variable) => variable.rank === 2);
  const ofLayers = weights.reduce((sum, { shape: [wide, out] }) => sum + 3 * 2 * batch * wide * out!, 0);
  const [inputs, first] = weights[0].shape as [number, number];
  const products = matrixProducts(network.layers, batch);
  expect(products).toHaveLength(3 * weights.length - 1);
  expect(flopsOf(products)).toBe(ofLayers - 2 * batch * inputs * first);
  // In the order of the layers, forward products are x W.
  const forward = products.filter(({ transposed }) => transposed === 'neither');
  expect(forward.map(({ inner, columns }) => [inner, columns])).toEqual(weights.map(({ shape }) => shape));
});

test('2.83 million operations a sample on Criteo', () => {
  expect(flopsOf(matrixProducts(kaggle().layers, 1))).toBe(2 * (3 * 474_368 - 13 * 512));
});

test('what is multiplied has those shapes, and nothing is left behind', () => {
  const products = matrixProducts(small().layers, 1500); // more rows than are drawn
  const asked: number[][] = [];
  const kernel = tf.getKernel('BatchMatMul', 'cpu');
  tf.unregisterKernel('BatchMatMul', 'cpu');
  onTestFinished(() => {
    tf.unregisterKernel('BatchMatMul', 'cpu');
    tf.registerKernel(kernel);
  });
  tf.registerKernel({
    ...kernel,
    kernelFunc(params) {
      const { a, b } = params.inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
      const { transposeA, transposeB } = params.attrs as unknown as Record<string, boolean>;
      const [rows, inner] = transposeA ? a.shape.slice(-2).reverse() : a.shape.slice(-2);
      const [wide, columns] = transposeB ? b.shape.slice(-2).reverse() : b.shape.slice(-2);
      expect(wide).toBe(inner);
      asked.push([rows, inner, columns]);
      return kernel.kernelFunc(params);
    },
  });
  const before = tf.memory().numTensors;
  const prepared = new PreparedProducts(products);
  const held = tf.memory().numTensors;
  prepared.multiply().dispose();
  expect(tf.memory().numTensors).toBe(held);
  prepared.dispose();
  expect(tf.memory().numTensors).toBe(before);
  expect(asked).toEqual(products.map(({ rows, inner, columns }) => [rows, inner, columns]));
});
