import { expect, test } from 'vitest';
import { hash32 } from '../../base/hash.ts';
import type { Batch, Data, Part } from '../../harness/contract/data.ts';
import { parts } from '../../harness/contract/data.ts';
import { type PrepareRequest, openCached } from '../../datasets/prepared/cache.ts';
import type { PreparedData } from '../../datasets/prepared/read.ts';
import { defaultSettings, type PrepareSettings, settingsOf } from '../../datasets/prepared/settings.ts';
import { splitRows } from '../../datasets/prepared/split.ts';
import type { Split } from '../../datasets/prepared/split-parts.ts';
import { missingInteger, type RawSource } from '../../datasets/raw-rows.ts';
import { logOf, temporaryDirectory } from './sample-rows.ts';

function prepared(source: RawSource, settings: Partial<PrepareSettings> = {}): Promise<PreparedData> {
  const request: PrepareRequest = {
    cache: temporaryDirectory(),
    dataset: 'log',
    key: {},
    settings: { ...defaultSettings, ...settings },
    maxBadLines: 0,
    source: () => source,
  };
  return openCached(request);
}

/** Everything of a part in one batch, copied. */
function whole(data: Data, part: Part): Batch {
  const [batch] = data.batches(part, { batchSize: data.rows[part] });
  return { ...batch, ids: batch.ids.slice(), dense: batch.dense.slice(), labels: batch.labels.slice() };
}

// 14 rows: 12 to train on, then one test row, then one validation row.
const log = { A: [5, 7, 7, 9, 9, 9, 0, 0, 0, 0, 11, 13, 99, 7], B: Array<number>(14).fill(42) };

test.each([
  [45_840_617, 39_291_958, 3_274_330, 3_274_329],
  [14, 12, 1, 1],
  [20, 18, 1, 1],
  [21, 18, 2, 1],
])(
  'temporal split of %d rows: six days of seven, then every second row to test on, the others to validate',
  (rows, train, test, validation) => {
    expect(splitRows(rows, defaultSettings).parts).toEqual({
      train: { start: 0, rows: train, step: 1 },
      test: { start: train, rows: test, step: 2 },
      validation: { start: train + 1, rows: validation, step: 2 },
    });
  },
);

test('batches, labels and probabilities of the last day hold its rows in turn', async () => {
  const rows = Array.from({ length: 49 }, (_, row) => row);
  const data = await prepared(logOf({ A: rows.map((row) => row + 1) }), { dense: 'raw' });
  const expected = { train: rows.slice(0, 42), test: [42, 44, 46, 48], validation: [43, 45, 47] };
  for (const part of parts) {
    const batches = [...data.batches(part, { batchSize: 3 })].map(({ dense }) => dense.length);
    expect(batches.reduce((sum, size) => sum + size, 0)).toBe(expected[part].length);
    const seen: number[] = [];
    for (const batch of data.batches(part, { batchSize: 3 })) {
      seen.push(...batch.dense);
      expect([...batch.labels]).toEqual([...batch.dense].map((row) => row % 2));
    }
    expect(seen).toEqual(expected[part]);
    expect([...data.labels(part)]).toEqual(expected[part].map((row) => row % 2));
    expect([...data.trueProbabilities(part)!].map((p) => Math.round(49 * p))).toEqual(expected[part]);
  }
  expect(data.facts.clickRate).toEqual({ train: 0.5, test: 0, validation: 1 });
});

test('random split: 8:1:1, seeded, and the same rows when the log grows', () => {
  const random = (rows: number, splitSeed = 1) => splitRows(rows, { protocol: 'random', splitSeed });
  const { parts: sizes, placeOfRow } = random(100_000);
  expect(sizes.train.rows / 1e5).toBeCloseTo(0.8, 2);
  expect(sizes.validation.rows / 1e5).toBeCloseTo(0.1, 2);
  expect(sizes.train.rows + sizes.validation.rows + sizes.test.rows).toBe(100_000);
  const partOf = ({ parts, placeOfRow }: Split) =>
    Array.from(placeOfRow!, (place) =>
      place < parts.validation.start ? 0 : place < parts.test.start ? 1 : 2,
    );
  expect(partOf(random(50_000))).toEqual(partOf(random(100_000)).slice(0, 50_000));
  expect(random(100_000, 2).placeOfRow).not.toEqual(placeOfRow);
});

test('rows too few to split', () => {
  expect(() => splitRows(13, defaultSettings)).toThrow(
    '13 rows are too few for a temporal split: the validation part would be empty; use more rows',
  );
  expect(() => splitRows(2, { protocol: 'random', splitSeed: 1 })).toThrow(
    /^2 rows are too few for a random split: the \w+ part would be empty/,
  );
});

test('frequency order: descending counts of the training part, ties by first occurrence', async () => {
  const data = await prepared(logOf(log));
  const [a, b] = data.fields;
  expect(Array.from(a.counts)).toEqual([4, 3, 2, 1, 1, 1, 0]); // 0, 9, 7, 5, 11, 13, out of vocabulary
  expect(Array.from(b.counts)).toEqual([12, 0]);
  expect(a.cardinality).toBe(7);
  const idsOfA = Array.from(whole(data, 'train').ids).filter((_, i) => i % 2 === 0);
  expect(idsOfA).toEqual([3, 2, 2, 1, 1, 1, 0, 0, 0, 0, 4, 5]);
  expect(Array.from(whole(data, 'test').ids)).toEqual([6, 0]); // token 99 is not in the training part
  expect(Array.from(whole(data, 'validation').ids)).toEqual([2, 0]);
  expect(data.facts.fields[0]).toEqual({
    name: 'A',
    cardinality: 7,
    outOfVocabulary: 6,
    distinctTokens: 6,
    keptTokens: 6,
    outOfVocabularyShare: { validation: 0, test: 1 },
  });
});

test('minimum count: rarer tokens share an id, sorted by their common count and last of its ties', async () => {
  const data = await prepared(logOf(log), { minCount: 2 });
  expect(Array.from(data.fields[0].counts)).toEqual([4, 3, 3, 2]); // 0, 9, out of vocabulary (5, 11, 13), 7
  expect(data.facts.fields[0]).toMatchObject({
    outOfVocabulary: 2,
    distinctTokens: 6,
    keptTokens: 3,
    cardinality: 4,
  });
  expect(Array.from(whole(data, 'train').ids.filter((_, i) => i % 2 === 0))).toEqual([
    2, 3, 3, 1, 1, 1, 0, 0, 0, 0, 2, 2,
  ]);
});

test('hashed order: a token of any part has the id that its hash says, and those that meet share their counts', async () => {
  const data = await prepared(logOf(log), { order: 'hashed', idsPerToken: 1.4 });
  const idOf = (token: number) => hash32(token, 0) % 9; // field 0, 6 different training tokens
  for (const [part, tokens] of [
    ['train', log.A.slice(0, 12)],
    ['test', [99]],
    ['validation', [7]],
  ] as const)
    expect(Array.from(whole(data, part).ids).filter((_, i) => i % 2 === 0)).toEqual(tokens.map(idOf));
  const counts = new Uint32Array(9);
  for (const token of log.A.slice(0, 12)) counts[idOf(token)]++;
  expect(data.fields[0].counts).toEqual(counts);
  const seen = [5, 7, 9, 0, 11, 13].map(idOf);
  const sharingTokens = seen.filter((id) => seen.indexOf(id) !== seen.lastIndexOf(id)).length;
  expect(sharingTokens).toBeGreaterThan(0);
  expect(data.fields[0].hashed).toBe(true);
  expect(data.facts).toMatchObject({ order: 'hashed', idsPerToken: 1.4 });
  expect(data.facts.fields[0]).toEqual({
    ...{ name: 'A', cardinality: 9, distinctTokens: 6, keptTokens: 6, sharingTokens },
    outOfVocabularyShare: { validation: 0, test: 0 },
  });
  expect(data.facts.fields[1]).toMatchObject({ cardinality: 2, distinctTokens: 1, sharingTokens: 0 });
  expect((await prepared(logOf(log), { order: 'hashed', idsPerToken: 2 })).fields[0].cardinality).toBe(12);
});

test('hashed order: numbers that do not go together are refused', () => {
  const settings = (asked: Partial<PrepareSettings>) => () => settingsOf({ ...defaultSettings, ...asked });
  expect(settings({ order: 'hashed' })()).toMatchObject({ idsPerToken: 2 });
  expect(settings({ order: 'hashed', minCount: 2 })).toThrow('--id-order hashed has no out-of-vocabulary id');
  expect(settings({ order: 'hashed', idsPerToken: 101 })).toThrow('--ids-per-token 101: give at most 100');
  expect(settings({ idsPerToken: 2 })).toThrow('--ids-per-token is for --id-order hashed');
});

test('first-seen order: ids by first occurrence, out of vocabulary last', async () => {
  const data = await prepared(logOf(log), { order: 'first-seen', minCount: 2 });
  expect(Array.from(data.fields[0].counts)).toEqual([2, 3, 4, 3]); // 7, 9, 0, out of vocabulary
  expect(data.facts.fields[0].outOfVocabulary).toBe(3);
});

test('dense features: log(x + 1) as in DLRM, or the value; negative and missing ones', async () => {
  const values = [0, 1, -2, missingInteger, 70_000, 2 ** 31 - 1];
  const source: RawSource = {
    ...logOf(log, 14),
    *blocks() {
      for (const block of logOf(log, 14).blocks() as Iterable<never>) {
        yield {
          ...(block as object),
          dense: [Int32Array.from({ length: 14 }, (_, i) => values[i % 6])],
        } as never;
      }
    },
  };
  const logs = await prepared(source);
  const expected = [0, Math.log(2), 0, 0, Math.log(70_001), Math.log(2 ** 31)].map(Math.fround);
  expect(Array.from(whole(logs, 'train').dense.subarray(0, 6))).toEqual(expected);
  const raw = await prepared(source, { dense: 'raw' });
  expect(Array.from(whole(raw, 'train').dense.subarray(0, 6))).toEqual([0, 1, -2, 0, 70_000, 2 ** 31]);
});

test.each(['temporal', 'random'] as const)(
  '%s: every row is in one part once, in the order of the log',
  async (protocol) => {
    const rows = 2000;
    const numbers = Array.from({ length: rows }, (_, i) => i);
    const widths = {
      byte: numbers.map((i) => i % 200),
      short: numbers,
      word: numbers.map((i) => Math.imul(i, 0x9e3779b1) >>> 0),
    };
    const data = await prepared(logOf(widths, 300), { protocol, dense: 'raw' });
    const seen: number[] = [];
    for (const part of parts) {
      const { dense, labels, ids } = whole(data, part);
      const ownRows = Array.from(dense);
      expect(ownRows).toEqual(ownRows.toSorted((a, b) => a - b));
      expect(Array.from(labels)).toEqual(ownRows.map((row) => row % 2));
      expect(Array.from(data.labels(part))).toEqual(Array.from(labels));
      expect(Array.from(data.trueProbabilities(part)!)).toEqual(
        ownRows.map((row) => Math.fround(row / rows)),
      );
      if (part === 'train')
        expect(ids.filter((_, i) => i % 3 === 1)).toEqual(Uint32Array.from(ownRows, (_, i) => i));
      seen.push(...ownRows);
    }
    expect(seen.toSorted((a, b) => a - b)).toEqual(numbers);
  },
);

test('batches: every row once, contiguous; a seed shuffles their order; the first ones may be left out', async () => {
  const numbers = Array.from({ length: 700 }, (_, i) => i);
  const data = await prepared(logOf({ A: numbers }), { dense: 'raw' });
  const starts = (shuffle?: number, from?: number) => {
    const found: number[] = [];
    for (const { dense, size, ids, labels } of data.batches('train', { batchSize: 64, shuffle, from })) {
      expect([dense.length, ids.length, labels.length]).toEqual([size, size, size]);
      expect(Array.from(dense)).toEqual(Array.from({ length: size }, (_, i) => dense[0] + i));
      expect(size).toBe(dense[0] === 576 ? 24 : 64);
      found.push(dense[0]);
    }
    return found;
  };
  const inOrder = Array.from({ length: 10 }, (_, i) => 64 * i);
  expect(starts()).toEqual(inOrder);
  expect(starts(3)).toEqual(starts(3));
  expect(starts(3)).not.toEqual(starts(4));
  expect(starts(3).toSorted((a, b) => a - b)).toEqual(inOrder);
  for (const shuffle of [undefined, 3])
    for (const from of [0, 1, 7, 10]) expect(starts(shuffle, from)).toEqual(starts(shuffle).slice(from));
});

test('equal numbers, and only they, have equal fingerprints', async () => {
  const reference = (await prepared(logOf(log))).fingerprint;
  expect((await prepared(logOf(log, 5))).fingerprint).toBe(reference); // other blocks, same rows
  expect((await prepared(logOf({ ...log, A: log.A.map((token) => token + 1000) }))).fingerprint).toBe(
    reference,
  );
  expect((await prepared(logOf({ ...log, A: log.A.with(3, 7) }))).fingerprint).not.toBe(reference);
  for (const settings of [{ order: 'first-seen' }, { minCount: 2 }, { dense: 'raw' }] as const) {
    expect((await prepared(logOf(log), settings)).fingerprint, JSON.stringify(settings)).not.toBe(reference);
  }
});
