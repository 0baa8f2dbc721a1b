import { createRequire } from 'node:module';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import * as tf from '../../tensors/index.ts';
import { random } from '../../base/random.ts';

/**
 * The gradients of tensors/gradients against those of the package that registers all of tfjs, bit for bit, on the cpu backend.
 * That package overwrites what is registered when it is loaded, so that ours are taken before.
 */

const folder = join(import.meta.dirname, '../../tensors/gradients');
const text = readdirSync(folder)
  .map((file) => readFileSync(join(folder, file), 'utf8'))
  .join('\n');
/** Every name in quotes that begins with a capital letter: those of kernels. */
const kernels = [...new Set([...text.matchAll(/'([A-Z]\w+)'/g)].map(([, name]) => name))].sort();

const configs = () => new Map(kernels.map((kernel) => [kernel, core.getGradient(kernel)]));
const ours = configs();
let theirs: typeof ours;

beforeAll(async () => {
  createRequire(import.meta.url)('@tensorflow/tfjs');
  theirs = configs();
  await tf.setBackend('cpu');
});

/** The tape takes gradients from what is registered. */
function useGradients(chosen: typeof ours): void {
  for (const [kernel, config] of chosen) {
    core.unregisterGradient(kernel);
    core.registerGradient(config);
  }
}

const stream = random(5);
/** Normal numbers, some of them 0, -0, equal to others or large. */
function numbers(...shape: number[]): tf.Tensor {
  const size = shape.reduce((product, side) => product * side, 1);
  const special = [0, -0, 1, 1, -1, 2.5, 1e-30, 1e4];
  const values = Array.from({ length: size }, () =>
    stream.uniform() < 0.2 ? special[Math.floor(8 * stream.uniform())] : stream.normal(),
  );
  return tf.tensor(Float32Array.from(values), shape);
}
const positive = (...shape: number[]) => tf.add(tf.abs(numbers(...shape)), 0.1);
const condition = tf.greater(numbers(3, 5), 0);
const ids = (values: number[]) => tf.tensor1d(values, 'int32');

type Operation = (...inputs: tf.Tensor[]) => tf.Tensor;
interface Case {
  readonly inputs: () => tf.Tensor[];
  readonly of: Operation;
}

const unaryShapes = [[], [1], [7], [3, 5], [2, 1, 3]];
const onEach = (of: (x: tf.Tensor) => tf.Tensor, make = numbers): Case[] =>
  unaryShapes.map((shape) => ({ inputs: () => [make(...shape)], of: (x) => of(x) }));
const pairs: [number[], number[]][] = [
  [[3, 5], [3, 5]],
  [[3, 5], [5]],
  [[3, 1], [1, 5]],
  [[], [2, 3]],
  [[2, 1, 3], [4, 1]],
]; // prettier-ignore
const onPairs = (of: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Case[] =>
  pairs.map(([a, b]) => ({ inputs: () => [numbers(...a), numbers(...b)], of: (a, b) => of(a, b) }));
/** The other package's gradients of these refuse to broadcast, and ours do not. */
const onAlike = (of: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Case[] =>
  unaryShapes.map((shape) => ({
    inputs: () => [numbers(...shape), numbers(...shape)],
    of: (a, b) => of(a, b),
  }));
const one = (of: Operation, ...inputs: tf.Tensor[]): Case => ({ inputs: () => inputs, of });
const products = [false, true].flatMap((ta) =>
  [false, true].map((tb) =>
    one(
      (a, b) => tf.matMul(a, b, ta, tb),
      ta ? numbers(5, 3) : numbers(3, 5),
      tb ? numbers(7, 5) : numbers(5, 7),
    ),
  ),
);
const axes = [undefined, 0, 1, [0, 2], [-1]];
const reductions = (of: (x: tf.Tensor, axis?: number | number[], keep?: boolean) => tf.Tensor): Case[] =>
  axes.flatMap((axis) => [false, true].map((keep) => one((x) => of(x, axis, keep), numbers(3, 4, 5))));

const cases: Readonly<Record<string, readonly Case[]>> = {
  Abs: onEach(tf.abs),
  Add: onPairs(tf.add),
  AddN: [one((...terms) => tf.addN(terms), numbers(3, 2), numbers(3, 2), numbers(3, 2))],
  BatchMatMul: [...products, one((a, b) => tf.matMul(a, b), numbers(2, 3, 5), numbers(2, 5, 1))],
  Cast: onEach((x) => tf.cast(x, 'float32')),
  ClipByValue: onEach((x) => tf.clipByValue(x, -0.5, 1)),
  Concat: [
    one((a, b) => tf.concat([a, b], 1), numbers(3, 2, 2), numbers(3, 5, 2)),
    one((a, b) => tf.concat([a, b], -1), numbers(3, 2), numbers(3, 1)),
  ],
  Cos: onEach(tf.cos),
  Exp: onEach(tf.exp),
  ExpandDims: [one((x) => tf.expandDims(x, 1), numbers(3, 5)), one((x) => tf.expandDims(x, -1), numbers(3))],
  Floor: onEach(tf.floor),
  GatherV2: [
    one((x) => tf.gather(x, ids([4, 0, 4, 1])), numbers(5, 3)),
    one((x) => tf.gather(x, ids([2, 2, 0]), 1), numbers(2, 3, 4)),
    one((x) => tf.gather(x, ids([1]), 2), numbers(2, 3, 4)),
    one((x) => tf.gather(x, tf.reshape(ids([2, 0, 1, 1]), [2, 2]), 1, 1), numbers(2, 3, 4)),
    one((x) => tf.gather(x, tf.reshape(ids([1, 1, 0]), [3, 1]), 1, 1), numbers(3, 2)),
  ],
  Identity: onEach(tf.clone),
  Log: onEach(tf.log, positive),
  Log1p: onEach(tf.log1p, positive),
  Max: reductions(tf.max),
  Maximum: onAlike(tf.maximum),
  Mean: reductions(tf.mean),
  Minimum: onAlike(tf.minimum),
  Multiply: onPairs(tf.mul),
  Neg: onEach(tf.neg),
  OnesLike: onEach(tf.onesLike),
  Pack: [one((a, b) => tf.stack([a, b], 1), numbers(3, 2), numbers(3, 2))],
  PadV2: [one((x) => tf.pad(x, [[1, 0], [2, 3]]), numbers(3, 2))], // prettier-ignore
  RealDiv: onPairs(tf.div),
  Relu: onEach(tf.relu),
  Reshape: [one((x) => tf.reshape(x, [5, 6]), numbers(2, 3, 5))],
  Round: onEach(tf.round),
  Select: [one((t, e) => tf.where(condition, t, e), numbers(3, 5), numbers(3, 5))],
  Sigmoid: onEach(tf.sigmoid),
  Sign: onEach(tf.sign),
  Sin: onEach(tf.sin),
  Slice: [
    one((x) => tf.slice(x, [1, 0], [2, 3]), numbers(4, 5)),
    one((x) => tf.slice(x, [1, 2], [-1, 1]), numbers(4, 5)),
  ],
  Softmax: [one((x) => tf.softmax(x), numbers(3, 5))],
  Softplus: onEach(tf.softplus),
  SplitV: [one((x) => tf.mul(tf.split(x, [1, 4], 1)[0], 2), numbers(3, 5))],
  Sqrt: onEach(tf.sqrt, positive),
  Square: onEach(tf.square),
  Step: onEach((x) => tf.step(x)),
  Sub: onPairs(tf.sub),
  Sum: reductions(tf.sum),
  Tanh: onEach(tf.tanh),
  Tile: [
    one((x) => tf.tile(x, [2, 3]), numbers(3, 2)),
    one((x) => tf.tile(x, [3]), numbers(5)),
    one((x) => tf.tile(x, [1, 2, 2]), numbers(2, 1, 3)),
  ],
  Transpose: [
    one((x) => tf.transpose(x), numbers(3, 5)),
    one((x) => tf.transpose(x, [2, 0, 1]), numbers(2, 3, 4)),
  ],
  UnsortedSegmentSum: [
    one((x) => tf.unsortedSegmentSum(x, ids([2, -1, 0, 2]), 4), numbers(4, 3)),
    one((x) => tf.unsortedSegmentSum(x, ids([0, 0, 1]), 2), numbers(3)),
  ],
  Unpack: [one((x) => tf.mul(tf.unstack(x, 1)[2], 3), numbers(2, 4))],
  ZerosLike: onEach(tf.zerosLike),
};

test('every gradient that there is has its cases', () => {
  expect(Object.keys(cases).sort()).toEqual(kernels);
});

describe('a gradient is that of the package with all gradients, bit for bit', () => {
  test.each(kernels)('%s', (kernel) => {
    expect(ours.get(kernel)).not.toBe(theirs.get(kernel)); // or nothing would be compared
    for (const [i, { inputs, of }] of cases[kernel].entries()) {
      const given = inputs();
      const dy = numbers(...of(...given).shape);
      const [found, expected] = [ours, theirs].map((chosen) => {
        useGradients(chosen);
        return tf.grads(of)(given, dy);
      });
      expect(found.map(({ shape, dtype }) => [shape, dtype])).toEqual(
        expected.map(({ shape, dtype }) => [shape, dtype]),
      );
      found.forEach((gradient, at) => {
        expect(bitsOf(gradient), `case ${i}, input ${at}`).toEqual(bitsOf(expected[at]));
      });
    }
  });
});

const bitsOf = (tensor: tf.Tensor) => [...new Uint32Array(tensor.dataSync<'float32'>().slice().buffer)];

test('a split into one part, where the package fails, has a gradient', () => {
  useGradients(ours);
  const [x, dy] = [numbers(3, 5), numbers(3, 5)];
  const [ofSplit] = tf.grads((x) => tf.mul(tf.split(x, 1, 1)[0], 1))([x], dy);
  expect([ofSplit.shape, bitsOf(ofSplit)]).toEqual([x.shape, bitsOf(dy)]);
  const [ofUnstack] = tf.grads((x) => tf.mul(tf.unstack(x, 1)[0], 1))([tf.reshape(x, [3, 1, 5])], dy);
  expect([ofUnstack.shape, bitsOf(ofUnstack)]).toEqual([[3, 1, 5], bitsOf(dy)]);
  useGradients(theirs);
});

test('ours are in force again after the package has replaced them', () => {
  for (const kernel of kernels) expect(core.getGradient(kernel), kernel).not.toBe(ours.get(kernel));
  tf.restoreGradients();
  for (const kernel of kernels) expect(core.getGradient(kernel), kernel).toBe(ours.get(kernel));
});
