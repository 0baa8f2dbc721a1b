import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { mix32 } from '../../../base/hash.ts';
import { defaultSettings, openDataset } from '../../../datasets/index.ts';
import { rawLog } from '../../../datasets/open-dataset.ts';
import type { RawBlock } from '../../../datasets/raw-rows.ts';
import { table } from '../../../datasets/table/index.ts';
import type { WrittenSchema } from '../../../datasets/table/schema.ts';
import { temporaryDirectory } from '../sample-rows.ts';

/** A log with side tables is the log that somebody has joined by hand. */

const lines = Array.from({ length: 200 }, (_, i) => ({
  click: mix32(i) % 3 === 0 ? 1 : 0,
  user: `user ${mix32(i + 7) % 23}`, // longer than 8 bytes from 10 on
  item: mix32(i + 99) % 40,
}));
/** User 3 has no row. */
const users = Array.from({ length: 24 }, (_, u) => ({
  name: `user ${u}`,
  city: u % 5 === 0 ? '' : `city of ${u % 4}`,
  age: u % 6 === 0 ? undefined : 20 + u / 2,
})).filter((_, u) => u !== 3);
const items = Array.from({ length: 40 }, (_, i) => ({
  id: i,
  kind: i % 7,
  size: i % 9 === 0 ? undefined : i * 3,
  tags: Array.from({ length: i % 4 }, (_, t) => `tag ${(i + t) % 11}`),
})).filter(({ id }) => id !== 5);

const csv = (rows: readonly (readonly unknown[])[]) => rows.map((row) => `${row.join()}\n`).join('');

function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryDirectory();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

const logCsv = csv([['click', 'user', 'item'], ...lines.map(({ click, user, item }) => [click, user, item])]);
const usersCsv = csv([
  ['name', 'city', 'age'],
  ...users.map(({ name, city, age }) => [name, city, age ?? '']),
]);
const itemsCsv = csv([
  ['id', 'kind', 'size', 'tags'],
  ...items.map(({ id, kind, size, tags }) => [id, kind, size ?? '', tags.join('|')]),
]);
const joinedCsv = csv([
  ['click', 'user', 'item', 'city', 'kind', 'tags', 'age', 'size'],
  ...lines.map(({ click, user, item }) => {
    const { city = '', age = '' } = users.find(({ name }) => name === user) ?? {};
    const { kind = '', tags = [], size = '' } = items.find(({ id }) => id === item) ?? {};
    return [click, user, item, city, kind, tags.join('|'), age, size];
  }),
]);

const userSide = { file: 'users.csv', column: 'user', key: 'name', categorical: ['city'], numeric: ['age'] };
const itemSide = {
  file: 'items.csv',
  column: 'item',
  key: 'id',
  categorical: [{ column: 'kind', form: 'integer' as const }],
  numeric: [{ column: 'size', form: 'integer' as const, transform: 'standard' as const }],
  multi: [{ column: 'tags', separator: '|' }],
};
const schema: WrittenSchema = {
  label: 'click',
  categorical: ['user', { column: 'item', form: 'integer' }],
  side: [userSide, itemSide],
};
const joinedSchema: WrittenSchema = {
  label: 'click',
  categorical: ['user', { column: 'item', form: 'integer' }, 'city', { column: 'kind', form: 'integer' }],
  multi: [{ column: 'tags', separator: '|' }],
  numeric: ['age', { column: 'size', form: 'integer', transform: 'standard' }],
};

function optionsOf(folder: string, written: WrittenSchema, log = 'log.csv') {
  writeFileSync(join(folder, 'schema.json'), JSON.stringify(written));
  return { data: join(folder, log), schema: join(folder, 'schema.json') };
}

async function prepared(folder: string, written: WrittenSchema, log?: string) {
  const options = optionsOf(folder, written, log);
  const data = await openDataset(table, {
    ...defaultSettings,
    cache: join(temporaryDirectory(), 'cache'),
    options,
  });
  data.close();
  return data;
}

async function blocksOf(folder: string, written: WrittenSchema): Promise<RawBlock[]> {
  const blocks: RawBlock[] = [];
  const source = rawLog(table, optionsOf(folder, written)).source(() => {});
  for await (const block of source.blocks()) blocks.push(structuredClone(block));
  return blocks;
}

const all = { 'log.csv': logCsv, 'users.csv': usersCsv, 'items.csv': itemsCsv, 'joined.csv': joinedCsv };

test('features of side tables are those of a log that has them in its rows', async () => {
  const folder = folderOf(all);
  const found = await prepared(folder, schema);
  const expected = await prepared(folder, joinedSchema, 'joined.csv');
  expect(found.fields.map(({ name }) => name)).toEqual(['user', 'item', 'city', 'kind', 'tags']);
  expect(found.denseFields).toEqual(['age', 'size']);
  expect(found.fingerprint).toBe(expected.fingerprint);
  const lacking = lines.filter(({ user }) => user === 'user 3').length;
  const withoutItem = lines.filter(({ item }) => item === 5).length;
  expect(Math.min(lacking, withoutItem)).toBeGreaterThan(0);
  expect(found.facts.sides).toMatchObject([
    { file: 'users.csv', column: 'user', rows: 23, lacking },
    { file: 'items.csv', column: 'item', rows: 39, lacking: withoutItem },
  ]);
  expect(expected.facts.sides).toBeUndefined();
});

test('a key that is no feature of the log is read for the join alone, beside a derived field', async () => {
  const dated = csv([
    ['at', 'click', 'user', 'item'],
    ...lines.map(({ click, user, item }) => ['2024-01-02', click, user, item]),
  ]);
  const folder = folderOf({ ...all, 'log.csv': dated });
  const [block] = await blocksOf(folder, {
    label: 'click',
    categorical: ['item'],
    time: { column: 'at', form: 'date' },
    derived: [{ name: 'weekday', take: 'weekday' }],
    side: [userSide, itemSide],
  });
  const [joined] = await blocksOf(folderOf({ 'log.csv': joinedCsv }), joinedSchema);
  expect(block.tokens).toHaveLength(5);
  expect(Array.from(block.tokens[1])).toEqual(lines.map(() => 2));
  expect([block.tokens[2], block.tokens[3], block.tokens[4]]).toEqual(joined.tokens.slice(2));
  expect(block.lengths!.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined]);
  expect(block.lengths![4]).toEqual(joined.lengths![4]);
  expect(block.dense).toEqual(joined.dense);
});

test('a side table of Parquet is that of CSV, beside a log of either format', async () => {
  const columnData: ColumnSource[] = [
    { name: 'id', data: items.map(({ id }) => BigInt(id)), type: 'INT64' },
    { name: 'kind', data: items.map(({ kind }) => kind), type: 'INT32' },
    { name: 'size', data: items.map(({ size }) => size ?? null), type: 'INT32', nullable: true },
    {
      name: 'tags',
      data: items.map(({ tags }) => (tags.length > 0 ? tags.join('|') : null)),
      type: 'STRING',
      nullable: true,
    },
  ];
  const logColumns: ColumnSource[] = [
    { name: 'click', data: lines.map(({ click }) => click), type: 'INT32' },
    { name: 'user', data: lines.map(({ user }) => user), type: 'STRING' },
    { name: 'item', data: lines.map(({ item }) => item), type: 'INT32' },
  ];
  const folder = folderOf({
    ...all,
    'items.parquet': new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 13 })),
    'log.parquet': new Uint8Array(parquetWriteBuffer({ columnData: logColumns, rowGroupSize: 70 })),
  });
  const { fingerprint } = await prepared(folder, schema);
  const withParquet = { ...schema, side: [userSide, { ...itemSide, file: 'items.parquet' }] };
  for (const log of ['log.csv', 'log.parquet'])
    expect((await prepared(folder, withParquet, log)).fingerprint, log).toBe(fingerprint);
});

test('another side table is another log to the cache, and another fingerprint', async () => {
  const cache = join(temporaryDirectory(), 'cache');
  const folder = folderOf(all);
  const open = async () => {
    const data = await openDataset(table, { ...defaultSettings, cache, options: optionsOf(folder, schema) });
    data.close();
    return data.fingerprint;
  };
  const before = await open();
  writeFileSync(join(folder, 'users.csv'), usersCsv.replace('city of 2', 'city of a king'));
  expect(await open()).not.toBe(before);
});

const faults: [string, WrittenSchema, Partial<typeof all>, string | RegExp][] = [
  [
    'a missing file',
    { ...schema, side: [{ ...userSide, file: 'persons.csv' }] },
    {},
    /persons\.csv: no such file; check the path of "side" in the schema/,
  ],
  [
    'no key column',
    { ...schema, side: [{ ...userSide, key: 'nam' }] },
    {},
    /users\.csv: the key of the side table: no column is called "nam": .*did you mean name\?/,
  ],
  [
    'no column of the log',
    { ...schema, side: [{ ...userSide, column: 'usr' }] },
    {},
    /log\.csv: the key of .*users\.csv: no column is called "usr"/,
  ],
  [
    'no feature',
    { ...schema, side: [{ file: 'users.csv', column: 'user', key: 'name' }] },
    {},
    /users\.csv: no feature of the side table is named/,
  ],
  [
    'a feature of no column',
    { ...schema, side: [{ ...userSide, numeric: ['years'] }] },
    {},
    /users\.csv: numeric: no column is called "years"/,
  ],
  [
    'a key twice',
    schema,
    { 'users.csv': `${usersCsv}user 1,here,4\n` },
    /users\.csv: row 24 has the same key "user 1" in column name as row 2; leave one of them out/,
  ],
  [
    'a long key twice',
    schema,
    { 'users.csv': `${usersCsv}user 12,here,4\nuser 1234,,\nuser 1234,,\n` },
    /users\.csv: row 24 has the same key "user 12" in column name as row 12/,
  ],
  [
    'a missing key',
    schema,
    { 'users.csv': usersCsv.replace('user 1,', ',') },
    /users\.csv: row 2: the key, column name, is missing/,
  ],
  [
    'a bad value',
    schema,
    { 'items.csv': itemsCsv.replace('39,4,117', '39,4,big') },
    /items\.csv:40: column 3 \(size\): "big" is not a whole number/,
  ],
  [
    'two features of one name',
    { ...schema, side: [{ ...userSide, categorical: ['item'] }] },
    { 'users.csv': usersCsv.replace('city', 'item') },
    /users\.csv: a feature is called item, as one of .*log\.csv is/,
  ],
  [
    'two side tables with one name',
    { ...schema, side: [userSide, { ...itemSide, numeric: ['age'] }] },
    { 'items.csv': itemsCsv.replace('size', 'age') },
    /items\.csv: a feature is called age, as one of .*users\.csv is/,
  ],
  [
    'no row of the log',
    schema,
    { 'users.csv': usersCsv.replaceAll('user', 'User') },
    /users\.csv: no row of the log has its key in it: column user of .*log\.csv has "user \d+", column name has "User 0"/,
  ],
  [
    'several values as a key',
    { label: 'click', multi: [{ column: 'user', separator: ' ' }], side: [userSide] },
    {},
    /column user has several values/,
  ],
];

test.each(faults)('%s is refused', async (_, written, files, message) => {
  await expect(prepared(folderOf({ ...all, ...files }), written)).rejects.toThrow(message);
});

test('bad lines of a side table count as those of the log', async () => {
  const folder = folderOf({ ...all, 'items.csv': `${itemsCsv}bad\n` });
  await expect(prepared(folder, schema)).rejects.toThrow(
    /items\.csv:41: 1 column instead of 4.*--max-bad-lines N/,
  );
  const options = { ...optionsOf(folder, schema), maxBadLines: 1 };
  const data = await openDataset(table, {
    ...defaultSettings,
    cache: join(temporaryDirectory(), 'c'),
    options,
  });
  data.close();
  expect(data.facts.badLines).toBe(1);
});
