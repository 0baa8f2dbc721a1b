import * as tf from '../../../tfjs.ts';
import { expect, test } from 'vitest';
import { random } from '../../../../base/random.ts';
import { addon } from '../addon.ts';
import { expectSame, type Given, resultsOn } from '../on-both.ts';
import { describeKernels } from './describe-kernels.ts';

describeKernels('kernels with any number of threads', () => {
  test('give the same bits', async () => {
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
});
