/** Logs of more than 2^32 rows, without as many: sparse files, and counts that a log would have. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { permutation } from '../../base/random.ts';
import { checksum } from '../../datasets/checksum.ts';
import { columnReader } from '../../datasets/prepared/column-reader.ts';
import { openCached } from '../../datasets/prepared/cache.ts';
import { requireCounted } from '../../datasets/prepared/encode-field.ts';
import { manifestText, readManifest } from '../../datasets/prepared/manifest.ts';
import { columnInFile } from '../../datasets/prepared/numbered-column.ts';
import { mostPlaced, requirePlaces } from '../../datasets/prepared/placed-rows.ts';
import { openPrepared } from '../../datasets/prepared/read.ts';
import { defaultSettings, type PrepareSettings, settingsOf } from '../../datasets/prepared/settings.ts';
import { shareCounter } from '../../datasets/prepared/share-counter.ts';
import { splitRows } from '../../datasets/prepared/split.ts';
import { sealOf } from '../../datasets/prepared/verify.ts';
import { writeTextToken } from '../../datasets/text-token.ts';
import { isLong } from '../long.ts';
import { criteoRows, type Row, temporaryDirectory } from './sample-rows.ts';
import { mix32 } from '../../base/hash.ts';

const many = 2 ** 32;

test('24 days of 4,373,472,329 rows are split where they are, without an array over rows', () => {
  const dayRows = [...Array<number>(22).fill(190_000_000), 15_197_692, 178_274_637];
  const rows = 4_373_472_329 - 15_197_692 + (4_195_197_692 - 22 * 190_000_000);
  const split = splitRows(rows, settingsOf(defaultSettings, 24), { dayRows });
  expect(split).toEqual({
    parts: {
      train: { start: 0, rows: 4_195_197_692, step: 1 },
      test: { start: 4_195_197_692, rows: 89_137_319, step: 2 },
      validation: { start: 4_195_197_693, rows: 89_137_318, step: 2 },
    },
    byDay: true,
  });
});

test('an ordered log of any number of rows is split where it is; a split that moves rows says how many it can', () => {
  const rows = 7 * many;
  expect(splitRows(rows, defaultSettings)).toEqual({
    parts: {
      train: { start: 0, rows: 6 * many, step: 1 },
      test: { start: 6 * many, rows: many / 2, step: 2 },
      validation: { start: 6 * many + 1, rows: many / 2, step: 2 },
    },
  });
  const log = { inDays: false, timed: false };
  const shares = { train: 0.8, validation: 0.05, test: 0.15 };
  const moving: [Partial<PrepareSettings>, typeof log][] = [
    [{ protocol: 'random' }, log],
    [{ protocol: 'given' }, log],
    [{ protocol: 'rolling', rolling: { days: 7, day: 3 } }, log],
    [{ shares }, { ...log, inDays: true }],
    [{}, { ...log, timed: true }],
  ];
  for (const [settings, order] of moving) {
    const asked = { ...defaultSettings, ...settings };
    expect(() => requirePlaces(mostPlaced, asked, order)).not.toThrow();
    expect(() => requirePlaces(mostPlaced + 1, asked, order)).toThrow(
      /^4294967296 rows.* at most 4294967295; use/,
    );
  }
  const staying: [Partial<PrepareSettings>, typeof log][] = [
    [{}, log],
    [{ shares: { train: 0.8, validation: 0.1, test: 0.1 } }, log],
    [{ protocol: 'rolling', rolling: { days: 7, day: 6 } }, log],
    [
      { protocol: 'rolling', rolling: { days: 24, day: 3 } },
      { ...log, inDays: true },
    ],
  ];
  for (const [settings, order] of staying)
    expect(() => requirePlaces(many, { ...defaultSettings, ...settings }, order)).not.toThrow();
});

test('prepared rows above 2^32 are read from their places', () => {
  const path = temporaryDirectory();
  const rows = many + 48;
  const write = (name: string, bytes: number, element: number, values: ArrayBufferView) => {
    const fd = fs.openSync(join(path, name), 'w');
    fs.ftruncateSync(fd, bytes * rows);
    fs.writeSync(fd, new Uint8Array(values.buffer), 0, values.byteLength, element * bytes);
    fs.closeSync(fd);
  };
  const numbers = Array.from({ length: 48 }, (_, i) => i);
  write(
    'labels.u8',
    1,
    many,
    Uint8Array.from(numbers, (i) => (i % 3 === 0 ? 1 : 0)),
  );
  write(
    'dense.f32',
    4,
    many,
    Float32Array.from(numbers, (i) => i + 0.5),
  );
  write(
    'ids-A.u8',
    1,
    many,
    Uint8Array.from(numbers, (i) => i + 1),
  );
  fs.writeFileSync(join(path, 'counts-A.u32'), new Uint8Array(4 * 50));
  const part = (start: number, rows: number, step: number) => ({ start, rows, step, clicks: 0 });
  const digest = '0'.repeat(32);
  fs.writeFileSync(
    join(path, 'manifest.json'),
    manifestText({
      format: 'embed-bench prepared data',
      version: 4,
      dataset: 'sparse',
      fingerprint: '0'.repeat(64),
      origin: { name: 'sparse', badLines: 0, firstBadLines: [] },
      settings: defaultSettings,
      rows,
      parts: { train: part(0, many + 8, 1), test: part(many + 8, 20, 2), validation: part(many + 9, 20, 2) },
      probabilities: false,
      denseFields: ['x'],
      transforms: [{ name: 'x', transform: 'raw' }],
      fields: [
        {
          name: 'A',
          cardinality: 50,
          outOfVocabulary: 0,
          distinctTokens: 49,
          keptTokens: 49,
          outOfVocabularyShare: { validation: 0, test: 0 },
        },
      ],
      files: ['labels.u8', 'dense.f32', 'ids-A.u8', 'counts-A.u32'].map((name) => ({ name, digest })),
    }),
  );
  const data = openPrepared(path, sealOf(path, readManifest(path)));
  const odd = numbers.filter((i) => i >= 8 && i % 2 === 1);
  const [batch] = data.batches('validation', { batchSize: 20 });
  expect(Array.from(batch.dense)).toEqual(odd.map((i) => i + 0.5));
  expect(Array.from(batch.ids)).toEqual(odd.map((i) => i + 1));
  expect(Array.from(data.labels('validation'))).toEqual(odd.map((i) => (i % 3 === 0 ? 1 : 0)));
  // The last batch of the training part begins at row 2^32; an order in which it is the first one:
  const batchSize = 2 ** 22;
  let shuffle = 0;
  while (permutation(many / batchSize + 1, shuffle)[0] !== many / batchSize) shuffle++;
  for (const last of data.batches('train', { batchSize, shuffle })) {
    expect(last.size).toBe(8);
    expect(Array.from(last.dense)).toEqual(numbers.slice(0, 8).map((i) => i + 0.5));
    expect(Array.from(last.ids)).toEqual(numbers.slice(0, 8).map((i) => i + 1));
    break;
  }
  data.close();
});

test.skipIf(!isLong)('a column is read in pieces: more than 2^31 bytes at once', () => {
  const path = temporaryDirectory();
  fs.writeFileSync(join(path, 'ids'), '');
  fs.truncateSync(join(path, 'ids'), 2 ** 31 + 4);
  const fd = fs.openSync(join(path, 'ids'), 'r+');
  fs.writeSync(fd, Uint8Array.of(7, 0, 0, 0), 0, 4, 2 ** 31);
  fs.closeSync(fd);
  const reader = columnReader(path);
  const values = new Uint32Array(2 ** 29 + 1);
  reader.open('ids').read(values, 0);
  expect(values[2 ** 29]).toBe(7);
  expect(() => reader.open('ids').read(values, 1)).toThrow(/ends at byte 2147483652, expected more/);
  reader.close();
});

test('tokens above value 2^32 of a column become numbers at their places', () => {
  const path = join(temporaryDirectory(), 'tokens');
  const tokens = Uint32Array.of(5, 6, 5, 9);
  fs.writeFileSync(path, '');
  fs.truncateSync(path, 4 * (many + 4));
  const fd = fs.openSync(path, 'r+');
  fs.writeSync(fd, new Uint8Array(tokens.buffer), 0, 16, 4 * many);
  const sum = checksum();
  sum.update(new Uint8Array(tokens.buffer));
  const column = columnInFile(path, 1, many + 4, sum.digest());
  column.fill(many, many + 4, (found, numbers) => {
    expect(Array.from(found)).toEqual([5, 6, 5, 9]);
    numbers.set([0, 1, 0, 2]);
  });
  column.close();
  const back = new Uint32Array(4);
  fs.readSync(fd, back, 0, 16, 4 * many);
  fs.closeSync(fd);
  expect(Array.from(back)).toEqual([0, 1, 0, 2]);
});

test('shares of a part above row 2^32, with a chunk that begins amid it', () => {
  const share = shareCounter({ start: many + 3, rows: 5, step: 2 }, undefined, 9); // rows 3, 5, 7, 9, 11
  share.count(Uint32Array.of(9, 9, 9, 9, 9, 1), many); // to row 5
  share.count(Uint32Array.of(9, 9, 9, 9, 9, 9, 9), many + 6);
  expect(share.share()).toBe(4 / 5);
});

test('a count that has passed 2^32 is found', () => {
  const counts = Uint32Array.of(3, 2); // the first one began anew after 2^32
  expect(() => requireCounted('C6', counts, many + 5)).toThrow(
    'C6: one of its ids is in more than 2^32 of 4294967301 training rows',
  );
  expect(() => requireCounted('C6', Uint32Array.of(many - 1, 6), many + 5)).not.toThrow();
});

/** Rows in Criteo's columns. */
const rows: Row[] = Array.from({ length: 2000 }, (_, row) => ({
  label: mix32(row) % 4 === 0 ? 1 : 0,
  integers: Array.from({ length: 13 }, (_, f) => mix32(13 * row + f) % 100),
  tokens: Array.from({ length: 26 }, (_, f) => mix32(mix32(26 * row + f) % (3 + f * f))),
}));

test.each<[string, Partial<PrepareSettings>]>([
  ['temporal', {}],
  ['minimum count, first seen', { minCount: 3, order: 'first-seen' }],
  ['buckets', { dense: 'buckets' }],
  ['hashed', { order: 'hashed', idsPerToken: 2 }],
])('columns that stay on the disk are those read whole: %s', async (_, settings) => {
  const prepared = (resident?: number) =>
    openCached({
      cache: temporaryDirectory(),
      dataset: 'log',
      key: {},
      settings: { ...defaultSettings, ...settings },
      maxBadLines: 0,
      source: () => criteoRows(rows, 300),
      ...(resident !== undefined && { resident }),
    });
  const [whole, onDisk] = [await prepared(), await prepared(0)];
  expect(onDisk.fingerprint).toBe(whole.fingerprint);
  expect(onDisk.facts).toEqual(whole.facts);
  expect(onDisk.fields).toEqual(whole.fields);
});

test('a column of texts that stays on the disk is the one read whole, with its collisions', async () => {
  const size = 700;
  const tokens = new Uint32Array(3 * size);
  for (let row = 0; row < size; row++) writeTextToken(`a long name ${(row * row) % 97}`, tokens, row);
  tokens.set([tokens[0], tokens[1], tokens[2] + 1], 3); // the hash of row 0 with another check
  const pairs = Uint32Array.from({ length: 2 * size }, (_, i) => i % 6);
  const prepared = (resident: number) =>
    openCached({
      cache: temporaryDirectory(),
      dataset: 'log',
      key: {},
      settings: defaultSettings,
      maxBadLines: 0,
      resident,
      source: () => ({
        dense: [],
        fields: [
          { name: 'text', kind: 'text' },
          { name: 'number', kind: 'integer64' },
        ],
        *blocks() {
          const labels = Uint8Array.from({ length: size }, (_, row) => row % 2);
          yield { size, labels, dense: [], tokens: [tokens, pairs] };
        },
      }),
    });
  const [whole, onDisk] = [await prepared(1e6), await prepared(0)];
  expect(whole.facts.fields[0].hashCollisions).toBe(1);
  expect(onDisk.fingerprint).toBe(whole.fingerprint);
  expect(onDisk.facts).toEqual(whole.facts);
  expect(onDisk.fields).toEqual(whole.fields);
});
