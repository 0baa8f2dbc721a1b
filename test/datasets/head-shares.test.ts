import { expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { sum } from '../../base/sum.ts';
import { headShares } from '../../datasets/prepared/head-shares.ts';

const fieldOf = (counts: readonly number[]) => ({ counts: Uint32Array.from(counts) });

test('of random counts it is the share that sorting them gives, where none are equal', () => {
  const draws = random(3);
  for (let trial = 0; trial < 30; trial++) {
    const used = new Set<number>();
    const different = () => {
      // Some are beyond what is counted without sorting.
      let count = Math.floor(200_000 * draws.uniform() ** 4);
      while (used.has(count)) count++;
      used.add(count);
      return count;
    };
    const fields = Array.from({ length: 1 + Math.floor(4 * draws.uniform()) }, () =>
      Array.from({ length: 1 + Math.floor(300 * draws.uniform()) }, different),
    );
    const all = fields.flatMap((counts, field) => counts.map((count) => ({ field, count })));
    const falling = all.sort((a, b) => b.count - a.count);
    for (const ratio of [4, 16, 64]) {
      const head = falling.slice(0, Math.max(1, Math.floor(all.length / ratio)));
      const shares = fields.map((counts, field) => {
        const ofHead = head.filter((one) => one.field === field).map(({ count }) => count);
        const lookups = sum(counts);
        return (counts.length / all.length) * (lookups === 0 ? 1 : sum(ofHead) / lookups);
      });
      expect(headShares(fields.map(fieldOf))[ratio]).toBeCloseTo(sum(shares), 12);
    }
  }
});

test('ids that are alike have the share of their number, whatever field comes first; one id has all', () => {
  const alike = { 4: 1 / 4, 16: 1 / 16, 64: 1 / 64 };
  expect(headShares([fieldOf(Array<number>(640).fill(7))])).toEqual(alike);
  const two = [fieldOf(Array<number>(600).fill(70_000)), fieldOf(Array<number>(40).fill(70_000))];
  for (const [ratio, share] of Object.entries(alike)) {
    expect(headShares(two)[ratio]).toBeCloseTo(share, 12);
    expect(headShares(two.toReversed())[ratio]).toBeCloseTo(share, 12);
  }
  expect(headShares([fieldOf([5])])).toEqual({ 4: 1, 16: 1, 64: 1 });
});

test('a field of few ids does not hide the others', () => {
  const flat = fieldOf(Array<number>(1000).fill(10));
  expect(headShares([flat, fieldOf([5000, 5000])])[16]).toBeLessThan(0.07);
});
