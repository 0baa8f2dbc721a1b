import fs from 'node:fs';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { datasets, defaultSettings, openDataset } from '../../../datasets/index.ts';
import { sniff } from '../../../datasets/table/sniff/sniff.ts';
import { runHere } from '../../scripts/run-here.ts';
import { temporaryDirectory } from '../sample-rows.ts';

const rows = Array.from({ length: 60 }, (_, row) => `${row % 3 === 0 ? 1 : 0},u${row % 7},${row}.5`);
const text = ['click,user,price', ...rows, ''].join('\n');

function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryDirectory();
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(join(folder, name), content);
  return folder;
}

const file = (content: string | Uint8Array, name = 'log.csv') => join(folderOf({ [name]: content }), name);

async function prepared(name: string, options: Record<string, unknown>, settings = {}) {
  const messages: string[] = [];
  const data = await openDataset(
    datasets.find((dataset) => dataset.name === name)!,
    {
      ...defaultSettings,
      ...settings,
      options,
      cache: temporaryDirectory(),
      onMessage: (message) => messages.push(message),
    },
  );
  data.close();
  return { rows: data.rows, messages };
}

const roles = { label: 'click', categorical: 'user', numeric: 'price' };

test('an empty file of a folder is left out with a word; a folder of empty files and an empty file are refused', async () => {
  const folder = folderOf({ 'part-0.csv': text, 'part-1.csv': '', 'part-2.csv': text });
  const { rows, messages } = await prepared('table', { ...roles, data: folder });
  expect(rows.train + rows.validation + rows.test).toBe(120);
  expect(messages).toEqual([`${join(folder, 'part-1.csv')}: an empty file, left out`]);
  expect((await sniff(folderOf({ 'part-0.csv': '', 'part-1.csv': text }), {})).sampled).toBe(60);
  const empty = folderOf({ 'part-0.csv': '', 'part-1.csv': '' });
  await expect(prepared('table', { ...roles, data: empty })).rejects.toThrow(/all files in it are empty/);
  await expect(prepared('table', { ...roles, data: join(empty, 'part-0.csv') })).rejects.toThrow(
    /part-0\.csv: the file is empty/,
  );
});

test('a title or comment before the header is named, with its line', async () => {
  const message = /log\.csv:1: "# exported" is one column, and the lines after it have 3: remove lines/;
  await expect(sniff(file(`# exported\n${text}`), {})).rejects.toThrow(message);
  await expect(prepared('table', { ...roles, data: file(`# exported\n${text}`) })).rejects.toThrow(message);
});

test('sniff counts the rows that it leaves out, and says where the first one is', async () => {
  const path = file(`${text}1,u1\n0,u2,3.5\n1,u1,4,5\n`);
  expect(await sniff(path, {})).toMatchObject({ sampled: 61, malformed: { records: 2, first: 61 } });
  const { stdout } = await runHere('data', ['sniff', path]);
  expect(stdout).toContain('left out: 2 rows with another number of columns than 3, the first is row 61');
  expect((await sniff(file(text), {})).malformed).toEqual({ records: 0 });
});

test('an archive cut to a few bytes ends too early; one of no text has none', async () => {
  const whole = zlib.gzipSync(text);
  for (const size of [3, 12, 40, whole.length - 5])
    await expect(sniff(file(whole.subarray(0, size), 'a.csv.gz'), {})).rejects.toThrow(
      /a\.csv\.gz: the gzip data end too early/,
    );
  await expect(sniff(file(zlib.gzipSync(''), 'b.csv.gz'), {})).rejects.toThrow(
    /b\.csv\.gz: the file has no text/,
  );
  expect((await sniff(file(whole, 'c.csv.gz'), {})).sampled).toBe(60);
});

test('a file that a schema names and that is missing: the message names the schema', async () => {
  const schema = { label: 'click', categorical: ['user'], files: { train: 'log.csv', test: 'nowhere.csv' } };
  const folder = folderOf({ 'log.csv': text, 'schema.json': JSON.stringify(schema) });
  await expect(prepared('table', { schema: join(folder, 'schema.json') })).rejects.toThrow(
    `${join(folder, 'nowhere.csv')}: no such file; check "files" in ${join(folder, 'schema.json')}`,
  );
});

test('a missing file of another part: the message names its flag', async () => {
  const [log, nowhere] = [file(text), join(temporaryDirectory(), 'nowhere.csv')];
  for (const [name, more] of [
    ['table', roles],
    ['criteo-x4', {}],
  ] as const)
    await expect(prepared(name, { ...more, data: log, testData: nowhere })).rejects.toThrow(
      `${nowhere}: no such file; check the path given with --test-data`,
    );
});

test('a log of one label is prepared with a warning', async () => {
  const path = file(text.replace(/^1/gm, '0'));
  const flags = ['--label', 'click', '--categorical', 'user', '--cache', temporaryDirectory()];
  const { exitCode, stderr } = await runHere('data', ['table', path, ...flags]);
  expect(exitCode).toBe(0);
  expect(stderr).toContain('every row of the log has the label 0, which bench refuses');
  expect((await runHere('data', ['table', file(text), ...flags])).stderr).not.toContain('every row');
});

test('weights of rows are said, where there are some', async () => {
  const flags = ['--label', 'click', '--categorical', 'user', '--cache', temporaryDirectory()];
  const path = file(text);
  expect((await runHere('data', ['table', path, ...flags, '--weight', 'price'])).stdout).toContain(
    'rows have weights, which count in the loss and in scores, not in click rates',
  );
  expect((await runHere('data', ['table', path, ...flags])).stdout).not.toContain('weights');
});

test('one file of a preset that comes split: the message names all files and what to do', async () => {
  const header = ['Label', ...Array.from({ length: 13 }, (_, i) => `I${i + 1}`)];
  header.push(...Array.from({ length: 26 }, (_, i) => `C${i + 1}`));
  const lines = Array.from({ length: 40 }, (_, row) => [row % 2, ...Array<string>(39).fill('1')].join());
  const data = file([header.join(), ...lines, ''].join('\n'), 'train.csv');
  await expect(prepared('criteo-x4', { data }, { protocol: 'given' })).rejects.toThrow(
    /train\.csv: criteo-x4 comes split into train\.csv, valid\.csv, test\.csv: give their folder/,
  );
  expect((await prepared('criteo-x4', { data }, { protocol: 'random' })).rows.train).toBeGreaterThan(0);
});

test('a folder whose files have other names: what is there, and what to give', async () => {
  const folder = folderOf({ 'ratings-part.dat': '1::1::5::9\n', 'users.dat': '', 'movies.dat': '' });
  await expect(prepared('movielens', { data: folder })).rejects.toThrow(
    `there are movies.dat, ratings-part.dat, users.dat: if the log has another name, give it with --data ${join(folder, 'FILE')}`,
  );
  const split = folderOf({ 'train.csv': 'a', 'valid.csv': 'a', 'tests.csv': 'a' });
  await expect(prepared('criteo-x4', { data: split })).rejects.toThrow(
    `criteo-x4 needs test.csv there, plain, .gz, .zst or .parquet; there are tests.csv, train.csv, valid.csv: if the log has another name, give it with --test-data ${join(split, 'FILE')}`,
  );
});
