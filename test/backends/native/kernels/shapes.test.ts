import * as tf from '../../../tfjs.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { random } from '../../../../base/random.ts';
import * as any from '../arbitraries.ts';
import { create, expectSameOnBoth, type Given } from '../on-both.ts';
import { check, describeKernels, run, signOfZero } from './describe-kernels.ts';

describeKernels('kernels that move numbers', () => {
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
            fc.tuple(fc.constant(x), fc.shuffledSubarray([...x.shape.keys()], { minLength: x.shape.length })),
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
