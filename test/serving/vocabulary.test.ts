import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mix32 } from '../../base/hash.ts';
import { type DatasetRequest, datasets, openDataset, openVocabulary } from '../../datasets/index.ts';
import { defaultSettings } from '../../datasets/prepared/settings.ts';
import { findNamed } from '../../base/find-named.ts';
import { type Batch } from '../../harness/contract/data.ts';
import type { ManifestData } from '../../serving/program/manifest.ts';
import { RowEncoder } from '../../serving/reader/raw-rows.ts';
import { scratch } from '../scripts/run-script.ts';

/** Raw rows that the reader encodes become the ids and dense values of the prepared data, bit by bit. */

const rows = 700;

/** A log with every kind of column, and with missing cells in each. */
function writeLog(path: string): void {
  const lines = Array.from({ length: rows }, (_, row) => {
    const draw = (column: number, many: number) => mix32(row * 16 + column) % many;
    const cell = (column: number, text: string) => (draw(column, 11) === 0 ? '' : text);
    const genres = Array.from({ length: 1 + draw(0, 3) }, (_, i) => `genre ${draw(6 + i, 9)}`).join('|');
    return [
      draw(1, 2),
      cell(2, `user ${draw(3, 40)} of a long name`),
      cell(3, `u${draw(4, 60)}`),
      cell(4, (mix32(draw(5, 50)) >>> 0).toString(16)),
      cell(5, String(draw(6, 30) - 4)),
      genres,
      cell(7, (draw(7, 1000) / 7).toFixed(3)),
      cell(8, String(draw(8, 90_000))),
    ].join('\t');
  });
  const names = ['label', 'user', 'short', 'hex', 'whole', 'genres', 'price', 'count'];
  writeFileSync(path, `${[names.join('\t'), ...lines].join('\n')}\n`);
}

async function encoded(more: Partial<DatasetRequest>, minCount = 2) {
  const folder = scratch();
  const path = join(folder, 'log.tsv');
  writeLog(path);
  const dataset = findNamed(datasets, 'data set', 'table');
  const request: DatasetRequest = {
    ...{ ...defaultSettings, minCount, cache: join(folder, 'cache') },
    ...more,
    options: {
      ...{ data: path, label: 'label', categorical: 'user,short,hex:hex,whole:integer' },
      ...{ multi: 'genres:|', numeric: 'price,count:integer' },
    },
  };
  const data = await openDataset(dataset, request);
  const vocabulary = await openVocabulary(dataset, request, rows);
  expect(vocabulary.fingerprint).toBe(data.fingerprint);
  const rules: ManifestData = {
    ...{ name: 'table', fingerprint: vocabulary.fingerprint, dense: vocabulary.dense },
    fields: vocabulary.fields.map((field, f) => ({
      ...field,
      ...(field.hashed ? {} : { tensor: String(f) }),
    })),
  };
  const encoder = new RowEncoder(rules, data.fields, (field) => {
    if (rules.fields[field].tensor === undefined) throw new Error(`${field} has no vocabulary`);
    return vocabulary.fields[field].tokens;
  });
  const [batch] = data.batches('train', { batchSize: data.rows.train });
  const kept: Batch = { ...batch, dense: batch.dense.slice(), ids: batch.ids.slice() };
  data.close();
  return { encoder, raw: vocabulary.rows, batch: kept, fields: vocabulary.fields };
}

describe.each(['log', 'raw', 'standard', 'buckets'] as const)('dense columns %s', (dense) => {
  test.each([1, 2, 5])('ids seen less than %d times share one', async (minCount) => {
    const { encoder, raw, batch } = await encoded({ dense }, minCount);
    expect(raw).toHaveLength(rows);
    const found = encoder.encode(raw.slice(0, batch.size));
    expect([...found.ids]).toEqual([...batch.ids]);
    expect([...found.dense]).toEqual([...batch.dense]);
    expect(found.further).toEqual(batch.further);
  });
});

test('ids that are hashes of tokens are computed without a vocabulary', async () => {
  const { encoder, raw, batch, fields } = await encoded({ order: 'hashed', idsPerToken: 3 }, 1);
  expect(fields.every(({ tokens }) => tokens.length === 0)).toBe(true);
  const found = encoder.encode(raw.slice(0, batch.size));
  expect([...found.ids]).toEqual([...batch.ids]);
  expect(found.further).toEqual(batch.further);
  const unseen = [1, 2, 3, 4].map((i) => encoder.encode([{ user: `nobody ${i}` }]).ids[0]);
  expect(new Set(unseen).size).toBeGreaterThan(1); // no id for all of them
});

test('cells that are no values of their column are refused by name', async () => {
  const { encoder } = await encoded({});
  expect(() => encoder.encode([{ hex: 'xyz' }])).toThrow(
    'hex: "xyz" is no token of 1 to 8 hexadecimal digits',
  );
  expect(() => encoder.encode([{ whole: 1.5 }])).toThrow('whole: 1.5 is no whole number');
  expect(() => encoder.encode([{ price: 'dear' }])).toThrow('price: "dear" is no number');
  const list = 'user: a list of values, and the field has one value in a row';
  expect(() => encoder.encode([{ user: ['u1', 'u2'] }])).toThrow(list);
  expect(() => encoder.encode([{ user: [] }])).toThrow(list);
});

test('tokens that training has not seen share the out-of-vocabulary id, and a row without cells is one of missing ones', async () => {
  const { encoder, raw } = await encoded({ dense: 'log' });
  const [unknown, empty] = [
    encoder.encode([{ ...raw[0], user: 'nobody', hex: 'ffffffff' }]),
    encoder.encode([{}]),
  ];
  const nobody = encoder.encode([{ ...raw[0], user: 'somebody else', hex: 'fffffffe' }]);
  expect([...unknown.ids]).toEqual([...nobody.ids]);
  const missing = raw.findIndex((row) => row.user === null);
  expect(empty.ids[0]).toBe(encoder.encode([raw[missing]]).ids[0]);
  expect([...empty.dense]).toEqual([0, 0]);
});

test('texts that are no UTF-8, and byte order marks, are told by their tokens', async () => {
  const folder = scratch();
  const path = join(folder, 'log.tsv');
  const [latin, mark] = [Uint8Array.of(0x63, 0x61, 0x66, 0xe9), Uint8Array.of(0x61, 0xef, 0xbb, 0xbf, 0x62)];
  const line = (row: number) => {
    const text = [latin, mark, Uint8Array.of(0xef, 0xbb, 0xbf, 0x63), Uint8Array.of(0x64)][row % 4];
    return Buffer.concat([Buffer.from(`${row % 3 === 0 ? 1 : 0}\t`), text, Buffer.from('\n')]);
  };
  writeFileSync(path, Buffer.concat([Buffer.from('label\tword\n'), ...Array.from({ length: 40 }, (_, row) => line(row))])); // prettier-ignore
  const dataset = findNamed(datasets, 'data set', 'table');
  const request: DatasetRequest = {
    ...{ ...defaultSettings, minCount: 1, cache: join(folder, 'cache') },
    options: { data: path, label: 'label', categorical: 'word' },
  };
  const data = await openDataset(dataset, request);
  const vocabulary = await openVocabulary(dataset, request, 40);
  const [field] = vocabulary.fields;
  const rules: ManifestData = {
    name: 'table',
    fingerprint: '',
    dense: [],
    fields: [{ ...field, tensor: '0' }],
  };
  const encoder = new RowEncoder(rules, data.fields, () => field.tokens);
  const [batch] = data.batches('train', { batchSize: data.rows.train });
  const found = encoder.encode(JSON.parse(JSON.stringify(vocabulary.rows.slice(0, batch.size))) as never);
  expect([...found.ids]).toEqual([...batch.ids]);
  expect(new Set(found.ids).size).toBe(4);
  data.close();
});
