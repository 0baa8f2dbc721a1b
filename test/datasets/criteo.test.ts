import fs from 'node:fs';
import { dirname, join } from 'node:path';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { categoryColumns } from '../../datasets/criteo/columns.ts';
import { criteoSource } from '../../datasets/criteo/criteo-source.ts';
import { criteo } from '../../datasets/criteo/index.ts';
import { textFile } from '../../datasets/text/text-file.ts';
import { type DatasetRequest, datasets, defaultSettings, openDataset } from '../../datasets/index.ts';
import { TokenTable } from '../../datasets/prepared/token-table.ts';
import { criteoRow, lineOf, temporaryDirectory } from './sample-rows.ts';

const sample = join(import.meta.dirname, '../../../shared/data/criteo/train-sample.tsv.gz');
const request = (data?: string): DatasetRequest => ({
  ...defaultSettings,
  options: data === undefined ? {} : { data },
  cache: join(temporaryDirectory(), 'cache'),
});
const opened = (request: DatasetRequest) => openDataset(criteo, request);
const withOptions = (request: DatasetRequest, options: DatasetRequest['options']) => ({
  ...request,
  options: { ...request.options, ...options },
});

const lines = fc.sample(criteoRow, { numRuns: 140, seed: 3 }).map(lineOf);
function file(content: string | Uint8Array, name = 'train.txt'): string {
  const path = join(temporaryDirectory(), name);
  fs.writeFileSync(path, content);
  return path;
}

test('a file, its gzip and its CRLF form give the same data; a changed file is read again', async () => {
  const path = file(lines.join('\n'));
  const plain = await opened(request(path));
  expect(plain.rows).toEqual({ train: 120, validation: 10, test: 10 });
  expect(plain.facts).toMatchObject({ origin: 'train.txt', badLines: 0, minCount: 1, order: 'frequency' });
  const zipped = await opened(request(file(zlib.gzipSync(lines.join('\n')), 'train.gz')));
  expect(zipped.fingerprint).toBe(plain.fingerprint);
  expect(zipped.facts.checksum).toBe(plain.facts.checksum);
  const crlf = await opened(request(file(lines.join('\r\n'))));
  expect(crlf.fingerprint).toBe(plain.fingerprint);

  const same = { ...request(path), cache: join(dirname(path), 'cache') };
  await opened(same);
  fs.appendFileSync(path, '\n' + lines.join('\n'));
  expect((await opened(same)).rows.train).toBe(240);
});

test('malformed lines: refused with the place, or left out and reported', async () => {
  const path = file(lines.toSpliced(50, 0, 'x').join('\n'));
  const refused = request(path);
  await expect(opened(refused)).rejects.toThrow(
    `${path}:51: 1 columns instead of 40, tab separated; correct`,
  );
  expect(fs.readdirSync(refused.cache)).toEqual([]);
  const allowed = await opened(withOptions(refused, { maxBadLines: 1 }));
  expect(allowed.facts.badLines).toBe(1);
  expect(allowed.fingerprint).toBe((await opened(request(file(lines.join('\n'))))).fingerprint);
  await expect(opened(request(file('bad\nbad')))).rejects.toThrow('train.txt:1: 1 columns');
  await expect(opened(withOptions(request(file('bad\nbad')), { maxBadLines: 9 }))).rejects.toThrow(
    'train.txt: no valid rows',
  );
});

test('a truncated gzip leaves nothing behind', async () => {
  const whole = zlib.gzipSync(lines.join('\n'));
  const truncated = request(file(whole.subarray(0, whole.length - 500), 'train.gz'));
  await expect(opened(truncated)).rejects.toThrow('train.gz: the gzip data end too early');
  expect(fs.existsSync(truncated.cache) ? fs.readdirSync(truncated.cache) : []).toEqual([]);
});

test('what cannot be asked for', async () => {
  await expect(opened(request())).rejects.toThrow('criteo needs its train file: --data FILE');
  await expect(opened(withOptions(request(file('x')), { rows: 5 }))).rejects.toThrow(
    /^criteo has no option "rows"/,
  );
  await expect(opened({ ...request(file('x')), minCount: 0 })).rejects.toThrow(
    '--min-count 0: give an integer',
  );
});

test('planted is wired: cached, with true probabilities', async () => {
  const planted = datasets.find(({ name }) => name === 'planted')!;
  const fractions: number[] = [];
  const asked = {
    ...withOptions(request(), { rows: 700 }),
    onProgress: ({ fraction }: { fraction: number }) => fractions.push(fraction),
  };
  const data = await openDataset(planted, asked);
  expect(data.rows).toEqual({ train: 600, validation: 50, test: 50 });
  expect(data.trueProbabilities('test')).toHaveLength(50);
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  expect(fractions.at(-1)).toBe(1);
  await expect(openDataset(planted, withOptions(asked, { rows: 0 }))).rejects.toThrow(
    /^--set planted.rows=0: Expected: whole number/,
  );
  await expect(openDataset(planted, request('x.tsv'))).rejects.toThrow(/^planted has no option "data"/);
});

test.skipIf(!fs.existsSync(sample))('the real sample has the known counts', async () => {
  const data = await opened(request(sample));
  const rows = data.rows.train + data.rows.validation + data.rows.test;
  const clicks = (['train', 'validation', 'test'] as const).flatMap((part) => Array.from(data.labels(part)));
  expect(rows).toBe(152_433);
  expect(clicks.reduce((sum, label) => sum + label, 0) / rows).toBeCloseTo(0.257, 4);
  for (const { counts } of data.fields) {
    expect(counts.every((count, id) => id === 0 || count <= counts[id - 1])).toBe(true);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(data.rows.train);
  }
});

test.skipIf(!fs.existsSync(sample))('the real sample has the known numbers of distinct tokens', async () => {
  const tables = categoryColumns.map(() => new TokenTable());
  for await (const { size, tokens } of criteoSource(textFile(sample), { maxBadLines: 0 }).blocks()) {
    tables.forEach((table, f) => table.count(tokens[f], 0, size));
  }
  const counts = tables.map((table) => table.countsByNumber());
  expect(counts.reduce((sum, { length }) => sum + length, 0)).toBe(342_889);
  expect(counts.reduce((sum, field) => sum + field.filter((count) => count >= 2).length, 0)).toBe(81_354);
});
