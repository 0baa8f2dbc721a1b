import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { compressors } from 'hyparquet-compressors';
import { describe, expect, test } from 'vitest';
import { parquetReader } from '../../../datasets/table/parquet/parquet-reader.ts';
import { expectedCells, fixtureRows } from './generated-table.ts';

/**
 * Files of other writers, with every type and encoding that they write: cells are compared with the values that went in, and with
 * hyparquet's own reader.
 */

const folder = join(import.meta.dirname, 'fixtures');
const fixtures = readdirSync(folder);

async function cellsOf(path: string) {
  const reader = parquetReader(path);
  const cells = new Map<string, (string | null)[]>(reader.columns.map((name) => [name, []]));
  for await (const row of reader.sample())
    reader.columns.forEach((name, at) => cells.get(name)!.push(row.cells[at]));
  return { reader, cells };
}

test('there are files of two writers, in seven forms', () => {
  expect(fixtures.length).toBe(7);
});

describe.each(fixtures)('%s', (name) => {
  const path = join(folder, name);

  test('cells are the values that were written', async () => {
    const { reader, cells } = await cellsOf(path);
    expect(reader.rows).toBe(fixtureRows);
    for (const [column, found] of cells) {
      const expected = expectedCells[column];
      // DuckDB's file has no maps and halves; a map is no column of a table.
      if (expected === undefined) expect(column).toMatch(/^pairs\.key_value\.(key|value)$/);
      else expect(found, column).toEqual(Array.from({ length: fixtureRows }, (_, i) => expected(i)));
    }
    expect([...cells.keys()]).toEqual(expect.arrayContaining(['label', 'i64', 'genres', 'device.os']));
  });

  test('integers, floats and texts are those that hyparquet reads', async () => {
    const file = await asyncBufferFromFile(path);
    const columns = ['label', 'i32', 'i64', 'u32', 'u64', 'f64', 'text', 'long'];
    const rows = await parquetReadObjects({ file, columns, compressors });
    const { cells } = await cellsOf(path);
    for (const column of columns)
      expect(cells.get(column), column).toEqual(
        rows.map((row) => (row[column] === null ? null : String(row[column]))),
      );
  });
});
