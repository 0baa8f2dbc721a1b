import { expect, test } from 'vitest';
import { requirePositions } from '../../../serving/compress/plan-layers.ts';

test('a sparse table whose positions do not fit 32 bits is refused, and others are not', () => {
  const table = (rows: number, stored?: { kind: 'sparse'; nonZeros: number }) => ({
    tables: [{ parts: [{ rows }], width: 16, ...(stored && { stored }) }],
  });
  const sparse = { kind: 'sparse', nonZeros: 9 } as const;
  expect(() => requirePositions(table(2 ** 28 + 1, sparse) as never)).toThrow(
    'a sparse table of 4294967312 floats',
  );
  expect(() => requirePositions(table(2 ** 28, sparse) as never)).not.toThrow();
  expect(() => requirePositions(table(2 ** 28 + 1) as never)).not.toThrow();
});
