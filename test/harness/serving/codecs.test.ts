import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Storage, Table } from '../../../harness/contract/method.ts';
import { storedBytes } from '../../../harness/contract/storage.ts';
import { codecOf } from '../../../harness/serving/codecs.ts';
import { smallFloatForms } from './small-float-forms.ts';
import { floatsFor, storedAndRead, tableOf } from './tables.ts';

const block = fc.option(fc.integer({ min: 1, max: 70 }), { nil: undefined });
const forms: fc.Arbitrary<Storage | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.constant({ kind: 'fp16' as const }),
  fc
    .record({
      bits: fc.constantFrom(2 as const, 4 as const, 8 as const),
      range: fc.constantFrom('min-max' as const, 'greedy' as const),
      block,
    })
    .map(({ block, ...form }) => ({ kind: 'row-wise' as const, ...form, ...(block && { block }) })),
  fc.integer({ min: 1, max: 20 }).map((bits) => ({ kind: 'grid' as const, bits, step: 0.001 })),
  smallFloatForms,
  fc.nat(900).map((nonZeros) => ({ kind: 'sparse' as const, nonZeros })),
);
const tables: fc.Arbitrary<Table> = fc
  .record({
    width: fc.integer({ min: 1, max: 40 }),
    rows: fc.integer({ min: 1, max: 30 }),
    stored: forms,
    stride: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
  })
  .map(({ width, rows, stored, stride }) =>
    tableOf(width, rows, stored, stride !== undefined && stride < width ? stride : undefined),
  );

test('as many bytes are written as are counted, and any stretch reads as it does among all', () => {
  fc.assert(
    fc.property(tables, fc.nat(), fc.nat(), fc.nat(99), (table, from, count, seed) => {
      const floats = floatsFor(table, { seed });
      const codec = codecOf(table);
      const bytes = codec.encode(floats);
      expect(bytes.length).toBe(storedBytes(table));
      const read = codec.reader(bytes);
      const all = new Float32Array(floats.length);
      read(0, floats.length, all, 0);
      const first = from % floats.length;
      const length = count % (floats.length - first + 1);
      const out = new Float32Array(length + 2).fill(7);
      read(first, length, out, 1);
      expect([...out]).toEqual([7, ...all.subarray(first, first + length), 7]);
    }),
    { numRuns: 1000 },
  );
});

test('what was read is stored as the same bytes again, but for scales and offsets of blocks', () => {
  const kept = tables.filter(({ stored }) => stored?.kind !== 'row-wise' && !isDouble(stored));
  fc.assert(
    fc.property(kept, (table) => {
      const once = storedAndRead(table, floatsFor(table));
      expect(storedAndRead(table, once)).toEqual(once);
    }),
  );
});

/** The scales of blocks are rounded among their neighbours. */
const isDouble = (stored: Storage | undefined) => stored?.kind === 'nf4' && stored.scales === 'double';

test('a grid rounds to whole steps, and cuts at its ends', () => {
  const table = tableOf(8, 1, { kind: 'grid', bits: 3, step: 0.5 });
  const floats = Float32Array.from([0, 0.5, -0.5, 0.7, -0.8, 9, -9, 0.2]);
  expect([...storedAndRead(table, floats)]).toEqual([0, 0.5, -0.5, 0.5, -1, 1.5, -2, 0]);
  // Codes from the lowest, -4: 4 5 3 5 2 7 0 4, three bits each.
  expect([...codecOf(table).encode(floats)]).toEqual([0b11101100, 0b10101010, 0b10000011]);
});

test('sixteen bits keep eleven of the mantissa', () => {
  const table = tableOf(16, 50, { kind: 'fp16' });
  const floats = floatsFor(table);
  storedAndRead(table, floats).forEach((x, i) => {
    expect(Math.abs(x - floats[i])).toBeLessThanOrEqual(Math.max(2 ** -25, Math.abs(floats[i]) * 2 ** -11));
  });
});
