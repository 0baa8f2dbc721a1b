import { expect, test } from 'vitest';
import { mix32 } from '../../base/hash.ts';
import { openCached } from '../../datasets/prepared/cache.ts';
import { defaultSettings, type PrepareSettings } from '../../datasets/prepared/settings.ts';
import {
  type DenseTransform,
  missingInteger,
  type RawBlock,
  type RawSource,
} from '../../datasets/raw-rows.ts';
import { parts } from '../../harness/contract/data.ts';
import { temporaryDirectory } from './sample-rows.ts';

const rows = 700;
const numbers = Array.from({ length: rows }, (_, row) => row);
const integers = numbers.map((row) => (mix32(row) % 9 === 0 ? missingInteger : (mix32(row) % 5000) - 20));
const floats = numbers.map((row) => (mix32(row + 1) % 7 === 0 ? NaN : (mix32(row + 9) % 1000) / 64 - 3));

/** A number of the row, an integer and a float column with transforms of their own, and one field. */
function source(own: (DenseTransform | undefined)[], blockRows = 64, constant = false): RawSource {
  const withTransform = (name: string, kind: 'integer' | 'float', i: number) => ({
    ...{ name, kind },
    ...(own[i] && { transform: own[i] }),
  });
  return {
    dense: [
      { name: 'row', kind: 'integer', transform: 'raw' },
      withTransform('i', 'integer', 0),
      withTransform('f', 'float', 1),
    ],
    fields: [{ name: 'A', kind: 'integer32' }],
    *blocks(): Generator<RawBlock> {
      for (let start = 0; start < rows; start += blockRows) {
        const own = numbers.slice(start, start + blockRows);
        yield {
          size: own.length,
          labels: Uint8Array.from(own, (row) => row % 2),
          dense: [
            Int32Array.from(own),
            Int32Array.from(own, (row) => (constant ? 7 : integers[row])),
            Float32Array.from(own, (row) => floats[row]),
          ],
          tokens: [Uint32Array.from(own, (row) => row % 5)],
        };
      }
    },
  };
}

const prepared = (of: RawSource, settings: Partial<PrepareSettings> = {}) =>
  openCached({
    cache: temporaryDirectory(),
    dataset: 'log',
    key: {},
    settings: { ...defaultSettings, ...settings },
    maxBadLines: 0,
    source: () => of,
  });

const isMissing = (x: number) => x === missingInteger || Number.isNaN(x);

test.each(['temporal', 'random'] as const)(
  '%s: standardized columns have mean 0 and deviation 1 over the training part, and 0 for missing values',
  async (protocol) => {
    const data = await prepared(source([]), { protocol, dense: 'standard' });
    const [train] = data.batches('train', { batchSize: rows });
    const trained = Array.from({ length: train.size }, (_, i) => train.dense[3 * i]);
    for (const [f, raw] of [integers, floats].entries()) {
      const known = trained.map((row) => raw[row]).filter((x) => !isMissing(x));
      const mean = known.reduce((sum, x) => sum + x, 0) / known.length;
      const deviation = Math.sqrt(known.reduce((sum, x) => sum + (x - mean) ** 2, 0) / known.length);
      for (const part of parts)
        for (const { dense, size } of data.batches(part, { batchSize: 100 }))
          for (let i = 0; i < size; i++) {
            const x = raw[dense[3 * i]];
            const expected = isMissing(x) ? 0 : (x - mean) / deviation;
            expect(dense[3 * i + 1 + f]).toBeCloseTo(expected, 5);
          }
    }
    expect(data.facts.dense).toEqual({ row: 'raw', i: 'standard', f: 'standard' });
  },
);

test('a standardized column of one value is 0', async () => {
  const data = await prepared(source(['standard'], 64, true));
  for (const { dense, size } of data.batches('test', { batchSize: rows }))
    for (let i = 0; i < size; i++) expect(dense[3 * i + 1]).toBe(0);
});

test('columns have transforms of their own beside the default', async () => {
  const data = await prepared(source([undefined, 'log']), { dense: 'raw' });
  for (const { dense, size } of data.batches('train', { batchSize: rows }))
    for (let i = 0; i < size; i++) {
      const [row, integer, float] = dense.subarray(3 * i, 3 * i + 3);
      expect(integer).toBe(isMissing(integers[row]) ? 0 : integers[row]);
      expect(float).toBe(Math.fround(floats[row] > 0 ? Math.log(floats[row] + 1) : 0));
    }
});

test('buckets become fields after the others, with a vocabulary and counts of the training part', async () => {
  const data = await prepared(source(['buckets', 'buckets']));
  expect(data.denseFields).toEqual(['row']);
  expect(data.fields.map(({ name }) => name)).toEqual(['A', 'i', 'f']);
  const bucketOf = (x: number) =>
    isMissing(x) ? 'missing' : String(x > 2 ? Math.floor(Math.log(x) ** 2) : Math.trunc(x) + 0);
  for (const [f, raw] of [integers, floats].entries()) {
    const idOf = new Map<string, number>();
    const counts = new Map<string, number>();
    for (const part of ['train', 'test'] as const)
      for (const { dense, ids, size } of data.batches(part, { batchSize: 50 }))
        for (let i = 0; i < size; i++) {
          const bucket = bucketOf(raw[dense[i]]);
          const id = ids[3 * i + 1 + f];
          if (part === 'train') {
            counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
            if (!idOf.has(bucket)) idOf.set(bucket, id);
          }
          expect(id).toBe(idOf.get(bucket) ?? data.facts.fields[1 + f].outOfVocabulary);
        }
    expect(new Set(idOf.values()).size).toBe(idOf.size);
    for (const [bucket, count] of counts) expect(data.fields[1 + f].counts[idOf.get(bucket)!]).toBe(count);
  }
});

test('a log whose only categorical columns are buckets can be prepared', async () => {
  const data = await prepared({ ...source(['buckets']), fields: [] });
  expect(data.fields.map(({ name }) => name)).toEqual(['i']);
});

test('two categorical columns of one name are refused', async () => {
  const some = source(['buckets']);
  await expect(prepared({ ...some, fields: [{ name: 'i', kind: 'integer32' }] })).rejects.toThrow(
    /^two categorical columns have the name i: give one another name/,
  );
});

test('a transform is part of the fingerprint where it changes numbers', async () => {
  const fingerprints = new Set<string>();
  for (const dense of ['log', 'raw', 'standard', 'buckets'] as const)
    fingerprints.add((await prepared(source([]), { dense })).fingerprint);
  expect(fingerprints.size).toBe(4);
  const named = await prepared(source(['log', 'log']), { dense: 'raw' });
  expect((await prepared(source([]), { dense: 'log' })).fingerprint).toBe(named.fingerprint);
});
