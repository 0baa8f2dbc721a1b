import * as tf from '../../../tfjs.ts';
import fc from 'fast-check';
import { test } from 'vitest';
import * as any from '../arbitraries.ts';
import { expectSameOnBoth, type Given } from '../on-both.ts';
import { check, describeKernels, run } from './describe-kernels.ts';

describeKernels('kernels of one number', () => {
  // prettier-ignore
  const exact = ['Neg', 'Square', 'Sqrt', 'Rsqrt', 'Reciprocal', 'Floor', 'Ceil', 'Round', 'Sign', 'Relu', 'Relu6', 'Abs'];
  // prettier-ignore
  const transcendent = [
      'Exp', 'Expm1', 'Log', 'Log1p', 'Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Tanh', 'Asinh', 'Acosh',
      'Atanh', 'Sigmoid', 'Softplus', 'Erf', 'IsNan', 'IsInf', 'IsFinite',
    ];
  test.each([...exact, ...transcendent])('%s', async (kernel) => {
    await check(any.tensor('float32', any.anyFloat), (x) => expectSameOnBoth([x], (x) => run(kernel, { x })));
  });
  test.each([...exact, 'Sin', 'Tanh', 'Log', 'Sigmoid'])('%s of integers', async (kernel) => {
    const value = kernel === 'Abs' ? any.smallInt : any.anyInt; // cpu takes absolute values as floats
    await check(any.tensor('int32', value), (x) => expectSameOnBoth([x], (x) => run(kernel, { x })));
  });
  test.each(['Elu', 'Selu'])('%s', async (kernel) => {
    // The cpu backend computes exp(x) - 1, which loses tiny numbers.
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
    await check(fc.tuple(any.tensor(dtype, value), fc.constantFrom('float32', 'int32', 'bool')), ([x, to]) =>
      expectSameOnBoth([x], (x) => tf.cast(x, to)),
    );
  });
  test('Cast has numbers of its own type, for the add-on', async () => {
    const x: Given = { shape: [3], dtype: 'int32', values: [1, 2, 3] };
    await expectSameOnBoth([x], (x) => tf.mul(tf.cast(x, 'float32'), 0.5));
  });
});
