import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { defaultSettings, openDataset } from '../../../datasets/index.ts';
import { parquetReader } from '../../../datasets/table/parquet/parquet-reader.ts';
import { table } from '../../../datasets/table/index.ts';
import { temporaryDirectory } from '../sample-rows.ts';
import { expectedCells, fixtureRows, genresOf } from './generated-table.ts';

/** A column of several values is one column, however it is stored: `a|b|c` in CSV or in a text of Parquet, or a list of Parquet. */

const lists = join(import.meta.dirname, 'fixtures/plain-v2.parquet');

async function fingerprintOf(data: string, multi = 'genres:|'): Promise<string> {
  const cache = join(temporaryDirectory(), 'cache');
  const options = { data, label: 'label', categorical: 'text', multi };
  const found = await openDataset(table, { ...defaultSettings, cache, options });
  found.close();
  expect(found.fields.map(({ name, pool }) => [name, pool])).toEqual([
    ['text', undefined],
    ['genres', 'sum'],
  ]);
  return found.fingerprint;
}

test('cells a|b|c of CSV, texts of Parquet and lists of Parquet give one fingerprint', async () => {
  const rows = Array.from({ length: parquetReader(lists).rows! }, (_, i) => i % fixtureRows);
  const folder = temporaryDirectory();
  const at = (name: string) => join(folder, name);
  const { label, text } = expectedCells;
  const csv = (separator: string) =>
    ['label,text,genres', ...rows.map((i) => [label(i), text(i) ?? '', genresOf(i).join(separator)].join())]
      .map((line) => `${line}\n`)
      .join('');
  writeFileSync(at('log.csv'), csv('|'));
  writeFileSync(at('other.csv'), csv(';'));
  const columnData = [
    { name: 'label', data: rows.map((i) => Number(label(i))), type: 'INT32' as const },
    { name: 'text', data: rows.map(text), type: 'STRING' as const, nullable: true },
    { name: 'genres', data: rows.map(expectedCells.genres), type: 'STRING' as const, nullable: true },
  ];
  writeFileSync(at('texts.parquet'), new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 25 })));
  const expected = await fingerprintOf(lists);
  expect(await fingerprintOf(at('log.csv'))).toBe(expected);
  expect(await fingerprintOf(at('texts.parquet'))).toBe(expected);
  expect(await fingerprintOf(at('other.csv'), 'genres:;')).toBe(expected);
  expect(await fingerprintOf(at('other.csv'), 'genres:|')).not.toBe(expected);
});
