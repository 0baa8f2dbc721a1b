import * as tf from '../../../tensors/index.ts';
import { beforeAll, expect, test } from 'vitest';
import { random } from '../../../base/random.ts';
import { describeGpu, openGpu } from './describe-gpu.ts';

const timeout = 300_000;
beforeAll(async () => {
  await openGpu();
});

/** Numbers by chance, those of a segment before the first and after the last among them. */
function drawn(rows: number, width: number, segments: number, seed: number) {
  const stream = random(seed);
  return {
    x: Float32Array.from({ length: rows * width }, () => 2 * stream.uniform() - 1),
    // Squares: low segments come often.
    ids: Int32Array.from({ length: rows }, () => Math.floor((segments + 2) * stream.uniform() ** 2) - 1),
  };
}

const sumsOf = (x: Float32Array, ids: Int32Array, width: number, segments: number) =>
  tf.tidy(() => tf.unsortedSegmentSum(tf.tensor2d(x, [ids.length, width]), tf.tensor1d(ids), segments));

describeGpu('segment sums', () => {
  test.each([
    [1, 1, 1],
    [7, 3, 5],
    [100, 1, 3],
    [1000, 5, 4000],
    [5000, 4, 2],
    [3000, 17, 257],
  ])(
    'of %i rows of %i floats in %i segments against doubles, the same bits twice',
    { timeout },
    async (rows, width, segments) => {
      const { x, ids } = drawn(rows, width, segments, rows + width);
      const [sums, sizes] = [new Float64Array(segments * width), new Float64Array(segments * width)];
      ids.forEach((segment, i) => {
        if (segment < 0 || segment >= segments) return;
        for (let k = 0; k < width; k++) {
          sums[segment * width + k] += x[i * width + k];
          sizes[segment * width + k] += Math.abs(x[i * width + k]);
        }
      });
      const [first, second] = [sumsOf(x, ids, width, segments), sumsOf(x, ids, width, segments)];
      const [found, again] = [await first.data(), await second.data()];
      found.forEach((sum, i) => expect(Math.abs(sum - sums[i])).toBeLessThanOrEqual(sizes[i] * 2 ** -20));
      expect(Buffer.compare(Buffer.from(found.buffer), Buffer.from(again.buffer))).toBe(0);
      tf.dispose([first, second]);
    },
  );

  test('of no rows are zeros', { timeout }, async () => {
    const none = sumsOf(new Float32Array(0), new Int32Array(0), 3, 2);
    expect([none.shape, Array.from(await none.data())]).toEqual([[2, 3], [0, 0, 0, 0, 0, 0]]); // prettier-ignore
    none.dispose();
  });
});
