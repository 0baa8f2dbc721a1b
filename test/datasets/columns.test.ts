import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mix32 } from '../../base/hash.ts';
import { openCached } from '../../datasets/prepared/cache.ts';
import { defaultSettings, type PrepareSettings } from '../../datasets/prepared/settings.ts';
import { WideTokenTable } from '../../datasets/prepared/wide-token-table.ts';
import { missingInteger, type RawBlock, type RawSource, wordsOf } from '../../datasets/raw-rows.ts';
import { writeTextToken } from '../../datasets/text-token.ts';
import { parts } from '../../harness/contract/data.ts';
import { temporaryDirectory } from './sample-rows.ts';

/** Columns of every kind: integers, floats, tokens of one, two and three words, weights. */
interface Log {
  readonly integers: readonly number[];
  readonly floats: readonly number[];
  readonly small: readonly number[];
  readonly large: readonly bigint[];
  readonly texts: readonly string[];
  readonly weights?: readonly number[];
}

function sourceOf(log: Log, blockRows = 5): RawSource {
  const rows = log.integers.length;
  return {
    dense: [
      { name: 'i', kind: 'integer' },
      { name: 'f', kind: 'float' },
    ],
    fields: [
      { name: 'small', kind: 'integer32' },
      { name: 'large', kind: 'integer64' },
      { name: 'text', kind: 'text' },
    ],
    *blocks(): Generator<RawBlock> {
      for (let start = 0; start < rows; start += blockRows) {
        const size = Math.min(blockRows, rows - start);
        const of = <T>(column: readonly T[]) => column.slice(start, start + size);
        const large = new Uint32Array(new BigUint64Array(of(log.large)).buffer);
        const text = new Uint32Array(size * wordsOf.text);
        of(log.texts).forEach((value, row) => writeTextToken(value, text, row));
        yield {
          size,
          labels: Uint8Array.from({ length: size }, (_, row) => (start + row) % 2),
          dense: [Int32Array.from(of(log.integers)), Float32Array.from(of(log.floats))],
          tokens: [Uint32Array.from(of(log.small)), large, text],
          ...(log.weights && { weights: Float32Array.from(of(log.weights)) }),
        };
      }
    },
  };
}

const prepared = (source: RawSource, settings: Partial<PrepareSettings> = {}) =>
  openCached({
    cache: temporaryDirectory(),
    dataset: 'log',
    key: {},
    settings: { ...defaultSettings, ...settings },
    maxBadLines: 0,
    source: () => source,
  });

const rows = 1400;
const numbers = Array.from({ length: rows }, (_, row) => row);
const log: Log = {
  integers: numbers,
  floats: numbers.map((row) => (row % 7 === 0 ? NaN : row / 8 - 3)),
  small: numbers.map((row) => mix32(row % 90)),
  large: numbers.map((row) => (BigInt(mix32(row % 90)) << 32n) | BigInt(row % 3)), // equal halves in many
  texts: numbers.map((row) => (row % 11 === 0 ? '' : `token ${row % 90}`)),
  weights: numbers.map((row) => (row % 4) / 2),
};

test.each(['temporal', 'random'] as const)(
  '%s: ids of every kind of token partition the rows as the tokens do',
  async (protocol) => {
    const data = await prepared(sourceOf(log, 100), { protocol, dense: 'raw' });
    const columns = [log.small, log.large, log.texts] as const;
    const idOf = columns.map(() => new Map<unknown, number>());
    for (const part of parts) {
      const [batch] = data.batches(part, { batchSize: data.rows[part] });
      const weights = data.weights!(part)!;
      expect(Array.from(batch.weights!)).toEqual(Array.from(weights));
      for (let i = 0; i < batch.size; i++) {
        const row = batch.dense[2 * i]; // the first dense column is the number of the row
        expect(batch.dense[2 * i + 1]).toBe(Number.isNaN(log.floats[row]) ? 0 : log.floats[row]);
        expect(weights[i]).toBe(log.weights![row]);
        columns.forEach((column, f) => {
          const id = batch.ids[3 * i + f];
          if (!idOf[f].has(column[row])) idOf[f].set(column[row], id);
          expect(id, `row ${row}, field ${f}`).toBe(idOf[f].get(column[row]));
        });
      }
    }
    // All tokens occur in the training part, so that different ones have different ids.
    for (const ids of idOf) expect(new Set(ids.values()).size).toBe(ids.size);
    expect(data.fields.map(({ cardinality }) => cardinality - 1)).toEqual(idOf.map((ids) => ids.size));
  },
);

test('floats: log(x + 1), 0 for what is negative or missing', async () => {
  const floats = [0.5, -0.5, NaN, 1e6, 0, 3e38];
  const some = {
    ...log,
    floats: numbers.map((row) => floats[row % 6]),
    integers: numbers.map(() => missingInteger),
  };
  const data = await prepared(sourceOf(some, 100));
  const [{ dense }] = data.batches('train', { batchSize: 6 });
  const expected = [Math.log(1.5), 0, 0, Math.log(1e6 + 1), 0, Math.log(3e38)].map(Math.fround);
  expect(Array.from(dense)).toEqual(expected.flatMap((x) => [0, x]));
});

test('weights are part of the fingerprint; a log without any has none', async () => {
  const weighted = await prepared(sourceOf(log));
  const others = await prepared(sourceOf({ ...log, weights: log.weights!.map((weight) => weight + 1) }));
  const without = await prepared(sourceOf({ ...log, weights: undefined }));
  expect(new Set([weighted, others, without].map(({ fingerprint }) => fingerprint)).size).toBe(3);
  expect(without.weights!('train')).toBeUndefined();
  const [batch] = without.batches('train', { batchSize: 4 });
  expect(batch.weights).toBeUndefined();
});

test.each([[NaN], [-1], [Infinity]])('a weight of %d is refused with its row', async (weight) => {
  const weights = log.weights!.with(712, weight);
  await expect(prepared(sourceOf({ ...log, weights }))).rejects.toThrow(/^row 713: its weight is/);
});

test('an infinite float is refused with its row and column', async () => {
  const some = { ...log, floats: log.floats.with(41, -Infinity) };
  await expect(prepared(sourceOf(some))).rejects.toThrow(/^row 42: f is -Infinity; give a finite number/);
});

test('a block that is too short for its rows, or of another type, is a defect of the source', async () => {
  const [whole] = sourceOf(log, rows).blocks() as Iterable<RawBlock>;
  const source = (block: Partial<RawBlock>): RawSource => ({
    ...sourceOf(log),
    *blocks() {
      yield { ...whole, ...block };
    },
  });
  const [small, large, text] = whole.tokens;
  await expect(prepared(source({ tokens: [small, large, small] }))).rejects.toThrow(
    'text: 1400 values in a block of 1400 rows, which takes 4200',
  );
  await expect(prepared(source({ tokens: [small, large] }))).rejects.toThrow('text: 0 values');
  await expect(prepared(source({ labels: new Uint8Array(5) }))).rejects.toThrow('labels: 5 values');
  await expect(prepared(source({ dense: [whole.dense[0], whole.dense[0]] }))).rejects.toThrow(
    'f: the values of a column of kind float have another type',
  );
  await expect(prepared(source({ tokens: [small, large, text] }))).resolves.toBeDefined();
});

test('a log without categorical columns is refused', async () => {
  await expect(prepared({ ...sourceOf(log), fields: [] })).rejects.toThrow('no categorical column');
});

test('long texts with a common ending stay as far apart as others: each word collides as chance does', () => {
  const count = 60_000; // pairs of equal words expected by chance: count^2 / 2^33 = 0.4
  for (const [start, ending] of [
    ['', 'x'.repeat(40)],
    ['', '0'.repeat(300)],
    ['https://example.org/', ''],
  ]) {
    const tokens = new Uint32Array(3 * count);
    for (let row = 0; row < count; row++) writeTextToken(`${start}${row}${ending}`, tokens, row);
    for (const word of [0, 1, 2]) {
      const different = new Set(Array.from({ length: count }, (_, row) => tokens[3 * row + word]));
      expect(count - different.size, `${ending.length} ${word}`).toBeLessThan(7);
    }
  }
});

test('a text of up to 8 bytes is its own token; longer ones never look like one', () => {
  const texts = ['', 'a', 'é', 'ab', 'abc', 'abcd', 'abcde', 'abcdefgh', 'abcdefghi', 'ab\tc'];
  const tokens = new Uint32Array(3 * texts.length);
  texts.forEach((text, row) => writeTextToken(text, tokens, row));
  const bytes = Buffer.from(tokens.buffer);
  texts.forEach((text, row) => {
    const long = Buffer.byteLength(text) > 8;
    const [own, check] = [bytes.subarray(12 * row, 12 * row + 8), tokens[3 * row + 2]];
    if (long) expect(check).not.toBe(0);
    else expect([own.toString().replaceAll('\0', ''), check]).toEqual([text, 0]);
  });
});

test('tokens of several words are numbered by first occurrence and counted, as a Map does', () => {
  const word = fc.integer({ min: 0, max: 3 }); // so that tokens share words, and slots collide
  const property = fc.property(
    fc.integer({ min: 2, max: 3 }),
    fc.array(fc.array(word, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 200 }),
    fc.nat(200),
    (words, list, known) => {
      const tokens = Uint32Array.from(list.flatMap((token) => token.slice(0, words)));
      const end = Math.min(known, list.length);
      const numbers = new Uint32Array(list.length);
      const table = new WideTokenTable(words);
      table.count(tokens, 0, end, numbers);
      table.number(tokens, end, list.length, numbers);
      const seen = new Map<string, number>();
      const counts: number[] = [];
      const keys = list.map((token) => token.slice(0, words).join());
      for (const key of keys.slice(0, end)) {
        if (!seen.has(key)) seen.set(key, seen.size);
        counts[seen.get(key)!] = (counts[seen.get(key)!] ?? 0) + 1;
      }
      expect(Array.from(numbers)).toEqual(keys.map((key) => seen.get(key) ?? seen.size));
      expect(Array.from(table.countsByNumber())).toEqual(counts);
    },
  );
  fc.assert(property, { numRuns: 200 });
});

test('a table of tokens grows: 50,000 texts', () => {
  const tokens = new Uint32Array(3 * 50_000);
  for (let row = 0; row < 50_000; row++) writeTextToken(`id-${row}`, tokens, row);
  const numbers = new Uint32Array(50_000);
  const table = new WideTokenTable(3);
  table.count(tokens, 0, 50_000, numbers);
  expect(table.distinct).toBe(50_000);
  expect(numbers.every((number, row) => number === row)).toBe(true);
});

test('texts whose 64-bit hashes are equal stay apart by their checks', () => {
  const tokens = Uint32Array.of(7, 9, 1, 7, 9, 2, 7, 9, 1);
  const numbers = new Uint32Array(3);
  const table = new WideTokenTable(3);
  table.count(tokens, 0, 3, numbers);
  expect(Array.from(numbers)).toEqual([0, 1, 0]);
  expect(table.collisions).toBe(1);
});

test('hashes of similar long texts: each word alone differs in half of its bits', () => {
  const pairs = Array.from({ length: 2000 }, (_, i) => [`visitor_${i}`, `visitor_${i + 1}`]);
  const words = new Uint32Array(6);
  const flipped = [0, 0, 0];
  for (const [a, b] of pairs) {
    writeTextToken(a, words, 0);
    writeTextToken(b, words, 1);
    for (const word of [0, 1, 2])
      for (let bits = words[word] ^ words[3 + word]; bits !== 0; bits &= bits - 1) flipped[word]++;
  }
  for (const count of flipped) expect(count / (32 * pairs.length)).toBeCloseTo(0.5, 1);
});
