import { expect, test } from 'vitest';
import { mix32 } from '../../base/hash.ts';
import { openCached } from '../../datasets/prepared/cache.ts';
import type { PreparedData } from '../../datasets/prepared/read.ts';
import { defaultSettings, type PrepareSettings, settingsOf } from '../../datasets/prepared/settings.ts';
import { type Pooling, type RawBlock, type RawSource, wordsOf } from '../../datasets/raw-rows.ts';
import { writeTextToken } from '../../datasets/text-token.ts';
import { sampleIds } from '../../harness/batches/sample-ids.ts';
import { lookupsOf } from '../../harness/contract/further-values.ts';
import { type Batch, type Part, parts } from '../../harness/contract/data.ts';
import { rarestIds } from '../../harness/metrics/rarest-ids.ts';
import { temporaryDirectory } from './sample-rows.ts';

const rows = 3000; // several stretches of the reader
const numbers = Array.from({ length: rows }, (_, row) => row);
/** 1 to 4 values; the same one twice in some rows, and the missing one alone in others. */
const genres = numbers.map((row) => {
  if (row % 17 === 0) return [''];
  return Array.from({ length: 1 + (mix32(row) % 4) }, (_, i) => `genre ${mix32(row * 4 + (i >> 1)) % 30}`);
});
const tags = numbers.map((row) => Array.from({ length: 1 + (row % 3) }, (_, i) => mix32(row + i) % 500));

interface Form {
  readonly genres?: Pooling | undefined;
  readonly facts?: (row: number) => { time?: number; part?: number };
}

function source({ genres: pool = 'mean', facts = () => ({}) }: Form = {}, blockRows = 700): RawSource {
  return {
    dense: [{ name: 'row', kind: 'integer', transform: 'raw' }],
    fields: [
      { name: 'user', kind: 'integer32' },
      { name: 'genres', kind: 'text', pool },
      { name: 'tags', kind: 'integer32', pool: 'sum' },
    ],
    *blocks(): Generator<RawBlock> {
      for (let start = 0; start < rows; start += blockRows) {
        const own = numbers.slice(start, start + blockRows);
        const texts = own.flatMap((row) => genres[row]);
        const words = new Uint32Array(texts.length * wordsOf.text);
        texts.forEach((text, i) => writeTextToken(text, words, i));
        const known = own.map(facts);
        yield {
          size: own.length,
          labels: Uint8Array.from(own, (row) => row % 2),
          dense: [Int32Array.from(own)],
          tokens: [
            Uint32Array.from(own, (row) => row % 50),
            words,
            Uint32Array.from(own.flatMap((row) => tags[row])),
          ],
          lengths: [
            undefined,
            Uint8Array.from(own, (row) => genres[row].length),
            Uint8Array.from(own, (row) => tags[row].length),
          ],
          ...(known[0].time !== undefined && { times: Float64Array.from(known, ({ time }) => time!) }),
          ...(known[0].part !== undefined && { parts: Uint8Array.from(known, ({ part }) => part!) }),
        };
      }
    },
  };
}

const prepared = (of: RawSource, settings: Partial<PrepareSettings> = {}): Promise<PreparedData> =>
  openCached({
    cache: temporaryDirectory(),
    dataset: 'log',
    key: {},
    settings: settingsOf({ ...defaultSettings, ...settings }),
    maxBadLines: 0,
    source: () => of,
  });

/** Ids of a field in every sample of a batch. */
function listsOf({ size, ids, further }: Batch, field: number, width: number): number[][] {
  const lists = Array.from({ length: size }, (_, sample) => [ids[sample * width + field]]);
  further!.fields
    .find((one) => one.field === field)
    ?.samples.forEach((sample, value) => lists[sample].push(ids[(size + value) * width + field]));
  return lists;
}

const cases: [string, Partial<PrepareSettings>, Form['facts']?][] = [
  ['temporal', {}],
  ['temporal by time', {}, (row) => ({ time: (row * 389) % rows })],
  ['random', { protocol: 'random', minCount: 40 }],
  ['given', { protocol: 'given', order: 'first-seen' }, (row) => ({ part: (row * 7) % 3 })],
  ['rolling', { protocol: 'rolling', rolling: { days: 4, day: 2 } }],
];

test.each(cases)(
  '%s: lists stay with their rows, and all values of the training part are counted',
  async (_, settings, facts) => {
    const data = await prepared(source({ facts }), settings);
    expect(data.fields.map(({ pool }) => pool)).toEqual([undefined, 'mean', 'sum']);
    for (const [field, column] of [
      [1, genres],
      [2, tags],
    ] as [number, (string | number)[][]][]) {
      const counts = new Map<string | number, number>();
      const idOf = new Map<string | number, number>();
      const visit = (part: Part, batchSize: number, with_: (value: string | number, id: number) => void) => {
        for (const batch of data.batches(part, { batchSize }))
          listsOf(batch, field, 3).forEach((ids, sample) => {
            const expected = column[batch.dense[sample]];
            expect(ids.length).toBe(expected.length);
            ids.forEach((id, i) => with_(expected[i], id));
          });
      };
      visit('train', 64, (value) => counts.set(value, (counts.get(value) ?? 0) + 1));
      const { outOfVocabulary, values } = data.facts.fields[field];
      const kept = (value: string | number) => (counts.get(value) ?? 0) >= (settings.minCount ?? 1);
      for (const [part, batchSize] of [
        ['train', 100],
        ['validation', 7],
        ['test', 1000],
      ] as const)
        visit(part, batchSize, (value, id) => {
          if (!kept(value)) return expect(id).toBe(outOfVocabulary);
          if (!idOf.has(value)) idOf.set(value, id);
          expect(id).toBe(idOf.get(value));
          expect(data.fields[field].counts[id]).toBe(counts.get(value));
        });
      expect(new Set(idOf.values()).size).toBe(idOf.size);
      const all = parts.flatMap((part) =>
        Array.from(data.batches(part, { batchSize: 500 }), ({ dense }) => [...dense]).flat(),
      );
      expect(values).toBe(all.reduce((sum, row) => sum + column[row].length, 0));
    }
  },
);

test('a batch of its own order, and the last one, have the lists of their rows', async () => {
  const data = await prepared(source());
  for (const batch of data.batches('train', { batchSize: 333, shuffle: 5 }))
    listsOf(batch, 2, 3).forEach((ids, sample) => expect(ids.length).toBe(tags[batch.dense[sample]].length));
});

test('every row has its lookups, its rarest id, and one value in a sample', async () => {
  const data = await prepared(source());
  const [batch] = data.batches('test', { batchSize: rows });
  const own = Array.from(batch.dense);
  expect(lookupsOf(batch, 3)).toBe(
    own.reduce((sum, row) => sum + 1 + genres[row].length + tags[row].length, 0),
  );
  const rarest = rarestIds(data, 'test');
  const lists = [1, 2].map((field) => listsOf(batch, field, 3));
  own.forEach((_, i) => {
    const counts = [1, 2].flatMap((field) => lists[field - 1][i].map((id) => data.fields[field].counts[id]));
    expect(rarest[i]).toBe(Math.min(data.fields[0].counts[batch.ids[3 * i]], ...counts));
  });
  const sampled = sampleIds(data, 100);
  const every = sampled.length / 3;
  const all = [...data.batches('train', { batchSize: rows })][0];
  const step = Math.floor(data.rows.train / 100);
  const firsts = new Set<boolean>();
  for (let i = 0; i < every; i++)
    for (const field of [1, 2]) {
      const list = listsOf(all, field, 3)[i * step];
      expect(list).toContain(sampled[3 * i + field]);
      if (new Set(list).size > 1) firsts.add(sampled[3 * i + field] === list[0]);
    }
  expect(firsts.size).toBe(2); // not always the first one
});

test('sum and mean have different fingerprints; blocks do not matter', async () => {
  const mean = await prepared(source());
  expect((await prepared(source({}, 100))).fingerprint).toBe(mean.fingerprint);
  expect((await prepared(source({ genres: 'sum' }))).fingerprint).not.toBe(mean.fingerprint);
});

test('a row without any value, and lists that do not fit their lengths, are defects of the source', async () => {
  const broken = (change: (block: RawBlock) => Partial<RawBlock>): RawSource => {
    const some = source();
    return {
      ...some,
      *blocks() {
        for (const block of some.blocks() as Iterable<RawBlock>) yield { ...block, ...change(block) };
      },
    };
  };
  await expect(
    prepared(
      broken(({ lengths }) => ({
        lengths: lengths!.map((own) => own && own.map((n, i) => (i === 3 ? 0 : n))),
      })),
    ),
  ).rejects.toThrow('a row without values');
  await expect(
    prepared(broken(({ tokens }) => ({ tokens: tokens.map((own) => own.subarray(0, own.length - 3)) }))),
  ).rejects.toThrow(/values in a block of 700 rows, which takes/);
  await expect(prepared(broken(() => ({ lengths: undefined })))).rejects.toThrow(
    'lengths of genres: 0 values',
  );
});
