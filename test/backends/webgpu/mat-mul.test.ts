import * as tf from '../../../tensors/index.ts';
import { beforeAll, expect, test } from 'vitest';
import type { Given } from '../native/on-both.ts';
import { describeGpu, openGpu } from './describe-gpu.ts';
import { expectAsOnCpu, given, resultsOnGpu, valueAndGradients } from './on-gpu.ts';

/** tfjs's operations that our products are behind. */

const timeout = 300_000;
beforeAll(async () => {
  await openGpu();
});

const product =
  (transposeA = false, transposeB = false) =>
  (a: tf.Tensor, b: tf.Tensor) =>
    tf.matMul(a, b, transposeA, transposeB);

describeGpu("tfjs's products", () => {
  test.each([
    { a: [5, 7], b: [7, 3] },
    { a: [7, 5], b: [3, 7], transposeA: true, transposeB: true },
    { a: [4, 5, 7], b: [4, 7, 3] },
    { a: [4, 7, 8], b: [4, 7, 12], transposeA: true },
    { a: [1, 5, 7], b: [4, 3, 7], transposeB: true },
    { a: [4, 5, 7], b: [1, 7, 3] },
    { a: [2, 3, 5, 7], b: [2, 3, 7, 2] }, // left to tfjs
    { a: [0, 7], b: [7, 3] },
    { a: [2, 0], b: [0, 3] },
  ])('$a x $b', { timeout }, async ({ a, b, transposeA, transposeB }) => {
    const op = product(transposeA, transposeB);
    await expectAsOnCpu([given(a, 1), given(b, 2)], op, 1e-5);
    if (a.length === b.length && a.length < 4 && a[0] === b[0])
      await expectAsOnCpu([given(a, 1), given(b, 2)], valueAndGradients(op), 1e-5);
  });

  test('with a bias and an activation', { timeout }, async () => {
    const inputs = [given([6, 5], 1), given([5, 3], 2), given([3], 3)];
    for (const activation of ['linear', 'relu', 'sigmoid'] as const)
      await expectAsOnCpu(inputs, (a, b, bias) => tf.fused.matMul({ a, b, bias, activation }), 1e-5);
    await expectAsOnCpu([inputs[0], inputs[1], given([6, 1], 4)], (a, b, bias) => tf.fused.matMul({ a, b, bias }), 1e-5); // prettier-ignore
  });

  test('of integers called floats', { timeout }, async () => {
    const integers: Given = { shape: [2, 3], dtype: 'int32', values: [1, -2, 3, 4, 5, -6] };
    await expectAsOnCpu([integers, given([3, 2], 1)], (a, b) => tf.matMul(tf.cast(a, 'float32'), b), 1e-5);
  });

  test('of many terms: the same bits every time', { timeout }, async () => {
    const inputs = [given([5000, 3], 1), given([5000, 2], 2)];
    await expectAsOnCpu(inputs, product(true), 1e-4);
    const found = await resultsOnGpu(inputs, product(true));
    expect(await resultsOnGpu(inputs, product(true))).toEqual(found);
  });
});
