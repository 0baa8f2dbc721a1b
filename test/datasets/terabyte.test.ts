import fs from 'node:fs';
import { join } from 'node:path';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { criteoSource } from '../../datasets/criteo/criteo-source.ts';
import { compareDays } from '../../datasets/criteo/terabyte/compare-days.ts';
import { dayList, daysText } from '../../datasets/criteo/terabyte/day-list.ts';
import { dayCount, expectedRows, publishedDay } from '../../datasets/criteo/terabyte/published-days.ts';
import { datasets, type DatasetRequest, defaultSettings, openDataset } from '../../datasets/index.ts';
import { openCached } from '../../datasets/prepared/cache.ts';
import type { PreparedData } from '../../datasets/prepared/read.ts';
import { textFile } from '../../datasets/text/text-file.ts';
import { criteoRow, lineOf, type Row, temporaryDirectory } from './sample-rows.ts';

const terabyte = datasets.find(({ name }) => name === 'criteo-terabyte')!;
const criteo = datasets.find(({ name }) => name === 'criteo')!;

/** Rows of every day: few of them, so that all 24 days take a moment. */
const rows: readonly Row[] = fc.sample(criteoRow, { numRuns: 24 * 8, seed: 5 });
const rowsOfDay = (day: number) => rows.filter((_, i) => i % 24 === day).slice(0, 4 + (day % 5));
const textOf = (some: readonly Row[]) => some.map((row) => lineOf(row) + '\n').join('');

/** A folder of day files, every third one compressed. */
function folder(days: readonly number[]): string {
  const path = temporaryDirectory();
  for (const day of days) {
    const text = textOf(rowsOfDay(day));
    if (day % 3 === 1) fs.writeFileSync(join(path, `day_${day}.gz`), zlib.gzipSync(text));
    else fs.writeFileSync(join(path, `day_${day}`), text);
  }
  fs.writeFileSync(join(path, 'README.txt'), 'not a day');
  return path;
}
const allDays = Array.from({ length: 24 }, (_, day) => day);

const request = (data: string | undefined, more: Partial<DatasetRequest> = {}): DatasetRequest => ({
  ...defaultSettings,
  ...more,
  options: { ...(data !== undefined && { data }), ...more.options },
  cache: temporaryDirectory(),
});
const opened = (data: string | undefined, more: Partial<DatasetRequest> = {}) =>
  openDataset(terabyte, request(data, more));

/** All tokens of a part as sets of rows with one id, whatever the numbers of the ids. */
const labelsOf = (data: PreparedData) =>
  (['train', 'validation', 'test'] as const).map((part) => Array.from(data.labels(part)));

test('24 days in their order: the last one is tested and validated in turn, the others train; rows are counted by day', async () => {
  const data = await opened(folder(allDays));
  const last = rowsOfDay(23).map(({ label }) => label);
  const train = allDays.slice(0, 23).flatMap((day) => rowsOfDay(day).map(({ label }) => label));
  expect(labelsOf(data)).toEqual([
    train,
    last.filter((_, i) => i % 2 === 1),
    last.filter((_, i) => i % 2 === 0),
  ]);
  expect(data.facts.days).toEqual(
    Object.fromEntries(allDays.map((day) => [`day_${day}`, rowsOfDay(day).length])),
  );
  expect(data.facts.split).toEqual({ order: 'days' });
  expect(data.facts.origin).toBe('day_0-23');
});

test('days of a third of the log; rows are those of one file under the same split', async () => {
  const days = [0, 3, 6, 9, 12, 15, 18, 21, 23];
  const data = await opened(folder(allDays), { options: { days: '0,3,6,...,21,23' } });
  const path = join(temporaryDirectory(), 'train.txt');
  fs.writeFileSync(path, days.map((day) => textOf(rowsOfDay(day))).join(''));
  const whole = await openCached({
    cache: temporaryDirectory(),
    dataset: 'one-file',
    key: {},
    settings: defaultSettings,
    maxBadLines: 0,
    source: () => withDays(path, days.slice(0, -1).flatMap(rowsOfDay).length),
  });
  expect(data.fingerprint).toBe(whole.fingerprint);
  expect(data.rows.train).toBe(days.slice(0, -1).flatMap(rowsOfDay).length);
});

/** A file of Criteo's rows in two days. */
function withDays(path: string, train: number) {
  const source = criteoSource(textFile(path), { maxBadLines: 0 });
  return {
    ...source,
    days: ['first', 'last'],
    async *blocks() {
      for await (const block of source.blocks()) {
        const cut = (from: number, to: number) => ({
          size: to - from,
          labels: block.labels.subarray(from, to),
          dense: block.dense.map((column) => column.subarray(from, to)),
          tokens: block.tokens.map((column) => column.subarray(from, to)),
        });
        yield { ...cut(0, train), day: 0 };
        yield { ...cut(train, block.size), day: 1 };
      }
    },
  };
}

test('rolling: the days of the files, the last fold is the temporal split; days after the tested one are not read', async () => {
  const path = folder(allDays);
  const temporal = await opened(path);
  const last = await opened(path, { protocol: 'rolling' });
  expect(last.fingerprint).toBe(temporal.fingerprint);
  fs.writeFileSync(join(path, 'day_9'), textOf(rowsOfDay(9)) + 'broken');
  const third = await opened(path, { protocol: 'rolling', rolling: { day: 3 } });
  expect(third.rows.train).toBe([0, 1, 2].flatMap(rowsOfDay).length);
  expect(Object.keys(third.facts.days!)).toEqual(['day_0', 'day_1', 'day_2', 'day_3']);
  const alone = await opened(folder([0, 1, 2, 3]), { options: { days: '0-3' } });
  expect(third.fingerprint).toBe(alone.fingerprint);
  expect(third.facts.checksum).toBe(alone.facts.checksum);
  await expect(opened(path, { protocol: 'rolling', rolling: { days: 7 } })).rejects.toThrow(
    '--rolling-days 7: the log comes in 24 days; leave it out',
  );
  await expect(opened(path, { protocol: 'rolling', rolling: { day: 24 } })).rejects.toThrow(
    '--rolling-day 24: of 24 days, 1 to 23',
  );
});

test('random, and shares of the rows in their order', async () => {
  const path = folder(allDays);
  const count = allDays.flatMap(rowsOfDay).length;
  const random = await opened(path, { protocol: 'random' });
  expect(random.rows.train + random.rows.validation + random.rows.test).toBe(count);
  const shares = { train: 6 / 7, validation: 1 / 14, test: 1 / 14 };
  const shared = await opened(path, { shares });
  expect(shared.rows.train).toBe(count - Math.floor(count / 7));
  expect(shared.facts.split.order).toBe('log');
});

test('one day is a log of its own, of seven days of equal rows', async () => {
  const path = temporaryDirectory();
  fs.writeFileSync(join(path, 'day_5'), textOf(rows));
  const data = await opened(path, { options: { days: '5' } });
  expect(data.rows.train).toBe(rows.length - Math.floor(rows.length / 7));
  expect(data.facts.days).toBeUndefined();
  expect(data.facts.split).toEqual({ order: 'log' });
});

test('a missing day, a day twice, a short archive and a malformed line are named', async () => {
  const some = folder(allDays.filter((day) => day !== 7 && day !== 8 && day !== 20));
  await expect(opened(some)).rejects.toThrow(
    `${some}: no file of day 7-8,20 (day_7, day_7.gz or day_7.zst): download it, or name the days that are there: --days 0-6,9-19,21-23`,
  );
  const path = folder(allDays);
  fs.writeFileSync(join(path, 'day_3.gz'), zlib.gzipSync('x'));
  await expect(opened(path)).rejects.toThrow(
    `${join(path, 'day_3')} and ${join(path, 'day_3.gz')}: day 3 is there twice; remove or move one of the files`,
  );
  fs.rmSync(join(path, 'day_3.gz'));
  const whole = zlib.gzipSync(textOf(rowsOfDay(22)));
  fs.writeFileSync(join(path, 'day_22.gz'), whole.subarray(0, whole.length - 60));
  fs.rmSync(join(path, 'day_22'), { force: true });
  await expect(opened(path)).rejects.toThrow(
    'day_22.gz: the gzip data end too early; download the file again',
  );
  fs.writeFileSync(join(path, 'day_22.gz'), whole);
  fs.appendFileSync(join(path, 'day_0'), 'bad\n');
  fs.writeFileSync(join(path, 'day_9'), textOf(rowsOfDay(9).slice(0, 2)) + 'worse\n');
  await expect(opened(path, { options: { maxBadLines: 1 } })).rejects.toThrow(
    `${join(path, 'day_9')}:3: 1 columns instead of 40, tab separated; this is one more malformed line than --max-bad-lines 1 allows`,
  );
  await expect(opened(temporaryDirectory())).rejects.toThrow('a folder without readable files');
  await expect(opened(undefined)).rejects.toThrow(
    'criteo-terabyte needs the folder of its days: --data FOLDER',
  );
});

test.each([
  ['0-23', allDays],
  ['3', [3]],
  ['5, 1-2', [1, 2, 5]],
  ['0,3,6,...,21,23', [0, 3, 6, 9, 12, 15, 18, 21, 23]],
  ['0,2,...,7', [0, 2, 4, 6, 7]],
])('days %s', (text, days) => {
  expect(dayList(text)).toEqual(days);
  expect(dayList(daysText(days))).toEqual(days);
});

test.each([
  ['24', 'there is no day 24'],
  ['5-2', '5-2 ends before it begins'],
  ['1,1', 'day 1 is there twice'],
  ['0-3,2', 'day 2 is there twice'],
  ['a', '"a" is no day'],
  ['...,3', '"..." is no day'],
  ['0,1,...', '"..." is no day'],
  ['', '"" is no day'],
])('days "%s" are refused', (text, problem) => {
  expect(() => dayList(text)).toThrow(`--days ${text}: ${problem}; give days from 0 to 23`);
});

test('published rows add up to those of torchrec and of the whole log; a day that differs is named', () => {
  const published = allDays.map((day) => publishedDay(day).rows);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  expect(dayCount).toBe(24);
  expect(sum(published)).toBe(4_373_472_329);
  expect(sum(published.slice(0, 23))).toBe(4_195_197_692);
  expect(new Set(allDays.map((day) => publishedDay(day).md5)).size).toBe(24);
  const asPublished = { day: 23, text: '', ...publishedDay(23) };
  expect(compareDays([asPublished])).toEqual({ compared: ['md5', 'rows'], differences: [] });
  expect(compareDays([{ ...asPublished, rows: 20_000_000, md5: 'x' }]).differences).toEqual([
    'day_23: 20,000,000 rows, published 178,274,637',
  ]);
  expect(compareDays([{ ...asPublished, md5: 'x' }]).differences[0]).toMatch(
    /^day_23: md5 x, published 08e251af/,
  );
});

test('a random split of all days is refused before anything is read, with what to do', async () => {
  // Sparse files as long as the published ones.
  const path = temporaryDirectory();
  for (const day of allDays) {
    fs.writeFileSync(join(path, `day_${day}`), textOf(rowsOfDay(day)));
    fs.truncateSync(join(path, `day_${day}`), 250 * publishedDay(day).rows);
  }
  expect(expectedRows(0, 250 * 195_841_983)).toBe(195_841_983);
  await expect(opened(path, { protocol: 'random' })).rejects.toThrow(
    /^4373472329 rows: --protocol random moves at most 4294967295; use fewer rows \(a log in days: fewer --days\)/,
  );
  // The default split takes any number: it is the content that ends this one.
  await expect(opened(path)).rejects.toThrow(/day_0:\d+: more than 65536 bytes without a line end/);
});

test('at most so many ids in a field: tokens modulo N, as the reference has it; missing tokens are 0', async () => {
  const path = join(temporaryDirectory(), 'train.txt');
  const token = (value: number, field: number): Row => ({
    label: 0,
    integers: Array<number>(13).fill(1),
    tokens: Array.from({ length: 26 }, (_, f) => (f === field ? value : 0)),
  });
  const values = [0xffffffff, 0x80000000, 7, 1_000_003, 0, 40_000_000, 40_000_007, 14];
  const log = Array.from({ length: 28 }, (_, i) => token(values[i % values.length], 4));
  fs.writeFileSync(path, textOf(log));
  const most = 1_000_000;
  const data = await openDataset(criteo, {
    ...request(path, { options: { maxIdsPerField: most } }),
    order: 'first-seen',
  });
  const expected = log.slice(0, 24).map(({ tokens }) => Number(BigInt(tokens[4]) % BigInt(most)));
  const seen = [...new Set(expected)];
  const [batch] = data.batches('train', { batchSize: 24 });
  const ids = Array.from({ length: 24 }, (_, row) => batch.ids[row * 26 + 4]);
  expect(ids).toEqual(expected.map((value) => seen.indexOf(value)));
  expect(seen).toHaveLength(6); // 0 and 40,000,000 share an id, as do 7 and 40,000,007
  expect(data.facts.maxIdsPerField).toBe(most);
  const unbounded = await openDataset(criteo, request(path));
  expect(unbounded.facts.maxIdsPerField).toBeUndefined();
  expect(unbounded.fingerprint).not.toBe(data.fingerprint);
  await expect(openDataset(criteo, request(path, { options: { maxIdsPerField: 0 } }))).rejects.toThrow(
    /maxIdsPerField=0/,
  );
});
