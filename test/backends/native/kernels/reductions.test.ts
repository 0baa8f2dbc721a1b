import * as tf from '../../../tfjs.ts';
import fc from 'fast-check';
import { test } from 'vitest';
import * as any from '../arbitraries.ts';
import { expectSameOnBoth, type Given } from '../on-both.ts';
import { check, describeKernels, run, signOfZero, size } from './describe-kernels.ts';

describeKernels('kernels along axes', () => {
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
          expectSameOnBoth([x], (x) => run(kernel, { x }, { axis, keepDims }), kernel === 'Mean' ? 1e-5 : 0),
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
  test.each(['ArgMax', 'ArgMin'])('%s of more numbers than a vector has', async (kernel) => {
    const value = fc.oneof(fc.constantFrom(NaN, 0, -0, 1, 2, Infinity, -Infinity), any.anyFloat);
    const sides = fc.tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 40 }));
    const input = sides.chain(([rows, columns]) => {
      const values = fc.array(value, { minLength: rows * columns, maxLength: rows * columns });
      return fc.tuple(values, fc.constantFrom([rows, columns], [1, rows, columns]), fc.constantFrom(-1, -2));
    });
    await check(input, ([values, shape, axis]) =>
      expectSameOnBoth([{ shape, dtype: 'float32', values }], (x) =>
        run(kernel, { x }, { axis: shape.length + axis }),
      ),
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
