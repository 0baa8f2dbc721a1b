import fc from 'fast-check';
import { expect, test } from 'vitest';
import { topK } from '../../base/top-k.ts';
import type { Table } from '../../harness/contract/method.ts';
import { random } from '../../base/random.ts';
import { pruneInPlace } from '../../methods/deep-light/prune-in-place.ts';
import { HostRows } from '../../harness/embedding/host-rows.ts';

/** A table with these floats, and what was written into it. */
function tableWith(values: Float32Array, width: number) {
  const table: Table = { width, parts: [{ rows: values.length / width, init: { mean: 0, halfWidth: 1 } }] };
  const rows = new HostRows(table, 'sgd', 1);
  const all = Uint32Array.from({ length: values.length / width }, (_, row) => row);
  rows.write(all, values);
  const written: number[] = [];
  const access = {
    read: async (_: Table, asked: Uint32Array) => {
      const whole = await rows.read(0, all.length);
      return Float32Array.from({ length: asked.length * width }, (_, i) => whole[asked[0] * width + i]);
    },
    write: (_: Table, asked: Uint32Array, floats: Float32Array) => {
      written.push(...asked);
      rows.write(asked, floats);
    },
  };
  return { table, access, written, read: () => rows.read(0, all.length) };
}

test('leaves the largest floats of any table', async () => {
  const tables = fc.record({
    rows: fc.integer({ min: 1, max: 200 }),
    width: fc.integer({ min: 1, max: 6 }),
    seed: fc.nat(),
    share: fc.double({ min: 0, max: 1.1, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(tables, async ({ rows, width, seed, share }) => {
      const stream = random(seed);
      const values = Float32Array.from(
        { length: rows * width },
        () => stream.normal() * 10 ** -(stream.next() % 9),
      );
      const keep = Math.floor(share * values.length);
      const { table, access, read } = tableWith(values, width);
      await pruneInPlace(access, table, keep);
      const kept = new Set(topK(values, keep));
      expect([...(await read())]).toEqual([...values].map((x, i) => (kept.has(i) ? x : 0)));
    }),
    { numRuns: 100 },
  );
});

test('over more rows than a piece has', async () => {
  const stream = random(1);
  const values = Float32Array.from({ length: 70_000 * 2 }, () => stream.normal());
  const { table, access, read } = tableWith(values, 2);
  await pruneInPlace(access, table, 1000);
  const kept = new Set(topK(values, 1000));
  expect((await read()).every((x, i) => x === (kept.has(i) ? values[i] : 0))).toBe(true);
});

test('never leaves too many, and writes no row in which nothing changes', async () => {
  const { table, access, read, written } = tableWith(Float32Array.of(5, 0, 2, -2, 0, 0, 7, 2, -8, 9), 2);
  await pruneInPlace(access, table, 5);
  expect([...(await read())]).toEqual([5, 0, 0, 0, 0, 0, 7, 0, -8, 9]);
  expect(written).toEqual([1, 3]);
});
