import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bitmapBytes,
  listBytes,
  nonZerosWithin,
  sparseBytes,
  storedBytes,
} from '../../../harness/contract/storage.ts';
import { codecOf } from '../../../harness/serving/codecs.ts';
import { floatsFor, storedAndRead, tableOf } from './tables.ts';

/** All but the largest are zeros; of those that are equal the first stay. */
function pruned(floats: Float32Array, count: number): Float32Array {
  const kept = [...floats.keys()]
    .sort((a, b) => Math.abs(floats[b]) - Math.abs(floats[a]) || a - b)
    .slice(0, count);
  const result = new Float32Array(floats.length);
  for (const at of kept) result[at] = floats[at];
  return result;
}

const tables = fc
  .record({ width: fc.integer({ min: 1, max: 30 }), rows: fc.integer({ min: 1, max: 80 }) })
  .chain(({ width, rows }) =>
    fc
      .oneof(fc.nat(width * rows), fc.nat(Math.ceil((width * rows) / 20)))
      .map((nonZeros) => ({ nonZeros, table: tableOf(width, rows, { kind: 'sparse', nonZeros }) })),
  );

describe('a sparse table', () => {
  test('is its largest floats, in either form', () => {
    const seen = { bitmap: 0, list: 0 };
    fc.assert(
      fc.property(tables, fc.boolean(), ({ table, nonZeros }, coarse) => {
        const floats = floatsFor(table);
        if (coarse) floats.forEach((x, i) => (floats[i] = Math.round(x * 100) / 100)); // ties, and zeros
        expect(storedAndRead(table, floats)).toEqual(pruned(floats, nonZeros));
        const bitmap = bitmapBytes(floats.length) <= listBytes(floats.length, nonZeros);
        seen[bitmap ? 'bitmap' : 'list']++;
      }),
      { numRuns: 300 },
    );
    expect(Math.min(seen.bitmap, seen.list)).toBeGreaterThan(30);
  });

  test.each([
    [10, 4 * 10 + 13], // 10 positions of 10 bits
    [100, 4 * 100 + 125],
    [108, 4 * 108 + 135],
    [109, 4 * 109 + 136], // a bit for each and two counts take no more from here on
    [1024, 4 * 1024 + 136],
  ])('of %i among 1024 floats takes %i bytes', (nonZeros, bytes) => {
    expect(storedBytes(tableOf(8, 128, { kind: 'sparse', nonZeros }))).toBe(bytes);
  });

  test('as a bitmap: a bit per float, ones before every 512, values', () => {
    const table = tableOf(1, 520, { kind: 'sparse', nonZeros: 60 });
    const floats = new Float32Array(520);
    for (let i = 0; i < 59; i++) floats[i] = 1 + i;
    floats[515] = -2;
    const bytes = codecOf(table).encode(floats);
    expect(bytes.length).toBe(65 + 8 + 240);
    expect([...bytes.subarray(0, 9)]).toEqual([255, 255, 255, 255, 255, 255, 255, 7, 0]);
    expect(bytes[64]).toBe(1 << 3);
    const view = new DataView(bytes.buffer);
    expect([view.getUint32(65, true), view.getUint32(69, true)]).toEqual([0, 59]);
    expect(view.getFloat32(73 + 4 * 59, true)).toBe(-2);
  });

  test('with room for more than there are floats holds them all', () => {
    const table = tableOf(2, 3, { kind: 'sparse', nonZeros: 9 });
    const floats = floatsFor(table);
    expect(storedAndRead(table, floats)).toEqual(floats);
    expect(codecOf(table).encode(floats).length).toBe(storedBytes(table));
  });
});

test('as many non-zeros as fit, and one more does not', () => {
  fc.assert(
    fc.property(fc.nat(20_000), fc.integer({ min: 1, max: 5000 }), (bytes, floats) => {
      const most = nonZerosWithin(bytes, floats);
      expect(sparseBytes(floats, most)).toBeLessThanOrEqual(bytes);
      if (most < floats) expect(sparseBytes(floats, most + 1)).toBeGreaterThan(bytes);
    }),
    { numRuns: 2000 },
  );
  expect(nonZerosWithin(-1, 10)).toBe(-1);
});
