import fs from 'node:fs';
import { join } from 'node:path';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { categoryColumns, integerColumns } from '../../../datasets/criteo/columns.ts';
import { criteo } from '../../../datasets/criteo/index.ts';
import {
  type DatasetRequest,
  type DatasetSpec,
  defaultSettings,
  openDataset,
} from '../../../datasets/index.ts';
import type { RawBlock } from '../../../datasets/raw-rows.ts';
import { rawLog } from '../../../datasets/open-dataset.ts';
import { table } from '../../../datasets/table/index.ts';
import { parts } from '../../../harness/contract/data.ts';
import { criteoRow, lineOf, temporaryDirectory } from '../sample-rows.ts';
import { tokenOf } from './parsed.ts';

const opened = (
  spec: DatasetSpec,
  options: DatasetRequest['options'],
  settings: Partial<DatasetRequest> = {},
) =>
  openDataset(spec, { ...defaultSettings, ...settings, options, cache: join(temporaryDirectory(), 'cache') });

function file(content: string | Uint8Array, name: string, folder = temporaryDirectory()): string {
  const path = join(folder, name);
  fs.writeFileSync(path, content);
  return path;
}

async function blocksOf(options: DatasetRequest['options']): Promise<RawBlock[]> {
  const blocks: RawBlock[] = [];
  for await (const block of rawLog(table, options)
    .source(() => {})
    .blocks())
    blocks.push(structuredClone(block));
  return blocks;
}

const names = ['label', ...integerColumns, ...categoryColumns];
const asCriteo = {
  label: 'label',
  numeric: [{ column: 'I*', form: 'integer' }],
  categorical: [{ column: 'C*', form: 'hex' }],
};

test('a Criteo log gives the fingerprint that it has as criteo: TSV and CSV, plain and gzip, in one file or several', async () => {
  const lines = fc.sample(criteoRow, { numRuns: 140, seed: 5 }).map(lineOf);
  const tsv = file(`${lines.join('\n')}\n`, 'train.txt');
  const expected = await opened(criteo, { data: tsv });
  const headless = file(JSON.stringify({ ...asCriteo, separator: '\t', header: false, names }), 'tsv.json');
  const csv = `${names.join()}\n${lines.join('\n').replaceAll('\t', ',')}\n`;
  const schema = file(JSON.stringify(asCriteo), 'csv.json');
  const folder = temporaryDirectory();
  for (const [i, from] of [
    [2, 0],
    [10, 100],
  ] as const)
    file(
      [names.join(), ...lines.slice(from, i === 2 ? 100 : 140)].join('\r\n').replaceAll('\t', ','),
      `day_${i}.csv`,
      folder,
    );
  for (const options of [
    { data: tsv, schema: headless },
    { data: file(csv, 'train.csv'), schema },
    { data: file(zlib.gzipSync(csv), 'train.csv.gz'), schema },
    { data: folder, schema },
    { data: `${join(folder, 'day_2.csv')},${join(folder, 'day_10.csv')}`, schema },
    {
      data: tsv,
      label: 1,
      numeric: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map((n) => `${n}:integer`).join(),
      categorical: '*:hex',
      header: false,
    },
  ]) {
    const found = await opened(table, options);
    expect(found.rows).toEqual(expected.rows);
    expect(found.fingerprint, JSON.stringify(options)).toBe(expected.fingerprint);
  }
  // Texts have other tokens and the same ids.
  const texts = await opened(table, {
    data: file(csv, 'train.csv'),
    label: 'label',
    numeric: 'I*:integer',
    categorical: 'C*',
  });
  expect(texts.fields.map(({ cardinality }) => cardinality)).toEqual(
    expected.fields.map(({ cardinality }) => cardinality),
  );
  expect(texts.facts.fields.every(({ hashCollisions }) => hashCollisions === 0)).toBe(true);
});

test.each([
  ['0', '1', undefined],
  ['-1', '1', undefined],
  ['False', 'True', undefined],
  ['3', '4', '>=4'],
  ['3.5', '4.5', '>4'],
  ['view', 'buy', '=buy'],
  ['2', '1.0', '<2'],
  ['0', '17', '!=0'],
  ['view', 'buy', ' == "buy"'],
  ['1', '2', '>= "2" '],
])('labels %s and %s by the rule %s', async (no, yes, rule = '') => {
  const data = file(`r,a\n${no},x\n${yes},y\n${yes},x\n`, 'log.csv');
  const [{ labels }] = await blocksOf({ data, label: `r${rule}`, categorical: 'a' });
  expect(Array.from(labels)).toEqual([0, 1, 1]);
});

test('columns that nobody names may lack a name, or have one twice', async () => {
  const rows = [0, 1, 0].map((label, row) => `${row},${label},x,y,z${row},`);
  const data = file([',r,a,a,b,', ...rows].join('\n'), 'log.csv');
  const [{ labels, tokens }] = await blocksOf({ data, label: 'r', categorical: 'b' });
  expect(Array.from(labels)).toEqual([0, 1, 0]);
  expect(Array.from(tokens[0])).toEqual(['z0', 'z1', 'z2'].flatMap(tokenOf));
  const [byNumber] = await blocksOf({ data, label: 'r', categorical: '1' });
  expect(Array.from(byNumber.tokens[0])).toEqual(['0', '1', '2'].flatMap(tokenOf));
  await expect(blocksOf({ data, label: 'r', categorical: 'a' })).rejects.toThrow('are both called a');
  await expect(blocksOf({ data, label: 'r', categorical: '*' })).rejects.toThrow('are both called a');
});

test.each(['longer', 'shorter', 'newer'])(
  'a file that becomes %s while it is read is refused',
  async (how) => {
    const text = `r,a\n${'0,x\n1,y\n'.repeat(40_000)}`;
    const data = file(text, 'log.csv');
    const source = rawLog(table, { data, label: 'r', categorical: 'a' }).source(() => {});
    const change = async () => {
      let first = true;
      for await (const { size } of source.blocks()) {
        expect(size).toBeGreaterThan(0);
        if (!first) continue;
        first = false;
        if (how === 'longer') fs.appendFileSync(data, '1,z\n');
        else if (how === 'shorter') fs.truncateSync(data, 'r,a\n'.length + 8 * 39_000);
        else fs.utimesSync(data, 1, 1);
      }
    };
    await expect(change()).rejects.toThrow(/log\.csv: has changed while it was read; start again/);
  },
);

test('several values, times, weights and parts reach the block; a row may have none', async () => {
  const text = [
    'y,genres,at,w,part',
    '1,Drama|War,2024-03-10 23:00:00,2,train',
    '0,,2024-03-11T00:00:00Z,0.5,valid',
    '1,War,2024-03-11 01:00:00+01:00,1,test',
  ].join('\n');
  const schema = {
    label: 'y',
    multi: [{ column: 'genres', separator: '|', pool: 'mean' }],
    time: { column: 'at', form: 'date' },
    derived: [
      { name: 'hour', take: 'hour' },
      { name: 'day', take: 'weekday' },
      { name: 'free', take: 'weekend' },
    ],
    weight: 'w',
    part: 'part',
  };
  const options = { data: file(text, 'log.csv'), schema: file(JSON.stringify(schema), 'schema.json') };
  const [block] = await blocksOf(options);
  expect(Array.from(block.lengths![0]!)).toEqual([2, 1, 1]);
  expect(Array.from(block.tokens[0])).toEqual(['Drama', 'War', '', 'War'].flatMap(tokenOf));
  expect(block.tokens.slice(1).map((words) => Array.from(words))).toEqual([
    [23, 0, 0],
    [0, 1, 1],
    [1, 0, 0],
  ]);
  expect(Array.from(block.times!)).toEqual(
    ['2024-03-10T23:00Z', '2024-03-11T00:00Z', '2024-03-11T00:00Z'].map((time) => Date.parse(time) / 1000),
  );
  expect(Array.from(block.weights!)).toEqual([2, 0.5, 1]);
  expect(Array.from(block.parts!)).toEqual([0, 1, 2]);
  expect(rawLog(table, options).source(() => {}).fields[0]).toMatchObject({ kind: 'text', pool: 'mean' });
});

test('files of the parts: those of a schema lie beside it', async () => {
  const folder = temporaryDirectory();
  const lines = (from: number, to: number) =>
    `y,a\n${Array.from({ length: to - from }, (_, i) => `${(from + i) % 2},v${from + i}`).join('\n')}\n`;
  file(lines(0, 30), 'train.csv', folder);
  file(lines(30, 40), 'valid.csv', folder);
  file(lines(40, 60), 'test.csv', folder);
  const schema = file(
    JSON.stringify({
      label: 'y',
      categorical: ['a'],
      files: { train: 'train.csv', validation: 'valid.csv', test: ['test.csv'] },
    }),
    'schema.json',
    folder,
  );
  const found = await opened(table, { schema }, { protocol: 'given' });
  expect(found.rows).toEqual({ train: 30, validation: 10, test: 20 });
  const flags = await opened(
    table,
    {
      data: join(folder, 'train.csv'),
      validationData: join(folder, 'valid.csv'),
      testData: join(folder, 'test.csv'),
      label: 'y',
      categorical: 'a',
    },
    { protocol: 'given' },
  );
  expect(flags.fingerprint).toBe(found.fingerprint);
  expect(parts.map((part) => found.labels(part).length)).toEqual([30, 10, 20]);
});

test('bad lines are left out and counted; the cache knows the schema', async () => {
  const data = file(
    `y,a,b\n${Array.from({ length: 40 }, (_, i) => `${i % 2},v${i % 5},w`).join('\n')}\nbad\n`,
    'log.csv',
  );
  const cache = join(temporaryDirectory(), 'cache');
  const open = (options: object) =>
    openDataset(table, { ...defaultSettings, cache, options: { data, label: 'y', ...options } });
  const found = await open({ categorical: 'a', maxBadLines: 1 });
  expect(found.facts.badLines).toBe(1);
  expect(found.rows.train).toBe(35);
  await expect(open({ categorical: 'a' })).rejects.toThrow('log.csv:42: 1 column instead of 3');
  expect((await open({ categorical: 'a,b', maxBadLines: 1 })).fields).toHaveLength(2);
});

const sample = join(import.meta.dirname, '../../../../shared/data/criteo/train-sample.tsv.gz');
test.skipIf(!fs.existsSync(sample))(
  'the real sample through table has the fingerprint that criteo gives',
  async () => {
    const schema = file(JSON.stringify({ ...asCriteo, header: false, names }), 'schema.json');
    const found = await opened(table, { data: sample, schema });
    expect(found.fingerprint).toBe((await opened(criteo, { data: sample })).fingerprint);
  },
);
