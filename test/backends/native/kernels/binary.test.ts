import * as tf from '../../../tfjs.ts';
import fc from 'fast-check';
import { test } from 'vitest';
import * as any from '../arbitraries.ts';
import { create, expectSameOnBoth, type Given } from '../on-both.ts';
import { check, describeKernels, run, signOfZero } from './describe-kernels.ts';

describeKernels('kernels of two numbers', () => {
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
      .tuple(any.shapeOf(0, 3), fc.integer({ min: 1, max: 5 }))
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
