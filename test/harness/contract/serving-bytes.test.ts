import { expect, test } from 'vitest';
import { servingBytesOf, sumOf } from '../../../harness/contract/serving-bytes.ts';
import { isInfeasible, type Method, type Storage, type Table } from '../../../harness/contract/method.ts';
import { budgetFor, sizeOf } from '../../../harness/contract/size.ts';
import { methods, wrappers } from '../../../methods/index.ts';
import { layerAt, zipfFields } from '../../layers.ts';

const init = { mean: 0, halfWidth: 1 };
const table = (rows: number, width: number, stored?: Storage): Table => ({
  ...{ width, parts: [{ rows, init }] },
  ...(stored && { stored }),
});

test('bytes are counted by what they are', () => {
  const served = {
    tables: [
      table(7, 3), // 84
      table(7, 3, { kind: 'fp16' }), // 42
      table(7, 3, { kind: 'row-wise', bits: 8, range: 'min-max' }), // 7 rows of 3, and 8 each
      table(7, 3, { kind: 'row-wise', bits: 4, range: 'greedy', block: 6 }), // 3 blocks of 6: 3 each; one of 3: 2; 4 each
      table(7, 3, { kind: 'fp8', element: 'e5m2', scaled: true }), // 21, and 4 for all
      table(7, 3, { kind: 'fp8', element: 'e5m2', scaled: false }), // 21
      table(15, 3, { kind: 'mx', element: 'e2m3', block: 32 }), // 24 and ten of the 13 floats left, 2 exponents
      table(7, 3, { kind: 'nf4', block: 16, scales: 'fp32' }), // 8 and 3, 2 scales
      table(7, 3, { kind: 'nf4', block: 16, scales: 'double' }), // 8 and 3, 2 bytes, a scale for them, their mean
      table(1000, 2, { kind: 'sparse', nonZeros: 3 }), // 3 floats; their positions, 11 bits each, are 5 bytes
    ],
    weights: [{ shape: [3, 5], init }],
    maps: [
      { length: 9, bits: 3 }, // 4
      { length: 10, bits: 3, holds: 'codes' as const }, // 4
    ],
  };
  const counted = servingBytesOf(served);
  expect(counted).toEqual({
    tables: 84 + 42 + 21 + 11 + 21 + 21 + 34 + 11 + 11 + 12,
    scales: 7 * 8 + 4 * 4 + 4 + 2 + 8 + 10,
    positions: 5,
    weights: 60,
    maps: 4,
    codes: 4,
  });
  expect(sumOf(counted)).toBe(sizeOf(served).servingBytes);
});

const fields = zipfFields([3, 40, 900]);
const dim = 8;

/** Every method, alone and in every precision, at two ratios. */
const forms = methods.flatMap((method): Method[] => [
  method,
  ...wrappers.map((wrapper) => wrapper.wrap(method)),
]);

test.each(forms.map((form) => [form.name, form] as const))(
  '%s: kinds of bytes sum to its serving bytes',
  (_, form) => {
    const found = [4, 24].map((ratio) => form.plan(layerAt(fields, dim, ratio), form.options.parse({})));
    for (const [i, plan] of found.entries()) {
      if (isInfeasible(plan)) continue;
      const kinds: number[] = Object.values({ ...servingBytesOf(plan.serving ?? plan) });
      expect(kinds.every((bytes) => Number.isInteger(bytes) && bytes >= 0)).toBe(true);
      const total = kinds.reduce((sum, bytes) => sum + bytes, 0);
      expect(total).toBe(sizeOf(plan).servingBytes);
      expect(total).toBeLessThanOrEqual(budgetFor({ fields, dim }, [4, 24][i]));
    }
  },
);
