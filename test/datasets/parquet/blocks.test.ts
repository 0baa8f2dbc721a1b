import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { missingInteger } from '../../../datasets/raw-rows.ts';
import { writeTextToken } from '../../../datasets/text-token.ts';
import { temporaryDirectory } from '../sample-rows.ts';
import { readTable } from './read-table.ts';

/** Blocks of generated tables are compared with the values that were written, whatever the groups, pages and blocks are. */

const tokenOf = (text: string | null): number[] => {
  const token = new Uint32Array(3);
  writeTextToken(text ?? '', token, 0);
  return [...token];
};

const cell = <T>(value: fc.Arbitrary<T>) => fc.oneof({ weight: 5, arbitrary: value }, fc.constant(null));
const text = fc.oneof(
  fc.constantFrom('', 'a', 'bb', 'tag', 'a longer text'),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);
const row = fc.record({
  click: fc.boolean(),
  user: cell(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  small: cell(fc.integer({ min: -5, max: 2000 })),
  page: cell(text.filter((text) => !text.endsWith('\0'))),
  price: cell(fc.double({ min: -1e30, max: 1e30, noNaN: true })),
  count: cell(fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 })),
});

const types = {
  click: 'BOOLEAN',
  user: 'INT64',
  small: 'INT32',
  page: 'STRING',
  price: 'DOUBLE',
  count: 'INT32',
} as const;

test('blocks have the values that were written', async () => {
  const path = join(temporaryDirectory(), 'log.parquet');
  const layout = fc.record({
    rowGroupSize: fc.integer({ min: 1, max: 40 }),
    pageSize: fc.integer({ min: 1, max: 200 }),
    codec: fc.constantFrom('SNAPPY' as const, 'UNCOMPRESSED' as const),
    blockRows: fc.integer({ min: 1, max: 70 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 60 }), layout, async (rows, { blockRows, ...options }) => {
      const columnData = Object.entries(types).map(([name, type]): ColumnSource => ({
        name,
        type,
        data: rows.map((row) => row[name as keyof typeof types]) as ColumnSource['data'],
        nullable: name !== 'click',
      }));
      writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData, ...options })));
      const table = await readTable(
        path,
        {
          label: 'click',
          categorical: ['user', 'small', 'page'],
          numeric: ['price', { column: 'count', form: 'integer' }],
        },
        { blockRows },
      );
      const full = Math.floor(rows.length / blockRows);
      const rest = rows.length % blockRows;
      expect(table.sizes).toEqual([...new Array<number>(full).fill(blockRows), ...(rest > 0 ? [rest] : [])]);
      expect(table.labels).toEqual(rows.map(({ click }) => Number(click)));
      if (rows.length === 0) return;
      expect(table.dense[0]).toEqual(rows.map(({ price }) => (price === null ? NaN : Math.fround(price))));
      expect(table.dense[1]).toEqual(rows.map(({ count }) => count ?? missingInteger));
      expect(table.tokens[0]).toEqual(
        rows.flatMap(({ user }) => tokenOf(user === null ? null : String(user))),
      );
      expect(table.tokens[1]).toEqual(
        rows.flatMap(({ small }) => tokenOf(small === null ? null : String(small))),
      );
      expect(table.tokens[2]).toEqual(rows.flatMap(({ page }) => tokenOf(page)));
    }),
    { numRuns: 150 },
  );
});
