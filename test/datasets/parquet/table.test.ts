import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { random } from '../../../base/random.ts';
import { defaultSettings, openDataset } from '../../../datasets/index.ts';
import { table } from '../../../datasets/table/index.ts';
import { temporaryDirectory } from '../sample-rows.ts';

/** One table as CSV and as Parquet, in one file or several, is one prepared log. */

const stream = random(7);
const maybe = <T>(value: T) => (stream.uniform() < 0.1 ? null : value);
const rows = Array.from({ length: 300 }, (_, i) => ({
  click: Number(stream.uniform() < 0.3),
  user: maybe(BigInt(stream.next() % 20) * 9_007_199_254_740_993n - 7n),
  page: maybe(`page ${'x'.repeat(stream.next() % 9)}${stream.next() % 12}`),
  code: maybe(stream.next() % 30),
  price: maybe((stream.next() % 1000) / 8),
  at: 1_700_000_000 + 60 * i,
}));
type Row = (typeof rows)[number];

const types = {
  click: 'INT32',
  user: 'INT64',
  page: 'STRING',
  code: 'INT32',
  price: 'DOUBLE',
  at: 'INT64',
} as const;
const names = Object.keys(types) as (keyof Row)[];

function writeParquet(path: string, some: readonly Row[], rowGroupSize: number): void {
  const columnData = names.map((name) => ({
    name,
    type: types[name],
    nullable: true,
    data: some.map((row) => (name === 'at' ? BigInt(row.at) : row[name])) as ColumnSource['data'],
  }));
  writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize, pageSize: 300 })));
}

const writeCsv = (path: string, some: readonly Row[]) =>
  writeFileSync(
    path,
    [names, ...some.map((row) => names.map((name) => row[name] ?? ''))]
      .map((line) => `${line.join()}\n`)
      .join(''),
  );

async function prepared(data: string, more: Readonly<Record<string, unknown>> = {}) {
  const options = {
    data,
    label: 'click',
    categorical: 'user,page,code',
    numeric: 'price',
    time: 'at',
    ...more,
  };
  const result = await openDataset(table, {
    ...defaultSettings,
    cache: join(temporaryDirectory(), 'cache'),
    options,
  });
  result.close();
  return result;
}

test('CSV and Parquet of one table give one fingerprint, and so do its parts in several files and in a folder', async () => {
  const folder = temporaryDirectory();
  const at = (name: string) => join(folder, name);
  writeCsv(at('log.csv'), rows);
  writeParquet(at('log.parquet'), rows, 70);
  mkdirSync(at('days'));
  [0, 1, 2].forEach((day) =>
    writeParquet(at(`days/day_${day}.parquet`), rows.slice(100 * day, 100 * (day + 1)), 33),
  );
  const { fingerprint, rows: counted, facts } = await prepared(at('log.csv'));
  expect(counted.train + counted.validation + counted.test).toBe(300);
  for (const data of [
    at('log.parquet'),
    at('days'),
    [0, 1, 2].map((day) => at(`days/day_${day}.parquet`)).join(),
  ]) {
    const other = await prepared(data);
    expect(other.fingerprint, data).toBe(fingerprint);
    expect(other.facts.fields.map(({ cardinality }) => cardinality)).toEqual(
      facts.fields.map(({ cardinality }) => cardinality),
    );
  }
  // Another value of one cell is another fingerprint.
  writeParquet(at('other.parquet'), rows.with(3, { ...rows[3], page: 'elsewhere' }), 70);
  expect((await prepared(at('other.parquet'))).fingerprint).not.toBe(fingerprint);
});

test('files of other columns, a wrong name, and lines to leave out are refused', async () => {
  const folder = temporaryDirectory();
  const at = (name: string) => join(folder, name);
  writeParquet(at('a.parquet'), rows.slice(0, 10), 10);
  const columnData: ColumnSource[] = [{ name: 'click', data: [1, 0], type: 'INT32' }];
  writeFileSync(at('b.parquet'), new Uint8Array(parquetWriteBuffer({ columnData })));
  await expect(prepared(`${at('a.parquet')},${at('b.parquet')}`)).rejects.toThrow(
    /b\.parquet: .*no column is called/,
  );
  await expect(prepared(at('a.parquet'), { label: 'clik' })).rejects.toThrow(/did you mean click\?/);
  await expect(prepared(at('a.parquet'), { maxBadLines: 2 })).rejects.toThrow(
    /Parquet has none; leave the flag out/,
  );
});
