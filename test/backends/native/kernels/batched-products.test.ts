import * as tf from '../../../tfjs.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { random } from '../../../../base/random.ts';
import * as any from '../arbitraries.ts';
import { expectSameOnBoth, type Given } from '../on-both.ts';
import { check, describeKernels, run, signOfZero } from './describe-kernels.ts';

describeKernels('batches of products', () => {
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
