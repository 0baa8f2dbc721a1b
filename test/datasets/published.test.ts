import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { datasets, defaultSettings, openDataset, type DatasetSpec } from '../../datasets/index.ts';
import { rawLog } from '../../datasets/open-dataset.ts';
import { presets } from '../../datasets/published/index.ts';
import { preset } from '../../datasets/published/preset.ts';
import { compareWith } from '../../datasets/published/published.ts';
import { missingInteger } from '../../datasets/raw-rows.ts';
import { parts } from '../../harness/contract/data.ts';
import { temporaryDirectory } from './sample-rows.ts';

const find = (name: string) => datasets.find((dataset) => dataset.name === name)!;

/** Rows of a source one by one, without blocks. */
interface Row {
  readonly label: number;
  readonly dense: readonly number[];
  readonly tokens: readonly number[];
  readonly part: number | undefined;
  readonly time: number | undefined;
}

async function rowsOf(spec: DatasetSpec, options: Record<string, unknown>): Promise<Row[]> {
  const rows: Row[] = [];
  const source = rawLog(spec, options).source(() => {});
  for await (const { size, labels, dense, tokens, parts, times } of source.blocks())
    for (let row = 0; row < size; row++)
      rows.push({
        label: labels[row],
        dense: dense.map((values) => values[row]),
        tokens: tokens.map((words) => words[row] | 0),
        part: parts?.[row],
        time: times?.[row],
      });
  return rows;
}

/** A published form: its text, and the same rows as an independent reading of it has them. */
interface Form {
  readonly name: string;
  readonly files: Readonly<Record<string, number>>;
  readonly line: (i: number) => { text: string; row: Omit<Row, 'part'> };
  readonly header?: string;
}

const stream = random(7);
const below = (n: number) => Math.floor(stream.uniform() * n);
const pick = <T>(values: readonly T[]) => values[below(values.length)];
const range = (n: number, name: (i: number) => string) => Array.from({ length: n }, (_, i) => name(i + 1));
const given = { 'train.csv': 23, 'valid.csv': 5, 'test.csv': 4 };
const hexCell = () =>
  below(2 ** 31)
    .toString(16)
    .padStart(8, '0');

const avazuColumns = [
  ...['id', 'click', 'hour', 'C1', 'banner_pos', 'site_id', 'site_domain', 'site_category', 'app_id'],
  ...['app_domain', 'app_category', 'device_id', 'device_ip', 'device_model', 'device_type'],
  ...['device_conn_type', ...range(8, (i) => `C${i + 13}`)],
];
const avazuLine = (i: number) => {
  const label = i % 3 === 0 ? 1 : 0;
  const hour = i % 24;
  // 23 October 2014 was a Thursday.
  const day = 21 + (Math.floor(i / 3) % 9);
  const weekday = (((day - 23 + 4) % 7) + 7) % 7;
  const cells = avazuColumns
    .slice(3)
    .map((name) =>
      /^(site|app)_|device_(id|ip|model)/.test(name)
        ? pick([hexCell(), '12345678', '12345e67'])
        : String(below(2000) - 1),
    );
  const tokens = cells.map((cell, c) =>
    /^(site|app)_|device_(id|ip|model)/.test(avazuColumns[c + 3]) ? parseInt(cell, 16) | 0 : Number(cell),
  );
  const text = [`100000${i}`, label, `1410${day}${String(hour).padStart(2, '0')}`, ...cells].join();
  const weekend = weekday === 0 || weekday === 6 ? 1 : 0;
  const time = Date.UTC(2014, 9, day, hour) / 1000;
  return { text, row: { label, dense: [], tokens: [...tokens, hour, weekday, weekend], time } };
};

const criteoColumns = [...range(13, (i) => `I${i}`), ...range(26, (i) => `C${i}`)];
const forms: Form[] = [
  {
    name: 'criteo-x1',
    files: given,
    header: ['label', ...criteoColumns].join(),
    line(i) {
      const label = i % 2;
      const dense = range(13, () => pick(['0.0', '0.25', '1.5', '0.001', '3']));
      const tokens = range(26, () => pick([`${below(2_000_000)}.0`, String(below(90)), '7.']));
      return {
        text: [`${label}.0`, ...dense, ...tokens].join(),
        row: {
          label,
          dense: dense.map((x) => Math.fround(Number(x))),
          tokens: tokens.map(Number),
          time: undefined,
        },
      };
    },
  },
  {
    name: 'criteo-x4',
    files: given,
    header: ['Label', ...criteoColumns].join(),
    line(i) {
      const label = i % 2;
      const dense = range(13, () => pick(['', String(below(90) - 2)]));
      const tokens = range(26, () => pick(['', hexCell(), 'ffffffff']));
      return {
        text: [label, ...dense, ...tokens].join(),
        row: {
          label,
          dense: dense.map((x) => (x === '' ? missingInteger : Number(x))),
          tokens: tokens.map((x) => (x === '' ? 0 : parseInt(x, 16) | 0)),
          time: undefined,
        },
      };
    },
  },
  { name: 'avazu', files: { 'train.csv': 40 }, header: avazuColumns.join(), line: avazuLine },
  { name: 'avazu-x4', files: given, header: avazuColumns.join(), line: avazuLine },
  {
    name: 'avazu-x1',
    files: given,
    header: ['label', ...range(22, (i) => `feat_${i}`)].join(),
    line(i) {
      const tokens = range(22, () => String(below(1_500_000)));
      return {
        text: [i % 2, ...tokens].join(),
        row: { label: i % 2, dense: [], tokens: tokens.map(Number), time: undefined },
      };
    },
  },
  {
    name: 'frappe',
    files: { 'frappe.train.libfm': 23, 'frappe.validation.libfm': 5, 'frappe.test.libfm': 4 },
    line(i) {
      const tokens = range(10, () => String(below(5382)));
      return {
        text: [i % 3 === 0 ? 1 : -1, ...tokens.map((index) => `${index}:1`)].join(' '),
        row: { label: i % 3 === 0 ? 1 : 0, dense: [], tokens: tokens.map(Number), time: undefined },
      };
    },
  },
  {
    name: 'amazon-access',
    files: { 'train.csv': 40 },
    header:
      'ACTION,RESOURCE,MGR_ID,ROLE_ROLLUP_1,ROLE_ROLLUP_2,ROLE_DEPTNAME,ROLE_TITLE,ROLE_FAMILY_DESC,ROLE_FAMILY,ROLE_CODE',
    line(i) {
      const tokens = range(9, () => String(below(300_000)));
      return {
        text: [i % 2, ...tokens].join(),
        row: { label: i % 2, dense: [], tokens: tokens.map(Number), time: undefined },
      };
    },
  },
];

/** Writes the files of a form into a new folder, with the rows that they have. */
function written({ files, header, line }: Form, pack: 'plain' | 'gzip' = 'plain') {
  const folder = temporaryDirectory();
  const rows: Row[] = [];
  const split = Object.keys(files).length > 1;
  let i = 0;
  for (const [part, [name, count]] of Object.entries(files).entries()) {
    const lines = Array.from({ length: count }, () => line(i++));
    rows.push(...lines.map(({ row }) => ({ ...row, part: split ? part : undefined })));
    const text =
      [...(header === undefined ? [] : [header]), ...lines.map(({ text }) => text)].join('\n') + '\n';
    if (pack === 'plain') fs.writeFileSync(join(folder, name), text);
    else fs.writeFileSync(join(folder, `${name}.gz`), zlib.gzipSync(text));
  }
  return { folder, rows };
}

test.each(forms)(
  '$name reads its published form, plain and packed, from a folder and from files',
  async (form) => {
    const spec = find(form.name);
    const names = Object.keys(form.files);
    for (const pack of ['plain', 'gzip'] as const) {
      const { folder, rows } = written(form, pack);
      const found = await rowsOf(spec, { data: folder });
      expect(found).toEqual(rows);
      const [data, validationData, testData] = names.map((name) =>
        join(folder, pack === 'plain' ? name : `${name}.gz`),
      );
      expect(await rowsOf(spec, { data, ...(names.length > 1 && { validationData, testData }) })).toEqual(
        rows,
      );
    }
  },
);

test.each(forms)('an excerpt of $name is no published file, under its own protocol', async (form) => {
  const spec = find(form.name);
  const { folder } = written(form);
  const protocol = spec.protocol ?? 'temporal';
  const cache = join(temporaryDirectory(), 'cache');
  const request = { ...defaultSettings, protocol, shares: spec.shares, cache, options: { data: folder } };
  // Twice: the second one is from the cache.
  for (let i = 0; i < 2; i++) {
    const data = await openDataset(spec, request);
    const { facts, rows } = data;
    data.close();
    expect(facts.published).toMatch(/^not the published files?: .*rows, published [0-9,]+/);
    if (protocol === 'given') expect(parts.map((part) => rows[part])).toEqual(Object.values(form.files));
  }
});

test('docs/data.md has every preset with its rows, files and protocol', () => {
  const lines = fs.readFileSync(join(import.meta.dirname, '../../docs/data.md'), 'utf8').split('\n');
  for (const { name, files } of forms) {
    const { protocol, published } = find(name);
    const cells = lines.find((line) => line.startsWith(`| \`${name}\` |`))!.split(' | ');
    const [edition] = published!;
    expect(cells[4], name).toBe(
      Object.values(edition.parts)
        .map(({ rows }) => rows!.toLocaleString('en-US'))
        .join(' / '),
    );
    expect(cells[2]).toBe(
      Object.keys(files)
        .map((file) => `\`${file}\``)
        .join(', '),
    );
    expect(cells[3]).toMatch(new RegExp(`^${protocol}\\b`));
  }
});

test('Parquet of the same columns gives the same rows; nothing is said of its md5', async () => {
  const form = forms.find(({ name }) => name === 'avazu-x1')!;
  const { folder, rows } = written(form);
  const other = temporaryDirectory();
  const columns = form.header!.split(',');
  for (const [part, name] of ['train', 'valid', 'test'].entries()) {
    const own = rows.filter((row) => row.part === part);
    const columnData = columns.map((column, c) => ({
      name: column,
      type: 'INT32' as const,
      data: own.map(({ label, tokens }) => (c === 0 ? label : tokens[c - 1])),
    }));
    fs.writeFileSync(join(other, `${name}.parquet`), new Uint8Array(parquetWriteBuffer({ columnData })));
  }
  expect(await rowsOf(find('avazu-x1'), { data: other })).toEqual(
    await rowsOf(find('avazu-x1'), { data: folder }),
  );
});

const small = (md5: string | undefined, clicks: number) =>
  preset({
    name: 'small',
    title: 'four rows',
    schema: { separator: ',', label: 'y', categorical: ['a'] },
    files: { train: 'small.csv' },
    protocol: 'random',
    published: [{ parts: { train: { rows: 40, clicks, ...(md5 && { md5 }) } }, source: 'this test' }],
  });
const smallText = `y,a\n${range(40, (i) => `${i % 4 === 0 ? 1 : 0},u${i % 7}`).join('\n')}\n`;
const smallSum = createHash('md5').update(smallText).digest('hex');

test.each([
  ['small.csv', smallText, smallSum, 10, 'as published (md5, rows, clicks)'],
  ['small.csv.gz', zlib.gzipSync(smallText), smallSum, 10, 'as published (md5, rows, clicks)'],
  ['small.csv', smallText, undefined, 10, 'as published (rows, clicks)'],
  ['small.csv', smallText, smallSum, 11, 'not the published file: 10 clicks, published 11'],
  [
    'small.csv',
    smallText.replace('u3', 'u4'),
    smallSum,
    10,
    `not the published file: md5 ${createHash('md5').update(smallText.replace('u3', 'u4')).digest('hex')}, published ${smallSum}`,
  ],
])('%s is compared with what is published: %#', async (name, content, md5, clicks, expected) => {
  const folder = temporaryDirectory();
  fs.writeFileSync(join(folder, name), content);
  const request = {
    ...defaultSettings,
    protocol: 'random' as const,
    cache: join(temporaryDirectory(), 'cache'),
    options: { data: folder },
  };
  const data = await openDataset(small(md5, clicks), request);
  data.close();
  expect(data.facts.published).toBe(expected);
});

test('the nearest edition is compared, part by part; rates to two digits', () => {
  const edition = (name: string, rows: number, clickRate: string) => ({
    edition: name,
    parts: { train: { rows, clickRate }, test: { rows: 10 } },
    source: '',
  });
  const editions = [edition('small', 100, '25.00'), edition('large', 200, '12.35')];
  const test = { rows: 10, clicks: 1 };
  expect(compareWith(editions, { train: { rows: 100, clicks: 25 }, test }).differences).toEqual([]);
  expect(compareWith(editions, { train: { rows: 200, clicks: 24 }, test }).differences).toEqual([
    'small train: 200 rows, published 100',
  ]);
  expect(compareWith(editions.slice(1), { train: { rows: 200, clicks: 24 }, test }).differences).toEqual([
    'large train: 12.00 % clicks, published 12.35 %',
  ]);
});

test('all files that a folder lacks are in one error; a zip archive is to be unzipped', () => {
  const folder = temporaryDirectory();
  fs.writeFileSync(join(folder, 'train.csv'), 'Label\n');
  const spec = find('criteo-x4');
  expect(() => rawLog(spec, { data: folder })).toThrow(/criteo-x4 needs valid\.csv, test\.csv there/);
  fs.writeFileSync(join(folder, 'Criteo_x4.zip'), 'PK\x03\x04');
  expect(() => rawLog(spec, { data: folder })).toThrow(/Criteo_x4\.zip: is a zip archive: unzip it first/);
  expect(() => rawLog(spec, { data: join(folder, 'Criteo_x4.zip') })).toThrow(/unzip it first/);
  expect(() => rawLog(spec, {})).toThrow(
    /--data FOLDER with train\.csv, valid\.csv, test\.csv, or --data FILE/,
  );
});

test.each([
  [
    '1 1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:1 9:0.5 10:1',
    /:2: column 10 \(country\): "9:0\.5" has another value than 1/,
  ],
  ['1 1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:1 9:1', /:2: 10 columns instead of 11/],
  ['1 1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:1 9:1 10:1 11:1', /:2: 12 columns instead of 11/],
  [
    '1 1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:1 9:1 ten',
    /:2: column 11 \(city\): "ten" is not an index with its value/,
  ],
])('a line of Frappe that is none names its place: %s', async (line, problem) => {
  const good = '-1 1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:1 9:1 10:1';
  const path = join(temporaryDirectory(), 'frappe.train.libfm');
  fs.writeFileSync(path, `${[good, line, ...range(8, () => good)].join('\n')}\n`);
  await expect(rowsOf(find('frappe'), { data: path })).rejects.toThrow(problem);
});

test.each(forms)('a file of $name given to others is answered with what it is', (form) => {
  const { folder } = written(form);
  const [first] = Object.keys(form.files);
  const twins =
    form.name.startsWith('avazu') && form.name !== 'avazu-x1' ? ['avazu', 'avazu-x4'] : [form.name];
  for (const spec of [find('criteo'), ...presets]) {
    const open = () => rawLog(spec, { data: join(folder, first) });
    if (twins.includes(spec.name)) open();
    else
      expect(open, spec.name).toThrow(
        `read it with npm run bench -- --method md --dataset ${twins[0]} --data`,
      );
  }
  expect(() => rawLog(find('table'), { data: join(folder, first) })).toThrow(`--dataset ${twins[0]} --data`);
});

const avazuHead = join(import.meta.dirname, '../../../shared/data/avazu/train-head.csv.gz');
test.skipIf(!fs.existsSync(avazuHead))('the head of the real Avazu log: 8,519 rows of one hour', async () => {
  const rows = await rowsOf(find('avazu'), { data: avazuHead });
  expect(rows).toHaveLength(8519);
  expect(new Set(rows.map(({ time }) => time))).toEqual(new Set([Date.UTC(2014, 9, 21, 0) / 1000]));
  expect(rows[0].tokens.slice(-3)).toEqual([0, 2, 0]); // a Tuesday
});
