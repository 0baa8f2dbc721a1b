import { expect, test } from 'vitest';
import { rowsPerBuffer } from '../../../backends/webgpu/tables/shards.ts';
import { kaggleFields } from '../../../suites/described/kaggle.ts';

/** Limits that WebGPU grants everywhere, and common limits of cards with 16 GB. */
const limits = [2 ** 27, 2 ** 30, 2 ** 31 - 4, 2 ** 31, 2 ** 32 - 4, 2 ** 32];

test.each(limits)(
  'Criteo Kaggle at dim 64 is cut to buffers of at most %d bytes, none larger than need be',
  (most) => {
    const rows = kaggleFields.reduce((sum, { cardinality }) => sum + cardinality, 0);
    expect(4 * 64 * rows).toBeGreaterThan(2 ** 33);
    const each = rowsPerBuffer(most, 64);
    expect(4 * 64 * each).toBeLessThanOrEqual(most);
    expect(4 * 64 * (each + 1)).toBeGreaterThan(most);
  },
);

test.each([1, 3, 16, 64, 1000])('the floats of a buffer are counted in 32 bits, rows of %d', (width) => {
  expect(rowsPerBuffer(2 ** 40, width) * width).toBeLessThan(2 ** 32);
  expect(rowsPerBuffer(16, width)).toBeGreaterThanOrEqual(1);
});
