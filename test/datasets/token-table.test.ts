import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mix32 } from '../../base/hash.ts';
import { rankTokens } from '../../datasets/prepared/rank-tokens.ts';
import { TokenTable } from '../../datasets/prepared/token-table.ts';
import { WideTokenTable } from '../../datasets/prepared/wide-token-table.ts';

/** First occurrences and counts by a Map. */
function reference(tokens: Iterable<number>): Map<number, { number: number; count: number }> {
  const seen = new Map<number, { number: number; count: number }>();
  for (const token of tokens) {
    const entry = seen.get(token) ?? { number: seen.size, count: 0 };
    seen.set(token, { ...entry, count: entry.count + 1 });
  }
  return seen;
}

test.each([
  ['few tokens', 50_000, (i: number) => [0, 0xffffffff, 0x80000000, 1][mix32(i) % 4]],
  ['consecutive tokens', 100_000, (i: number) => i],
  ['hashed tokens, many repeated', 100_000, (i: number) => mix32(mix32(i) % 40_000)],
])('%s are numbered by first occurrence and counted, as a Map does', (_, rows, tokenOf) => {
  const tokens = Uint32Array.from({ length: rows }, (_, i) => tokenOf(i));
  const known = rows - 1000;
  const expected = reference(tokens.subarray(0, known));
  const table = new TokenTable();
  const numbers = tokens.slice();
  table.count(numbers, 0, known);
  table.number(numbers, known, rows);
  expect(table.distinct).toBe(expected.size);
  expect(numbers.every((number, i) => number === (expected.get(tokens[i])?.number ?? expected.size))).toBe(
    true,
  );
  expect(table.countsByNumber()).toEqual(Uint32Array.from(expected.values(), ({ count }) => count));
});

test('collisions are texts with the first 64 bits of another one, whatever their slots, as a Map counts them', () => {
  for (const many of [40, 30_000]) {
    const rows = 2 * many;
    // Few different words, so that texts share one, two or all of them.
    const side = Math.ceil(Math.sqrt(many));
    const word = (i: number, seed: number) => mix32(i + seed) % side;
    const tokens = Uint32Array.from({ length: 3 * rows }, (_, at) =>
      at % 3 < 2 ? word(Math.floor(at / 3), 1000 * (at % 3)) : 1 + (mix32(at) % 3),
    );
    const known = rows - 10;
    const texts = new Set<string>();
    const hashes = new Set<string>();
    for (let row = 0; row < known; row++) {
      texts.add(tokens.subarray(3 * row, 3 * row + 3).join());
      hashes.add(tokens.subarray(3 * row, 3 * row + 2).join());
    }
    const table = new WideTokenTable(3);
    const numbers = new Uint32Array(rows);
    table.count(tokens, 0, known, numbers);
    table.number(tokens, known, rows, numbers);
    expect(table.distinct).toBe(texts.size);
    expect(table.collisions).toBe(texts.size - hashes.size);
    expect(table.collisions).toBeGreaterThan(many / 10);
  }
});

test('ids: a bijection of the kept tokens, sorted as promised, counts preserved', () => {
  const property = fc.property(
    fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 4090, max: 4100 })), {
      maxLength: 50,
    }),
    fc.integer({ min: 1, max: 4 }),
    fc.constantFrom('frequency' as const, 'first-seen' as const),
    (list, minCount, order) => {
      const counts = Uint32Array.from(list);
      const ranking = rankTokens(counts, minCount, order);
      const kept = [...counts.keys()].filter((number) => counts[number] >= minCount);
      const folded = list.filter((count) => count < minCount).reduce((sum, count) => sum + count, 0);
      if (order === 'frequency') kept.sort((a, b) => counts[b] - counts[a] || a - b);
      const before =
        order === 'frequency' ? kept.filter((number) => counts[number] >= folded).length : kept.length;
      expect(ranking.outOfVocabulary).toBe(before);
      const ids = kept.toSpliced(before, 0, counts.length); // token number by id
      expect(Array.from(ranking.counts)).toEqual(ids.map((number) => counts[number] ?? folded));
      const idOf = (number: number) => (ids.includes(number) ? ids.indexOf(number) : before);
      expect(Array.from(ranking.idOfNumber)).toEqual(
        Array.from({ length: list.length + 1 }, (_, i) => idOf(i)),
      );
    },
  );
  fc.assert(property, { numRuns: 300 });
});
