import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rankedRows } from '../../methods/opt-embed/ranked-rows.ts';

const cases = fc.record({
  parts: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 4 }),
  costs: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 4 }),
  share: fc.double({ min: 0, max: 1.1, noNaN: true }),
  distinct: fc.constantFrom(1, 3, 50, 1e6),
  seed: fc.integer(),
});

function made({
  parts,
  costs,
  share,
  distinct,
  seed,
}: typeof cases extends fc.Arbitrary<infer T> ? T : never) {
  const partOf = parts.flatMap((rows, part) => Array<number>(rows).fill(part));
  const scores = Float32Array.from(partOf, (_, row) => (Math.imul(row + seed, 0x9e3779b1) >>> 8) % distinct);
  const cost = (rows: readonly number[]) => rows.reduce((sum, n, part) => sum + n * costs[part], 0);
  const budget = share * cost(parts);
  const inOrder = [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b);
  const countsOf = (rows: readonly number[]) =>
    parts.map((_, p) => rows.filter((r) => partOf[r] === p).length);
  const fits = (rows: readonly number[]) => cost(rows) <= budget;
  return { scores, inOrder, countsOf, fits, ranked: rankedRows(scores, parts) };
}

describe('rows in the order of their scores', () => {
  test('are taken as long as they fit', () => {
    fc.assert(
      fc.property(cases, (drawn) => {
        const { inOrder, countsOf, fits, ranked } = made(drawn);
        let count = 0;
        while (count < inOrder.length && fits(countsOf(inOrder.slice(0, count + 1)))) count++;
        expect([...ranked.rowsWithin(fits)]).toEqual(inOrder.slice(0, count).sort((a, b) => a - b));
      }),
      { numRuns: 60 },
    );
  });

  test('are counted in each part down to a score that fits, with hardly more that would', () => {
    fc.assert(
      fc.property(cases, (drawn) => {
        const { scores, inOrder, countsOf, fits, ranked } = made(drawn);
        const { above, rows } = ranked.levelWithin(fits);
        const taken = inOrder.filter((row) => scores[row] > above);
        expect(rows).toEqual(countsOf(taken));
        expect(fits(rows)).toBe(true);
        if (drawn.distinct < 1e6 || taken.length === inOrder.length) return; // equal scores are taken all or none
        expect(fits(countsOf(inOrder.slice(0, Math.ceil(1.01 * taken.length) + 1)))).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});
