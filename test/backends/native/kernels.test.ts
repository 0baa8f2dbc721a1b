import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadAddon } from '../../../backends/native/addon.ts';
import { native } from '../../../backends/native/index.ts';
import type { OpenBackend } from '../../../harness/contract/backend.ts';
import { random } from '../../../harness/contract/mix.ts';
import * as any from './arbitraries.ts';
import { create, expectSame, expectSameOnBoth, type Given, openNative, resultsOn } from './on-both.ts';

/** Every kernel of the add-on's against the cpu backend's, on random shapes; that it is the add-on's, too. */

const { usable, detail } = await native.probe();

let backend: OpenBackend;
beforeAll(async () => {
  if (usable) backend = await openNative();
});

/** Slack where the order in which zeros are added is another. */
const signOfZero = 1e-40;

type Inputs = Record<string, tf.Tensor> | tf.Tensor[];

/** A kernel itself, without what tfjs's operations do before. */
const run = (kernel: string, inputs: Inputs, attributes: Record<string, unknown> = {}) =>
  tf.engine().runKernel<tf.Tensor>(kernel, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap);

const check = <T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => Promise<void>, numRuns = 60) =>
  fc.assert(fc.asyncProperty(arbitrary, property), { numRuns, seed: 3 });

const size = ({ shape }: Given) => shape.reduce((product, side) => product * side, 1);

describe.runIf(usable)(`kernels of the add-on${usable ? '' : ` (${detail})`}`, () => {
  describe('one number in', () => {
    // prettier-ignore
    const exact = ['Neg', 'Square', 'Sqrt', 'Rsqrt', 'Reciprocal', 'Floor', 'Ceil', 'Round', 'Sign', 'Relu', 'Relu6', 'Abs'];
    // prettier-ignore
    const transcendent = [
      'Exp', 'Expm1', 'Log', 'Log1p', 'Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Tanh', 'Asinh', 'Acosh',
      'Atanh', 'Sigmoid', 'Softplus', 'Erf', 'IsNan', 'IsInf', 'IsFinite',
    ];
    test.each([...exact, ...transcendent])('%s', async (kernel) => {
      await check(any.tensor('float32', any.anyFloat), (x) =>
        expectSameOnBoth([x], (x) => run(kernel, { x })),
      );
    });
    test.each([...exact, 'Sin', 'Tanh', 'Log', 'Sigmoid'])('%s of integers', async (kernel) => {
      const value = kernel === 'Abs' ? any.smallInt : any.anyInt; // cpu takes absolute values as floats
      await check(any.tensor('int32', value), (x) => expectSameOnBoth([x], (x) => run(kernel, { x })));
    });
    test.each(['Elu', 'Selu'])('%s', async (kernel) => {
      // Of tiny numbers nothing is left in exp(x) - 1, as cpu has it.
      await check(any.tensor('float32', any.anyFloat), (x) =>
        expectSameOnBoth([x], (x) => run(kernel, { x }), 1e-15),
      );
    });
    test.each(['Step', 'LeakyRelu'])('%s', async (kernel) => {
      await check(fc.tuple(any.tensor('float32', any.anyFloat), any.eighth), ([x, alpha]) =>
        expectSameOnBoth([x], (x) => run(kernel, { x }, { alpha })),
      );
    });
    test('ClipByValue', async () => {
      await check(fc.tuple(any.tensor('float32', any.anyFloat), any.eighth, any.eighth), ([x, a, b]) =>
        expectSameOnBoth([x], (x) => tf.clipByValue(x, Math.min(a, b), Math.max(a, b))),
      );
    });
    test('LogicalNot', async () => {
      await check(any.tensor('bool', any.truth), (x) => expectSameOnBoth([x], (x) => tf.logicalNot(x)));
    });
    test.each(['float32', 'int32', 'bool'] as const)('Cast from %s', async (dtype) => {
      const value = { float32: any.anyFloat, int32: any.anyInt, bool: any.truth }[dtype];
      await check(
        fc.tuple(any.tensor(dtype, value), fc.constantFrom('float32', 'int32', 'bool')),
        ([x, to]) => expectSameOnBoth([x], (x) => tf.cast(x, to)),
      );
    });
    test('Cast has numbers of its own type, for the add-on', async () => {
      const x: Given = { shape: [3], dtype: 'int32', values: [1, 2, 3] };
      await expectSameOnBoth([x], (x) => tf.mul(tf.cast(x, 'float32'), 0.5));
    });
  });

  describe('two numbers in', () => {
    const arithmetic = [
      'Add',
      'Sub',
      'Multiply',
      'RealDiv',
      'Maximum',
      'Minimum',
      'SquaredDifference',
      'Mod',
      'Pow',
    ];
    const comparisons = ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'];
    const kernels = [...arithmetic, ...comparisons, 'FloorDiv'];
    test.each(kernels)('%s', async (kernel) => {
      await check(any.pair('float32', any.anyFloat), (inputs) =>
        expectSameOnBoth(inputs, (a, b) => run(kernel, { a, b })),
      );
    });
    test.each(kernels)('%s of integers', async (kernel) => {
      await check(any.pair('int32', any.anyInt), (inputs) =>
        expectSameOnBoth(inputs, (a, b) => run(kernel, { a, b })),
      );
    });
    test.each([...kernels.filter((kernel) => kernel !== 'FloorDiv'), 'LogicalAnd', 'LogicalOr'])(
      '%s of booleans',
      async (kernel) => {
        await check(any.pair('bool', any.truth), (inputs) =>
          expectSameOnBoth(inputs, (a, b) => run(kernel, { a, b })),
        );
      },
    );
    test('Prelu', async () => {
      await check(any.pair('float32', any.anyFloat), (inputs) =>
        expectSameOnBoth(inputs, (x, alpha) => run('Prelu', { x, alpha })),
      );
    });
    test('EluGrad', async () => {
      const same = any
        .shapeOf(0, 3)
        .chain((shape) =>
          fc.tuple(any.filled(shape, 'float32', any.anyFloat), any.filled(shape, 'float32', any.anyFloat)),
        );
      await check(same, (inputs) => expectSameOnBoth(inputs, (dy, y) => run('EluGrad', { dy, y })));
    });
    test.each(['float32', 'int32'] as const)('AddN of %s', async (dtype) => {
      const value = dtype === 'float32' ? any.anyFloat : any.anyInt;
      const terms = fc
        .tuple(any.shapeOf(0, 3), fc.integer({ min: 2, max: 5 }))
        .chain(([shape, count]) =>
          fc.array(any.filled(shape, dtype, value), { minLength: count, maxLength: count }),
        );
      await check(terms, (inputs) => expectSameOnBoth(inputs, (...terms) => run('AddN', terms), signOfZero));
    });
    test('Select', async () => {
      const inputs = any
        .shapeOf(0, 3)
        .chain((shape) =>
          fc.tuple(
            any.filled(shape, 'bool', any.truth),
            any.filled(shape, 'float32', any.anyFloat),
            any.filled(shape, 'float32', any.anyFloat),
          ),
        );
      await check(inputs, (inputs) => expectSameOnBoth(inputs, (c, t, e) => tf.where(c, t, e)));
    });
    test('where of a condition and branches that are stretched', async () => {
      const [condition, t]: Given[] = [
        { shape: [2, 1], dtype: 'bool', values: [1, 0] },
        { shape: [2, 3], dtype: 'int32', values: [1, 2, 3, 4, 5, 6] },
      ];
      const e: Given = { shape: [], dtype: 'int32', values: [9] };
      await expectSameOnBoth([condition, t, e], (condition, t, e) => tf.where(condition, t, e));
    });
    test('FusedBatchNorm', async () => {
      const inputs = fc
        .tuple(any.side, any.side, fc.boolean(), fc.boolean())
        .chain(([batch, n, offset, scale]) =>
          fc.tuple(
            any.filled([batch, n], 'float32', any.eighth),
            any.filled([n], 'float32', any.eighth),
            any.filled([n], 'float32', any.eighth.map(Math.abs)),
            offset ? any.filled([n], 'float32', any.eighth) : fc.constant(undefined),
            scale ? any.filled([n], 'float32', any.eighth) : fc.constant(undefined),
          ),
        );
      await check(inputs, ([x, mean, variance, offset, scale]) =>
        expectSameOnBoth(
          [x],
          (x) =>
            tf.batchNorm(
              x as tf.Tensor2D,
              create(mean) as tf.Tensor1D,
              create(variance) as tf.Tensor1D,
              offset && (create(offset) as tf.Tensor1D),
              scale && (create(scale) as tf.Tensor1D),
            ),
          1e-5,
        ),
      );
    });
  });

  describe('along axes', () => {
    const alongAxes = (x: fc.Arbitrary<Given>) =>
      x.chain((x) => fc.tuple(fc.constant(x), any.axesOf(x.shape.length), fc.boolean()));
    const notEmpty = ([x, axes]: [Given, number[], boolean]) => axes.every((axis) => x.shape.at(axis)! > 0);

    test.each(['Sum', 'Mean'])('%s', async (kernel) => {
      await check(alongAxes(any.tensor('float32', any.eighth)), ([x, axis, keepDims]) =>
        expectSameOnBoth([x], (x) => run(kernel, { x }, { axis, keepDims }), kernel === 'Mean' ? 1e-5 : 0),
      );
      const strange = fc.constantFrom(1, 2, -1, NaN, Infinity, -Infinity);
      await check(alongAxes(any.tensor('float32', strange)), ([x, axis, keepDims]) =>
        expectSameOnBoth([x], (x) => run(kernel, { x }, { axis, keepDims }), 1e-5),
      );
      for (const dtype of ['int32', 'bool'] as const)
        await check(
          alongAxes(any.tensor(dtype, dtype === 'bool' ? any.truth : any.smallInt)),
          ([x, axis, keepDims]) =>
            expectSameOnBoth(
              [x],
              (x) => run(kernel, { x }, { axis, keepDims }),
              kernel === 'Mean' ? 1e-5 : 0,
            ),
        );
    });
    test('Sum of integers wraps', async () => {
      await check(alongAxes(any.tensor('int32', any.anyInt)), ([x, axis, keepDims]) =>
        expectSameOnBoth([x], (x) => run('Sum', { x }, { axis, keepDims })),
      );
    });
    test.each(['Max', 'Min'])('%s', async (kernel) => {
      for (const [dtype, value] of [
        ['float32', any.anyFloat],
        ['int32', any.anyInt],
        ['bool', any.truth],
      ] as const)
        await check(alongAxes(any.tensor(dtype, value)).filter(notEmpty), ([x, axes, keepDims]) => {
          const axis = axes.length === 0 ? undefined : axes;
          if (axis === undefined && size(x) === 0) return Promise.resolve();
          return expectSameOnBoth(
            [x],
            (x) => (kernel === 'Max' ? tf.max : tf.min)(x, axis, keepDims),
            signOfZero,
          );
        });
    });
    test('Prod', async () => {
      for (const [dtype, value] of [
        ['float32', any.anyFloat],
        ['int32', any.smallInt],
      ] as const)
        await check(alongAxes(any.tensor(dtype, value)).filter(notEmpty), ([x, axis, keepDims]) =>
          expectSameOnBoth([x], (x) => run('Prod', { x }, { axis, keepDims })),
        );
    });
    test.each(['All', 'Any'])('%s', async (kernel) => {
      await check(alongAxes(any.tensor('bool', any.truth)).filter(notEmpty), ([x, axis, keepDims]) =>
        expectSameOnBoth([x], (x) => run(kernel, { x }, { axis, keepDims })),
      );
    });
    test.each(['ArgMax', 'ArgMin'])('%s', async (kernel) => {
      const input = any
        .tensor('float32', fc.oneof(any.anyFloat, fc.constantFrom(1, 2)), 1)
        .chain((x) => fc.tuple(fc.constant(x), fc.nat({ max: x.shape.length - 1 })));
      await check(
        input.filter(([x, axis]) => x.shape[axis] > 0),
        ([x, axis]) => expectSameOnBoth([x], (x) => run(kernel, { x }, { axis })),
      );
    });
    test.each(['Cumsum', 'Cumprod'])('%s', async (kernel) => {
      for (const [dtype, value] of [
        ['float32', any.anyFloat],
        ['int32', kernel === 'Cumsum' ? any.anyInt : any.smallInt],
      ] as const) {
        const input = any
          .tensor(dtype, value, 1)
          .chain((x) =>
            fc.tuple(fc.constant(x), fc.nat({ max: x.shape.length - 1 }), fc.boolean(), fc.boolean()),
          );
        await check(input, ([x, axis, exclusive, reverse]) =>
          expectSameOnBoth([x], (x) => run(kernel, { x }, { axis, exclusive, reverse })),
        );
      }
    });
    test('Softmax, and its logarithm', async () => {
      const rows = any.tensor('float32', any.eighth, 1).filter(({ shape }) => shape.at(-1)! > 0);
      await check(rows, (x) =>
        expectSameOnBoth([x], (x) => [tf.softmax(x), tf.logSoftmax(x), tf.logSumExp(x, -1)], 1e-6),
      );
      const strange: Given = {
        shape: [3, 2],
        dtype: 'float32',
        values: [NaN, 1, Infinity, 1, -Infinity, 1000],
      };
      await expectSameOnBoth([strange], (x) => tf.softmax(x));
    });
    test('TopK', async () => {
      const input = any
        .tensor('float32', any.eighth, 1, 3)
        .filter((x) => size(x) > 0)
        .chain((x) => fc.tuple(fc.constant(x), fc.integer({ min: 1, max: x.shape.at(-1)! })));
      await check(input, ([x, k]) =>
        expectSameOnBoth([x], (x) => {
          const { values, indices } = tf.topk(x, k);
          return [values, indices];
        }),
      );
    });
  });

  describe('moved', () => {
    const types = [
      ['float32', any.anyFloat],
      ['int32', any.anyInt],
      ['bool', any.truth],
    ] as const;
    const shuffled = (rank: number, random: (below: number) => number) =>
      Array.from({ length: rank }, (_, d) => [random(1000), d])
        .sort(([a], [b]) => a - b)
        .map(([, d]) => d);

    test('Transpose', async () => {
      for (const [dtype, value] of types)
        await check(
          any
            .tensor(dtype, value, 0, 5)
            .chain((x) =>
              fc.tuple(
                fc.constant(x),
                fc.shuffledSubarray([...x.shape.keys()], { minLength: x.shape.length }),
              ),
            ),
          ([x, order]) => expectSameOnBoth([x], (x) => tf.transpose(x, order)),
        );
    });
    test('Slice and SplitV', async () => {
      for (const [dtype, value] of types)
        await check(
          fc.tuple(
            any.tensor(dtype, value, 1, 4),
            fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
          ),
          async ([x, stream]) => {
            const below = (n: number) => Math.floor(n * stream.next().value);
            const begin = x.shape.map((side) => below(side + 1));
            const shape = x.shape.map((side, d) => below(side - begin[d] + 1));
            await expectSameOnBoth([x], (x) => tf.slice(x, begin, shape));
            const axis = below(x.shape.length);
            const first = below(x.shape[axis] + 1);
            await expectSameOnBoth([x], (x) => tf.split(x, [first, x.shape[axis] - first], axis));
          },
        );
    });
    test('StridedSlice and Reverse', async () => {
      await check(
        fc.tuple(
          any.tensor('float32', any.anyFloat, 1, 3),
          fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        ),
        async ([x, stream]) => {
          const below = (n: number) => Math.floor(n * stream.next().value);
          const ends = x.shape.map((side) => [below(side + 1), below(side + 1)].sort((a, b) => a - b));
          const backwards = x.shape.map((_, d) => d === 0 && below(2) === 1);
          const strides = x.shape.map((_, d) => (1 + below(3)) * (backwards[d] ? -1 : 1));
          const begin = ends.map(([low, high], d) => (backwards[d] ? Math.max(0, high - 1) : low));
          const end = ends.map(([low, high], d) => (backwards[d] ? low : high));
          await expectSameOnBoth([x], (x) => tf.stridedSlice(x, begin, end, strides));
          const axes = [...x.shape.keys()].filter(() => below(2) === 1);
          if (axes.length > 0) await expectSameOnBoth([x], (x) => tf.reverse(x, axes));
        },
      );
    });
    test('Concat', async () => {
      for (const [dtype, value] of types)
        await check(
          fc
            .tuple(any.shapeOf(1, 4), fc.nat(), fc.array(any.side, { minLength: 1, maxLength: 4 }))
            .chain(([shape, at, sides]) => {
              const axis = at % shape.length;
              const each = sides.map((side) =>
                any.filled(
                  shape.map((own, d) => (d === axis ? side : own)),
                  dtype,
                  value,
                ),
              );
              return fc.tuple(fc.constant(axis), fc.tuple(...each));
            }),
          ([axis, tensors]) => expectSameOnBoth(tensors, (...tensors) => run('Concat', tensors, { axis })),
        );
    });
    test('Pack and Unpack', async () => {
      const input = fc.tuple(any.shapeOf(0, 3), fc.nat(), fc.integer({ min: 1, max: 4 }));
      await check(
        input.chain(([shape, at, count]) =>
          fc.tuple(
            fc.constant(at % (shape.length + 1)),
            fc.array(any.filled(shape, 'float32', any.anyFloat), { minLength: count, maxLength: count }),
          ),
        ),
        ([axis, tensors]) =>
          expectSameOnBoth(tensors, (...tensors) => {
            const packed = tf.stack(tensors, axis);
            return [packed, ...tf.unstack(packed, axis)];
          }),
      );
    });
    test('PadV2, Tile and broadcastTo', async () => {
      for (const [dtype, value] of types)
        await check(
          fc.tuple(
            any.tensor(dtype, value, 1, 3),
            fc.array(fc.nat({ max: 3 }), { minLength: 9, maxLength: 9 }),
          ),
          async ([x, counts]) => {
            const paddings = x.shape.map((_, d) => [counts[2 * d], counts[2 * d + 1]] as [number, number]);
            await expectSameOnBoth([x], (x) => tf.pad(x, paddings, counts[8]));
            const reps = x.shape.map((_, d) => counts[d]);
            await expectSameOnBoth([x], (x) => tf.tile(x, reps));
            if (x.shape.every((side) => side > 0))
              await expectSameOnBoth([x], (x) => tf.broadcastTo(tf.expandDims(x, 0), [2, ...x.shape]));
          },
        );
    });
    test('GatherV2', async () => {
      for (const [dtype, value] of types)
        await check(
          fc
            .tuple(any.tensor(dtype, value, 1, 3), fc.nat(), any.shapeOf(0, 2), fc.infiniteStream(fc.nat()))
            .filter(([x, at]) => x.shape[at % x.shape.length] > 0),
          ([x, at, shape, stream]) => {
            const axis = at % x.shape.length;
            const length = shape.reduce((product, side) => product * side, 1);
            const values = Array.from({ length }, () => stream.next().value % x.shape[axis]);
            return expectSameOnBoth([x, { shape, dtype: 'int32', values }], (x, indices) =>
              tf.gather(x, indices, axis),
            );
          },
        );
    });
    test('GatherV2 with indices for each of a batch', async () => {
      const x: Given = {
        shape: [2, 3, 2],
        dtype: 'float32',
        values: Array.from({ length: 12 }, (_, i) => i),
      };
      const indices: Given = { shape: [2, 4], dtype: 'int32', values: [0, 2, 1, 1, 2, 2, 0, 1] };
      await expectSameOnBoth([x, indices], (x, indices) => tf.gather(x, indices, 1, 1));
      await tf.setBackend('native');
      expect(() => tf.gather(create(x), [3], 1)).toThrow('index value 3 is not in [0, 2]');
      expect(() => tf.gather(create(x), [-1], 1)).toThrow('index value -1 is not in [0, 2]');
    });
    test('UnsortedSegmentSum', async () => {
      await check(
        fc
          .tuple(any.shapeOf(1, 3), fc.integer({ min: 1, max: 5 }))
          .filter(([[rows]]) => rows > 0)
          .chain(([shape, count]) =>
            fc.tuple(
              any.filled(shape, 'float32', any.eighth),
              any.filled([shape[0]], 'int32', fc.integer({ min: -1, max: count })),
              fc.constant(count),
            ),
          ),
        ([x, ids, count]) =>
          expectSameOnBoth(
            [x, ids],
            (x, ids) => tf.unsortedSegmentSum(x, ids as tf.Tensor1D, count),
            signOfZero,
          ),
      );
    });
    test('OneHot', async () => {
      await check(
        fc.tuple(any.tensor('int32', fc.integer({ min: -2, max: 5 }), 0, 2), fc.integer({ min: 2, max: 4 })),
        ([indices, depth]) =>
          expectSameOnBoth([indices], (indices) => tf.oneHot(indices, depth, 2, 0.5, 'float32')),
      );
    });
    test('constants', async () => {
      await expectSameOnBoth([{ shape: [2, 0], dtype: 'int32', values: [] }], (x) => [
        tf.zerosLike(x),
        tf.onesLike(x),
        tf.fill([2, 3], 1.5),
        tf.fill([2], 7, 'int32'),
        tf.range(0, 5),
        tf.range(5, 0),
        tf.range(0.5, 3, 0.7),
        tf.range(9, 1, -3, 'int32'),
        tf.range(3, 3),
      ]);
    });
    test('pieces larger than a thread takes, in all orders', async () => {
      const stream = random(4);
      const below = (n: number) => Math.floor(n * stream.uniform());
      for (const shape of [
        [300, 5, 70],
        [2, 3, 5, 7, 11, 13],
        [130, 129],
        [40000, 3],
        [3, 40000],
      ]) {
        const length = shape.reduce((product, side) => product * side, 1);
        const x: Given = { shape, dtype: 'float32', values: Array.from({ length }, (_, i) => i) };
        const order = shuffled(shape.length, below);
        await expectSameOnBoth([x], (x) => [
          tf.transpose(x, order),
          tf.transpose(x),
          tf.reverse(x, [0, shape.length - 1]),
          tf.concat([x, x], shape.length - 1),
        ]);
      }
    });
  });

  describe('products', () => {
    const sides = fc.tuple(any.side, any.side, any.side);
    test('BatchMatMul', async () => {
      const batches = fc.oneof(
        any.shapeOf(0, 2).map((shape) => [shape, shape]),
        any.shapeOf(1, 2).map((shape) => [shape, shape.map(() => 1)]),
        any.shapeOf(1, 2).map((shape) => [shape.map(() => 1), shape]),
      );
      await check(
        fc
          .tuple(batches, sides, fc.boolean(), fc.boolean())
          .chain(([[aBatch, bBatch], [m, k, n], ta, tb]) =>
            fc.tuple(
              any.filled([...aBatch, ...(ta ? [k, m] : [m, k])], 'float32', any.eighth),
              any.filled([...bBatch, ...(tb ? [n, k] : [k, n])], 'float32', any.eighth),
              fc.constant(ta),
              fc.constant(tb),
            ),
          ),
        ([a, b, ta, tb]) =>
          expectSameOnBoth(
            [a, b],
            (a, b) => run('BatchMatMul', { a, b }, { transposeA: ta, transposeB: tb }),
            signOfZero,
          ),
        200,
      );
    });
    test('BatchMatMul stretched both ways, which the cpu backend cannot', async () => {
      await tf.setBackend('native');
      const a = tf.tensor([1, 2, 3, 4], [2, 1, 1, 2]);
      const b = tf.tensor([1, 0, 0, 1, 1, 1], [1, 3, 2, 1]);
      const c = tf.matMul(a, b);
      expect(c.shape).toEqual([2, 3, 1, 1]);
      expect([...c.dataSync()]).toEqual([1, 2, 3, 3, 4, 7]);
    });
    test.each(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const)(
      '_FusedMatMul and %s',
      async (activation) => {
        await check(
          sides.chain(([m, k, n]) =>
            fc.tuple(
              any.filled([m, k], 'float32', any.eighth),
              any.filled([k, n], 'float32', any.eighth),
              fc
                .constantFrom([n], [1, n], [], [m, n])
                .chain((shape) => any.filled(shape, 'float32', any.eighth)),
              any.filled([n], 'float32', any.eighth),
            ),
          ),
          ([a, b, bias, slopes]) =>
            expectSameOnBoth(
              [a, b, bias, slopes],
              (a, b, bias, slopes) =>
                tf.fused.matMul({
                  a: a,
                  b: b,
                  bias: bias.size === 1 && bias.rank === 0 ? undefined : bias,
                  activation: activation,
                  leakyreluAlpha: 0.3,
                  preluActivationWeights: slopes,
                }),
              signOfZero,
            ),
        );
      },
    );
    test.each([
      ['ij,jk->ik', [3, 4], [4, 5]],
      ['ij,jk->ki', [3, 4], [4, 5]],
      ['bij,bjk->bik', [2, 3, 4], [2, 4, 5]],
      ['bij,bkj->bik', [2, 3, 4], [2, 5, 4]],
      ['bi,bj->bij', [2, 3], [2, 4]],
      ['bfd,de->bfe', [2, 3, 4], [4, 5]],
      ['bi,bi->b', [2, 3], [2, 3]],
    ] as const)('Einsum %s', async (equation, a, b) => {
      const value = any.eighth;
      await check(
        fc.tuple(any.filled(a, 'float32', value), any.filled(b, 'float32', value)),
        (inputs) => expectSameOnBoth(inputs, (a, b) => tf.einsum(equation, a, b), signOfZero),
        5,
      );
    });
    test('large ones', async () => {
      const stream = random(6);
      const given = (shape: number[]): Given => ({
        shape,
        dtype: 'float32',
        values: Array.from(
          { length: shape.reduce((a, b) => a * b) },
          () => Math.round(16 * stream.uniform()) / 8,
        ),
      });
      await expectSameOnBoth([given([70, 6, 33]), given([70, 33, 10])], (a, b) => tf.matMul(a, b));
      await expectSameOnBoth([given([3, 20, 300]), given([1, 300, 10])], (a, b) => tf.matMul(a, b));
      await expectSameOnBoth([given([2, 130, 90]), given([2, 100, 90])], (a, b) =>
        tf.matMul(a, b, false, true),
      );
    });
  });

  test('any number of threads gives the same bits', async () => {
    const stream = random(8);
    const values = Array.from({ length: 90_000 }, () => stream.normal());
    const given = (...shape: number[]): Given => ({ shape, dtype: 'float32', values });
    const ids: Given = {
      shape: [9000],
      dtype: 'int32',
      values: values.slice(0, 9000).map((x) => Math.floor(5 * Math.abs(x))),
    };
    const all = (x: tf.Tensor, ids: tf.Tensor) => [
      tf.sum(x),
      tf.sum(x, 0),
      tf.mean(x, 1),
      tf.sum(tf.reshape(x, [10, 9, 1000]), [0, 2]),
      tf.softmax(x),
      tf.cumsum(x, 1),
      tf.exp(tf.mul(x, tf.slice(x, [0, 0], [1, 10]))),
      tf.unsortedSegmentSum(x, ids as tf.Tensor1D, 12),
      tf.matMul(tf.reshape(x, [900, 10, 10]), tf.reshape(x, [900, 10, 10])),
    ];
    const addon = loadAddon();
    const outcomes = [];
    for (const threads of [1, 2, 5]) {
      addon.configure(threads);
      outcomes.push(await resultsOn('native', [given(9000, 10), ids], all));
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).toEqual(outcomes[0]);
    expectSame(outcomes[0], await resultsOn('cpu', [given(9000, 10), ids], all), 1e-5);
  });

  test('all instruction sets agree with the cpu backend', async ({ annotate }) => {
    const addon = loadAddon();
    const given: Given = {
      shape: [7, 37],
      dtype: 'float32',
      values: Array.from({ length: 259 }, (_, i) => (i - 100) / 8),
    };
    const all = (x: tf.Tensor) => [
      tf.exp(x), tf.sigmoid(x), tf.round(x), tf.relu(x), tf.sum(x, 0), tf.softmax(x), tf.transpose(x), tf.matMul(x, x, true),
      tf.maximum(x, tf.reverse(x)), tf.tile(x, [2, 2]),
    ]; // prettier-ignore
    const expected = await resultsOn('cpu', [given], all);
    for (const set of ['baseline', 'avx2', 'avx512']) {
      try {
        addon.configure(2, set);
      } catch {
        await annotate(`this processor has no ${set}`);
        continue;
      }
      expectSame(await resultsOn('native', [given], all), expected, 1e-5);
    }
    addon.configure(3);
  });

  describe('what they leave to the cpu backend', () => {
    test('is counted, or refused by name', async () => {
      await tf.setBackend('native');
      const strings = () => tf.concat([tf.tensor1d(['a']), tf.tensor1d(['b'])]);
      expect(() => strings()).toThrow(/no kernel Concat of its own for string/);
      backend.substitutes!.refused = false;
      const before = backend.substitutes!.counts.get('Concat') ?? 0;
      expect(strings().dataSync()).toEqual(['a', 'b']);
      expect([...tf.abs(tf.complex([3], [4])).dataSync()]).toEqual([5]);
      expect(backend.substitutes!.counts.get('Concat')).toBe(before + 1);
      expect(backend.substitutes!.counts.get('ComplexAbs')).toBeGreaterThan(0);
      backend.substitutes!.refused = true;
    });
  });

  describe('the add-on refuses what does not fit, without a crash', () => {
    const addon = usable ? loadAddon() : undefined!;
    const floats = (n: number) => new Float32Array(n);
    const layout = (...numbers: number[]) => Float64Array.from(numbers);
    test.each<[string, () => void]>([
      ['no such operation', () => addon.unary(999, floats(1), floats(1), 0, 0)],
      ['a short output', () => addon.unary(0, floats(2), floats(1), 0, 0)],
      ['another type', () => addon.unary(0, floats(2), new Int32Array(2), 0, 0)],
      ['no floats', () => addon.unary(0, new Uint8Array(2), new Uint8Array(2), 0, 0)],
      [
        'a layout beyond an input',
        () => addon.binary(0, floats(3), floats(4), floats(4), layout(4, 1, 1), 1),
      ],
      [
        'a layout beyond the output',
        () => addon.binary(0, floats(4), floats(4), floats(3), layout(4, 1, 1), 1),
      ],
      ['steps back', () => addon.binary(0, floats(4), floats(4), floats(4), layout(4, -1, 1), 1)],
      ['gaps', () => addon.binary(0, floats(9), floats(9), floats(4), layout(4, 2, 1), 1)],
      ['a layout that is too short', () => addon.binary(0, floats(9), floats(9), floats(9), layout(4, 1), 1)],
      ['a layout of fractions', () => addon.copy(floats(9), floats(9), layout(1.5, 1, 1), 1, 0, 0)],
      [
        'a huge layout',
        () => addon.copy(floats(9), floats(9), layout(1e11, 1e11, 1, 1e11, 1e11, 1), 2, 0, 0),
      ],
      ['a copy from beyond', () => addon.copy(floats(4), floats(9), layout(4, 1, 1), 1, 1, 0)],
      ['a copy from before', () => addon.copy(floats(4), floats(9), layout(4, -1, 1), 1, 2, 0)],
      ['a copy to beyond', () => addon.copy(floats(9), floats(4), layout(4, 1, 1), 1, 0, 1)],
      ['a copy of another type', () => addon.copy(floats(9), new Int32Array(9), layout(4, 1, 1), 1, 0, 0)],
      ['too many dimensions', () => addon.copy(floats(9), floats(9), new Float64Array(99), 33, 0, 0)],
      ['sums of more than there is', () => addon.sum(floats(5), floats(3), 1, 2, 3, 1)],
      ['the greatest of nothing', () => addon.reduce(0, floats(0), floats(3), 1, 0, 3)],
      ['an index outside', () => addon.gather(floats(6), Int32Array.of(3), floats(2), 1, 1, 3, 1, 2)],
      ['short slices', () => addon.gather(floats(5), Int32Array.of(0), floats(2), 1, 1, 3, 1, 2)],
      ['few segments', () => addon.segmentSum(floats(5), new Int32Array(3), floats(9), 3, 4, 2)],
      ['more than all', () => addon.top(floats(4), floats(5), new Int32Array(5), 1, 4, 5)],
      [
        'a short matrix',
        () => addon.matMuls(floats(7), floats(4), floats(9), layout(2, 1, 0), 1, 2, 2, 2, false, false),
      ],
      [
        'short fields',
        () => addon.joinFields(floats(7), floats(9), floats(9), Uint32Array.of(0, 1), 2, 2, 2, 2),
      ],
      [
        'a member of no field',
        () => addon.joinFields(floats(8), undefined, floats(8), Uint32Array.of(0, 2), 2, 2, 2, 2),
      ],
      [
        'narrow vectors without matrices',
        () => addon.joinFields(floats(4), undefined, floats(8), Uint32Array.of(0, 1), 2, 1, 2, 2),
      ],
    ])('%s', (_name, call) => {
      expect(call).toThrow(/./);
    });
  });
});
