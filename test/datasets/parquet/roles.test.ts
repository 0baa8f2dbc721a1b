import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { writeTextToken } from '../../../datasets/text-token.ts';
import { temporaryDirectory } from '../sample-rows.ts';
import { fixtureRows, genresOf } from './generated-table.ts';
import { readTable } from './read-table.ts';

/** Columns in every role: lists, texts of several values, times, weights, parts. */

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', `${name}.parquet`);
const rows = Array.from({ length: fixtureRows }, (_, i) => i);
const tokenOf = (text: string): number[] => {
  const token = new Uint32Array(3);
  writeTextToken(text, token, 0);
  return [...token];
};

function written(...columnData: ColumnSource[]): string {
  const path = join(temporaryDirectory(), 'log.parquet');
  const label = {
    name: 'click',
    data: Array.from(columnData[0].data as unknown[], (_, i) => i % 2),
    type: 'INT32' as const,
  };
  writeFileSync(
    path,
    new Uint8Array(parquetWriteBuffer({ columnData: [label, ...columnData], rowGroupSize: 4, pageSize: 20 })),
  );
  return path;
}

test.each(['small-pages', 'plain-v2', 'snappy-groups', 'deltas', 'duckdb'])(
  'lists of %s have their values, and a row without values the missing one',
  async (name) => {
    const path = fixture(name);
    const multi = ['genres', 'numbers'].map((column) => ({ column, separator: '|' }));
    for (const blockRows of [1, 7, 25, 1000]) {
      const table = await readTable(path, { label: 'label', multi }, { blockRows });
      expect(table.lengths[0]).toEqual(rows.map((i) => Math.max(1, genresOf(i).length)));
      expect(table.tokens[0]).toEqual(
        rows.flatMap((i) => (genresOf(i).length === 0 ? [0, 0, 0] : genresOf(i).flatMap(tokenOf))),
      );
      expect(table.lengths[1]).toEqual(rows.map(() => 2));
      expect(table.tokens[1]).toEqual(rows.flatMap((i) => [i, i + 1].flatMap((n) => tokenOf(String(n)))));
      expect(table.labels).toEqual(rows.map((i) => Number(i % 3 === 0)));
    }
  },
);

test('texts with a separator are several values, through dictionaries, pages and groups', async () => {
  const texts = ['a|b', 'c', '', null, '||', 'b|c|dddddddddd', 'a|b', 'a|b', 'a|b', 'none', 'x|', 'a|b'];
  for (const encoding of ['PLAIN', undefined] as const) {
    const path = written({
      name: 'tags',
      data: texts,
      type: 'STRING',
      nullable: true,
      ...(encoding && { encoding }),
    });
    const multi = [{ column: 'tags', separator: '|', missing: ['none'] }];
    for (const blockRows of [1, 3, 100]) {
      const table = await readTable(path, { label: 'click', multi }, { blockRows });
      const values = texts.map((text) =>
        text === null || text === 'none' ? [] : text.split('|').filter((value) => value !== ''),
      );
      expect(table.lengths[0]).toEqual(values.map(({ length }) => Math.max(1, length)));
      expect(table.tokens[0]).toEqual(
        values.flatMap((some) => (some.length ? some.flatMap(tokenOf) : [0, 0, 0])),
      );
    }
  }
});

test('times are seconds, in whatever unit they are stored; values derived from them are tokens of one word', async () => {
  const start = Date.UTC(2021, 2, 4, 5, 6, 7) / 1000;
  const steps = { ms: 0.25, us: 1, ns: 3600 };
  for (const name of ['snappy-groups', 'lz4-int96', 'duckdb'])
    for (const [column, step] of Object.entries(steps)) {
      const table = await readTable(fixture(name), {
        label: 'label',
        categorical: ['text'],
        time: { column, form: 'date' },
        derived: [
          { name: 'hour', take: 'hour' },
          { name: 'weekday', take: 'weekday' },
        ],
      });
      const seconds = rows.map((i) => start + step * i);
      expect(table.times, `${name} ${column}`).toEqual(seconds);
      expect(table.tokens[1]).toEqual(seconds.map((s) => new Date(s * 1000).getUTCHours()));
      expect(table.tokens[2]).toEqual(seconds.map((s) => new Date(s * 1000).getUTCDay()));
    }
  const days = await readTable(fixture('plain-v2'), {
    label: 'label',
    categorical: ['text'],
    time: { column: 'day', form: 'date' },
  });
  expect(days.times).toEqual(rows.map((i) => Date.UTC(2020, 0, 1 + i) / 1000));
});

test('decimals, halves, booleans and integers are numbers; a rule makes labels of them', async () => {
  for (const name of ['snappy-groups', 'plain-v2', 'deltas', 'small-pages']) {
    const table = await readTable(fixture(name), {
      label: 'money>=10',
      categorical: ['text'],
      numeric: ['half', 'bool', 'u64', 'i64', 'wide'],
    }).catch((error: Error) => error.message);
    // A row without money has no label.
    expect(table).toMatch(/row group 1, column money: null is no label/);
    const numbers = await readTable(fixture(name), {
      label: 'u32>=4294967290',
      categorical: ['text'],
      numeric: ['half', 'bool', 'u64', 'i64', 'wide', 'money'],
    });
    expect(numbers.labels).toEqual(rows.map((i) => Number(i <= 5)));
    // Columns stand in the order of the file.
    const [i64, u64, half, bool, money, wide] = numbers.dense;
    const large = (i: number) => Math.fround(Number(BigInt(i) * 9007199254740993n - 1n));
    expect(i64).toEqual(rows.map((i) => (i % 11 === 5 ? NaN : large(i))));
    expect(u64).toEqual(rows.map(() => 2 ** 64));
    expect(half).toEqual(rows.map((i) => i / 4));
    expect(bool).toEqual(rows.map((i) => (i % 6 === 5 ? NaN : Number(i % 5 < 2))));
    expect(money).toEqual(rows.map((i) => (i % 8 === 7 ? NaN : Math.fround((i * 125 - 300) / 100))));
    expect(wide).toEqual(rows.map((i) => Math.fround(i * 1e17)));
  }
});

test('weights, parts, short tokens and names of missing values', async () => {
  const path = written(
    { name: 'part', data: ['train', 'valid', 'test', 'train', 'Test'], type: 'STRING' },
    { name: 'weight', data: [1, 0.5, 2, 0, 3], type: 'DOUBLE' },
    { name: 'hex', data: ['ff', '', 'FEEDBEEF', null, '10'], type: 'STRING' },
    { name: 'id', data: [7, -1, null, 0, 2 ** 31 - 1], type: 'INT32' },
    { name: 'age', data: [30, -1, null, 0, 41], type: 'INT32' },
    {
      name: 'raw',
      data: [Uint8Array.of(1), Uint8Array.of(1, 0), Uint8Array.of(1, 0, 0), Uint8Array.of(1), null],
      type: 'BYTE_ARRAY',
    },
  );
  const table = await readTable(path, {
    label: 'click',
    part: 'part',
    weight: 'weight',
    categorical: [{ column: 'hex', form: 'hex' }, { column: 'id', form: 'integer' }, 'raw'],
    numeric: [{ column: 'age', missing: ['-1'] }],
  });
  expect(table.parts).toEqual([0, 1, 2, 0, 2]);
  expect(table.weights).toEqual([1, 0.5, 2, 0, 3]);
  expect(table.tokens[0]).toEqual([0xff, 0, 0xfeedbeef, 0, 0x10]);
  expect(table.tokens[1]).toEqual([7, 2 ** 32 - 1, 2 ** 31, 0, 2 ** 31 - 1]);
  expect(table.dense[0]).toEqual([30, NaN, NaN, 0, 41]);
  const raw = Array.from({ length: 5 }, (_, i) => table.tokens[2].slice(3 * i, 3 * i + 3).join());
  expect(raw[3]).toBe(raw[0]);
  expect(new Set(raw).size).toBe(4);
});
