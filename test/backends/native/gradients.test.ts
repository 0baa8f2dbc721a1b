import * as tf from '../../tfjs.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { native } from '../../../backends/native/index.ts';
import { random } from '../../../base/random.ts';
import { joinFields } from '../../../harness/ops/join-fields.ts';
import { expectSameOnBoth, type Given, openNative } from './on-both.ts';

/**
 * The operations of compression methods, differentiated: their values and gradients equal the cpu backend's, and no kernel of
 * the cpu backend runs.
 */

const { usable, detail } = await native.probe();

beforeAll(async () => {
  if (usable) await openNative();
});

interface Case {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  readonly op: (...inputs: tf.Tensor[]) => tf.Tensor;
}

const ids = () => tf.tensor1d([3, 0, 3, 1, 2, 0], 'int32');

/** The value of `forward` with the gradient of `through` (a straight-through estimator). */
const straightThrough = (x: tf.Tensor, forward: (x: tf.Tensor) => tf.Tensor) =>
  tf.customGrad((x) => ({
    value: forward(x as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => dy,
  }))(x);

const unary = [
  'abs', 'neg', 'exp', 'expm1', 'square', 'sigmoid', 'tanh', 'relu', 'relu6', 'elu', 'selu', 'softplus', 'sin', 'cos', 'tan',
  'atan', 'sinh', 'cosh', 'asinh', 'erf', 'step', 'sign', 'floor', 'ceil', 'round', 'leakyRelu', 'reciprocal',
] as const; // prettier-ignore
const unaryOfPositive = ['log', 'log1p', 'sqrt', 'rsqrt', 'acosh'] as const;
const binary: Readonly<Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor>> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  mod: tf.mod,
  prelu: tf.prelu,
};
/** tfjs has no gradients of these where one is stretched. */
const binaryOfOneShape: typeof binary = {
  maximum: tf.maximum,
  minimum: tf.minimum,
  squaredDifference: tf.squaredDifference,
};

const cases: Case[] = [
  ...unary.map((name): Case => ({ name, shapes: [[2, 5]], op: (x) => tf[name](x) })),
  ...unaryOfPositive.map((name): Case => ({
    name,
    shapes: [[2, 5]],
    op: (x) => tf[name](tf.add(tf.abs(x), 1.1)),
  })),
  ...Object.entries({ ...binary, ...binaryOfOneShape }).map(
    ([name, op]): Case => ({ name, shapes: [[2, 3, 4], [2, 3, 4]], op }), // prettier-ignore
  ),
  ...Object.entries(binary).map(
    ([name, op]): Case => ({ name: `${name}, stretched`, shapes: [[2, 3, 4], [3, 1]], op }), // prettier-ignore
  ),
  { name: 'pow', shapes: [[2, 3], [3]], op: (a, b) => tf.pow(tf.add(tf.abs(a), 0.5), b) }, // prettier-ignore
  { name: 'atan of a product', shapes: [[4]], op: (x) => tf.atan(tf.mul(x, x)) },
  { name: 'clip', shapes: [[9]], op: (x) => tf.clipByValue(x, -0.5, 0.7) },
  { name: 'where', shapes: [[3], [3]], op: (a, b) => tf.where(tf.tensor1d([1, 0, 1], 'bool'), tf.square(a), b) }, // prettier-ignore
  { name: 'addN', shapes: [[2, 2], [2, 2], [2, 2]], op: (...terms) => tf.addN(terms) }, // prettier-ignore
  { name: 'sum', shapes: [[3, 4, 5]], op: (x) => tf.sum(x, [0, 2]) },
  { name: 'mean', shapes: [[3, 4, 5]], op: (x) => tf.mean(x, 1, true) },
  { name: 'max', shapes: [[3, 4, 5]], op: (x) => tf.max(x, 2) },
  { name: 'min', shapes: [[3, 4, 5]], op: (x) => tf.min(x, [0, 1]) },
  { name: 'prod', shapes: [[3, 4]], op: (x) => tf.prod(x, 1) },
  { name: 'cumsum', shapes: [[3, 4]], op: (x) => tf.cumsum(x, 1, true) },
  { name: 'norm', shapes: [[3, 4]], op: (x) => tf.norm(x, 2, 1) },
  { name: 'moments', shapes: [[6, 4]], op: (x) => tf.moments(x, 0).variance },
  { name: 'softmax', shapes: [[3, 4]], op: (x) => tf.softmax(x) },
  { name: 'log softmax', shapes: [[3, 4]], op: (x) => tf.logSoftmax(x) },
  { name: 'log of sum of exp', shapes: [[3, 4]], op: (x) => tf.logSumExp(x, 1) },
  { name: 'concat', shapes: [[2, 3], [2, 1]], op: (a, b) => tf.concat([a, b], 1) }, // prettier-ignore
  { name: 'stack', shapes: [[2, 3], [2, 3]], op: (a, b) => tf.stack([a, b], 1) }, // prettier-ignore
  { name: 'unstack', shapes: [[2, 3]], op: (x) => tf.mul(tf.unstack(x, 1)[0], tf.unstack(x, 1)[2]) },
  { name: 'split', shapes: [[2, 6]], op: (x) => tf.mul(...(tf.split(x, 2, 1) as [tf.Tensor, tf.Tensor])) },
  { name: 'slice', shapes: [[4, 6]], op: (x) => tf.slice(x, [1, 2], [2, 3]) },
  { name: 'pad', shapes: [[2, 3]], op: (x) => tf.pad(x, [[1, 0], [0, 2]]) }, // prettier-ignore
  { name: 'transpose', shapes: [[2, 3, 4]], op: (x) => tf.transpose(x, [2, 0, 1]) },
  { name: 'tile', shapes: [[2, 3]], op: (x) => tf.tile(x, [2, 3]) },
  { name: 'broadcastTo', shapes: [[2, 1]], op: (x) => tf.broadcastTo(x, [2, 5]) },
  { name: 'reverse', shapes: [[2, 3]], op: (x) => tf.reverse(x, 1) },
  { name: 'reshape', shapes: [[2, 6]], op: (x) => tf.square(tf.reshape(x, [3, 4])) },
  { name: 'gather rows', shapes: [[4, 3]], op: (x) => tf.gather(x, ids()) },
  { name: 'gather columns', shapes: [[3, 4]], op: (x) => tf.gather(x, ids(), 1) },
  { name: 'gather many', shapes: [[4, 3]], op: (x) => tf.gather(x, tf.reshape(ids(), [2, 3])) },
  { name: 'segment sum', shapes: [[6, 2]], op: (x) => tf.unsortedSegmentSum(x, ids(), 4) },
  {
    name: 'one hot product',
    shapes: [[4, 3]],
    op: (x) => tf.matMul(tf.oneHot(ids(), 4, 1, 0, 'float32'), x),
  },
  { name: 'matMul', shapes: [[3, 4], [5, 4]], op: (a, b) => tf.matMul(a, b, false, true) }, // prettier-ignore
  { name: 'batched matMul', shapes: [[2, 3, 4], [2, 4, 5]], op: (a, b) => tf.matMul(a, b) }, // prettier-ignore
  { name: 'matMul, both transposed', shapes: [[2, 4, 3], [2, 5, 4]], op: (a, b) => tf.matMul(a, b, true, true) }, // prettier-ignore
  { name: 'dot', shapes: [[4], [4]], op: (a, b) => tf.dot(a, b) }, // prettier-ignore
  { name: 'outer product', shapes: [[4], [3]], op: (a, b) => tf.outerProduct(a as tf.Tensor1D, b as tf.Tensor1D) }, // prettier-ignore
  {
    name: 'fused product',
    shapes: [[3, 4], [4, 5], [5]], // prettier-ignore
    op: (a, b, bias) => tf.fused.matMul({ a: a, b: b, bias, activation: 'relu' }),
  },
  {
    name: 'batch normalization',
    shapes: [[6, 3], [3], [3]], // prettier-ignore
    op: (x, offset, scale) => {
      const { mean, variance } = tf.moments(x, 0);
      return tf.batchNorm(x, mean, variance, offset, scale);
    },
  },
  {
    name: 'fields put together, one as a sum of two',
    shapes: [[70, 3, 5], [3, 5, 18], [70, 1, 18]], // prettier-ignore
    op: (x, matrices, y) =>
      joinFields(
        [
          { vectors: tf.relu(x) as tf.Tensor3D, matrices: matrices as tf.Tensor3D, fields: [1, 0, 1] },
          { vectors: y as tf.Tensor3D, fields: [2] },
        ],
        3,
        18,
      ),
  },

  // Pieces of methods.
  {
    name: 'rows weighted by learned importance',
    shapes: [[4, 2, 3], [4, 2]], // prettier-ignore
    op: (rows, weights) => tf.sum(tf.mul(rows, tf.expandDims(weights, 2)), 1),
  },
  {
    name: 'a row scaled and shifted by scalars of its id',
    shapes: [[4, 3], [4, 1], [4, 1]], // prettier-ignore
    op: (row, scale, shift) => tf.add(tf.mul(row, scale), shift),
  },
  {
    name: 'a chain of tensor-train cores',
    shapes: [[6, 2, 3], [6, 3, 6], [6, 3, 4]], // prettier-ignore
    op: (first, second, third) =>
      tf.reshape(tf.matMul(tf.reshape(tf.matMul(first, second), [6, 4, 3]), third), [6, 16]),
  },
  {
    name: 'a hidden layer with mish',
    shapes: [[5, 4], [4, 3]], // prettier-ignore
    op: (x, weights) => {
      const z = tf.matMul(x, weights);
      return tf.mul(z, tf.tanh(tf.softplus(z)));
    },
  },
  {
    name: 'soft codewords, hard in the forward direction',
    shapes: [[5, 3], [4, 3]], // prettier-ignore
    op: (queries, keys) => {
      const soft = tf.softmax(tf.matMul(queries, keys, false, true));
      const hard = tf.oneHot(tf.argMax(soft, 1), 4, 1, 0, 'float32');
      const code = tf.customGrad((soft) => ({
        value: tf.mul(hard, 1),
        gradFunc: (dy: tf.Tensor) => tf.mul(dy, tf.onesLike(soft as tf.Tensor)),
      }))(soft);
      return tf.matMul(code, keys);
    },
  },
  {
    name: 'numbers rounded to steps that are learned',
    shapes: [[5, 3], [5, 1]], // prettier-ignore
    op: (x, step) => {
      const size = tf.add(tf.abs(step), 0.1);
      const scaled = tf.clipByValue(tf.div(x, size), -8, 7);
      return tf.mul(straightThrough(scaled, tf.round), size);
    },
  },
  {
    name: 'a threshold that prunes',
    shapes: [[5, 3], [1]], // prettier-ignore
    op: (x, threshold) => tf.mul(tf.sign(x), tf.relu(tf.sub(tf.abs(x), tf.sigmoid(threshold)))),
  },
  {
    name: 'widths chosen by a gate',
    shapes: [[5, 4], [4]], // prettier-ignore
    op: (x, gate) =>
      tf.mul(
        x,
        straightThrough(tf.sigmoid(gate), (p) => tf.cast(tf.greater(p, 0.5), 'float32')),
      ),
  },
  {
    name: 'a mask of the widths that are shared',
    shapes: [[5, 4]],
    op: (x) => {
      const widths = tf.expandDims(tf.tensor1d([1, 4, 2, 3, 0], 'int32'), 1);
      return tf.where(tf.less(tf.expandDims(tf.range(0, 4, 1, 'int32'), 0), widths), x, tf.zerosLike(x));
    },
  },
  {
    name: 'dropout that is always the same',
    shapes: [[5, 4]],
    op: (x) => tf.dropout(x, 0.3, undefined, 5),
  },
  {
    name: 'fields attending to each other',
    shapes: [[2, 4, 3], [3, 3]], // prettier-ignore
    op: (x, weights) => {
      const q = tf.reshape(tf.matMul(tf.reshape(x, [8, 3]), weights), [2, 4, 3]);
      return tf.matMul(tf.softmax(tf.div(tf.matMul(q, x, false, true), Math.sqrt(3))), x);
    },
  },
];

describe.runIf(usable)(`differentiated on native${usable ? '' : ` (${detail})`}`, () => {
  test.each(cases)('$name', async ({ shapes, op }) => {
    const stream = random(17);
    const given = shapes.map((shape): Given => {
      const length = shape.reduce((product, side) => product * side, 1);
      return { shape, dtype: 'float32', values: Array.from({ length }, () => stream.normal()) };
    });
    const valueAndGradients = (...inputs: tf.Tensor[]) => {
      const { value, grads } = tf.valueAndGrads((...inputs) => {
        const y = op(...inputs);
        const slopes = tf.reshape(tf.range(1, y.size + 1, 1, 'float32'), y.shape);
        return tf.sum(tf.mul(tf.sin(slopes), y));
      })(inputs);
      return [value, ...grads];
    };
    await expectSameOnBoth(given, valueAndGradients, 1e-4);
    await expectSameOnBoth(given, op, 1e-6);
    expect(tf.getBackend()).toBe('native');
  });
});
