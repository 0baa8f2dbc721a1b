import { describe, expect, test } from 'vitest';
import { none } from '../../harness/contract/backend.ts';
import { valuesOf } from '../../harness/contract/indices.ts';
import { deriveSeed } from '../../base/hash.ts';
import { random } from '../../base/random.ts';
import { HostIndices } from '../../harness/embedding/host-indices.ts';
import { column } from '../column.ts';

/**
 * Hashes are as good as random functions, as methods use them: Indices.hash(seed).mod(m). Bounds are five standard
 * deviations, so that a seed passes by chance and a hash that is not random does not.
 */

const bucketsOf = (ids: Uint32Array, seeds: readonly number[], m: number) =>
  valuesOf(
    new HostIndices(ids, ids.length, 1)
      .pick(seeds.map(() => 0))
      .hash(seeds)
      .mod(m),
  );

const seedOf = (...path: (string | number)[]) => deriveSeed(1, 'hashes', ...path);
const firstIds = (n: number) => Uint32Array.from({ length: n }, (_, id) => id);

/** Pairs of equal numbers. */
function collisions(buckets: Iterable<number>): number {
  const loads = new Map<number, number>();
  let pairs = 0;
  for (const bucket of buckets) {
    const load = loads.get(bucket) ?? 0;
    pairs += load;
    loads.set(bucket, load + 1);
  }
  return pairs;
}

describe('pairs of ids that collide', () => {
  const ids: Record<string, (n: number) => Uint32Array> = {
    'the first ids': firstIds,
    'ids in steps of 1024': (n) => firstIds(n).map((id) => id * 1024),
    'the last 32-bit ids': (n) => firstIds(n).map((id) => 2 ** 32 - 2 - id),
    'random ids': (n) => {
      const stream = random(7);
      return Uint32Array.from(new Set(Array.from({ length: n }, () => stream.next())));
    },
  };
  const sizes = [
    [1000, 10],
    [5000, 997],
    [5000, 1024],
    [20_000, 20_000],
    [20_000, 1_000_003],
  ];
  const cases = Object.keys(ids).flatMap((kind) => sizes.map(([n, m]) => ({ kind, n, m })));

  test.each(cases)('of $n of $kind in $m buckets: n(n - 1) / 2m', ({ kind, n, m }) => {
    const asked = ids[kind](n);
    // Pairs are independent two by two, so their number has the variance of as many draws. Of eight fields the mean.
    const fields = 8;
    const pairs = (asked.length * (asked.length - 1)) / 2;
    const deviation = Math.sqrt((pairs / m) * (1 - 1 / m) * (1 / fields));
    let found = 0;
    for (let f = 0; f < fields; f++) found += collisions(bucketsOf(asked, [seedOf(kind, f)], m)) / fields;
    expect(Math.abs(found - pairs / m)).toBeLessThan(5 * deviation);
  });

  test('are spread as chance spreads them: as many buckets empty, of one id, of two', () => {
    const [n, m] = [40_000, 20_000];
    const loads = new Uint32Array(m);
    for (const bucket of bucketsOf(firstIds(n), [seedOf('loads')], m)) loads[bucket]++;
    let poisson = Math.exp(-n / m);
    for (let load = 0; load < 6; poisson *= n / m / ++load) {
      const buckets = loads.filter((l) => l === load).length;
      expect(Math.abs(buckets - m * poisson), `load ${load}`).toBeLessThan(5 * Math.sqrt(m * poisson));
    }
  });
});

describe('fields hash independently', () => {
  const [n, m] = [20_000, 100];

  test('that two ids collide in one says nothing of another', () => {
    const buckets = bucketsOf(firstIds(n), [seedOf('field', 0), seedOf('field', 1)], m);
    const both = Array.from({ length: n }, (_, id) => buckets[2 * id] * m + buckets[2 * id + 1]);
    const pairs = (n * (n - 1)) / 2;
    // One hash for both would give 1/m of them: 2,000,000 instead of 20,000.
    expect(Math.abs(collisions(both) - pairs / m ** 2)).toBeLessThan(5 * Math.sqrt(pairs / m ** 2));
  });

  test.each([
    ['seeds that follow each other', [1, 2]],
    ['seeds apart by their highest bit', [5, 5 + 2 ** 31]],
    ['0 and all bits', [0, 2 ** 32 - 1]],
    ['a seed and twice it', [12_345, 24_690]],
  ])('buckets of one id in two fields are unrelated, with %s', (_, seeds) => {
    const buckets = bucketsOf(firstIds(n), seeds, m);
    const cells = new Uint32Array(m * m);
    for (let id = 0; id < n; id++) cells[buckets[2 * id] * m + buckets[2 * id + 1]]++;
    // Chi-square of all pairs of buckets: its mean is the degrees of freedom, its variance twice that.
    const expected = n / m ** 2;
    const chiSquare = cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    const freedom = m ** 2 - 1;
    expect(Math.abs(chiSquare - freedom)).toBeLessThan(5 * Math.sqrt(2 * freedom));
  });

  test('even where ids differ by the salt: id + 1 of a field is not id of the next', () => {
    const here = bucketsOf(firstIds(n + 1), [seedOf('field', 0)], 2 ** 32 - 5);
    const next = new Set(bucketsOf(firstIds(n + 1), [seedOf('field', 1)], 2 ** 32 - 5));
    expect(here.filter((bucket) => next.has(bucket)).length).toBeLessThan(3); // n^2 / 2^32 = 0.1
  });
});

describe('every bit', () => {
  test('of a hash is one for half of the ids, and flips for half of them with any bit of the id or the seed', () => {
    const n = 4096;
    const bound = (5 * Math.sqrt(n)) / 2;
    const hash = (ids: Uint32Array, seed: number) => valuesOf(new HostIndices(ids, n, 1).hash(seed));
    const plain = hash(firstIds(n), 99);
    const bits = [...Array(32).keys()];
    const set = (values: Uint32Array, bit: number) => values.reduce((sum, x) => sum + ((x >>> bit) & 1), 0);
    for (const bit of bits) expect(Math.abs(set(plain, bit) - n / 2)).toBeLessThan(bound);
    for (const flipped of bits)
      for (const other of [
        hash(
          firstIds(n).map((id) => id ^ (1 << flipped)),
          99,
        ),
        hash(firstIds(n), (99 ^ (1 << flipped)) >>> 0),
      ]) {
        const change = other.map((x, i) => x ^ plain[i]);
        for (const bit of bits)
          expect(Math.abs(set(change, bit) - n / 2), `bit ${bit} by ${flipped}`).toBeLessThan(bound);
      }
  });
});

describe('exact near 2^32', () => {
  const ids = [2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 3, 2 ** 32 - 2];

  test('ids that are one apart are hashed apart: none is rounded', () => {
    const near = firstIds(2000).map((k) => 2 ** 32 - 2001 + k);
    expect(new Set(valuesOf(new HostIndices(near, 2000, 1).hash(3))).size).toBe(2000); // a bijection for each seed
    expect(new Set(near.map((id) => id)).size).toBe(2000);
  });

  test.each([1, 3, 2 ** 16 + 1, 2 ** 31 - 1, 2 ** 31 + 11, 2 ** 32 - 1])(
    'remainders and quotients by %i',
    (divisor) => {
      const exact = (of: (id: bigint, by: bigint) => bigint) =>
        ids.map((id) => Number(of(BigInt(id), BigInt(divisor))));
      expect([...valuesOf(column(...ids).mod(divisor))]).toEqual(exact((id, by) => id % by));
      expect([...valuesOf(column(...ids).div(divisor))]).toEqual(exact((id, by) => id / by));
    },
  );

  test('no row stays no row through all of it', () => {
    const through = column(none, 7).hash(5).mod(10).plus(3);
    expect(valuesOf(through)[0]).toBe(none);
    expect(valuesOf(through)[1]).toBeLessThan(13);
  });

  test('of the hash to all 32 bits, the upper half is taken as often as the lower', () => {
    const n = 20_000;
    const upper = valuesOf(new HostIndices(firstIds(n), n, 1).hash(11).div(2 ** 31)).reduce(
      (sum, x) => sum + x,
      0,
    );
    expect(Math.abs(upper - n / 2)).toBeLessThan((5 * Math.sqrt(n)) / 2);
  });
});
