import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { representatives } from '../../methods/deduplication/near-duplicates.ts';

const width = 4;

/** Blocks about so many points, this far from them. */
function around(points: number, count: number, spread: number, seed = 1): Float32Array {
  const stream = random(seed);
  const centres = Float32Array.from({ length: points * width }, () => stream.normal());
  return Float32Array.from(
    { length: count * width },
    (_, at) => centres[(Math.floor(at / width) % points) * width + (at % width)] + spread * stream.normal(),
  );
}

function distance(floats: Float32Array, a: number, b: number): number {
  const differences = Array.from({ length: width }, (_, k) => floats[a * width + k] - floats[b * width + k]);
  return Math.hypot(...differences);
}

describe('representatives', () => {
  test('are never more than asked for, of the own group, each standing for itself, for any blocks', () => {
    const cases = fc.record({
      groups: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }),
      points: fc.integer({ min: 1, max: 40 }),
      spread: fc.constantFrom(0, 1e-6, 0.1, 3),
      more: fc.integer({ min: 0, max: 120 }),
      seed: fc.integer({ min: 0, max: 999 }),
      weighted: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, ({ groups, points, spread, more, seed, weighted }) => {
        const count = groups.reduce((sum, blocks) => sum + blocks, 0);
        const floats = around(points, count, spread, seed);
        const weights = Float32Array.from({ length: count }, (_, block) => Math.floor(9 / (block + 1)));
        const most = groups.length + more;
        const found = representatives({ floats, width, groups, ...(weighted && { weights }) }, most, seed);
        expect(found.blocks.length).toBeLessThanOrEqual(most);
        expect(found.blocks.length).toBeGreaterThanOrEqual(groups.length);
        const groupOf = groups.flatMap((blocks, group) => Array.from({ length: blocks }, () => group));
        expect(found.map.length).toBe(count);
        found.map.forEach((position, block) => {
          const representative = found.blocks[position];
          expect(groupOf[representative]).toBe(groupOf[block]);
          if (found.tolerance < Infinity)
            expect(distance(floats, block, representative)).toBeLessThanOrEqual(found.tolerance * 1.000001);
        });
        found.blocks.forEach((block, position) => expect(found.map[block]).toBe(position));
      }),
      { numRuns: 200 },
    );
  });

  test('are equal blocks first, and then nothing is lost', () => {
    const floats = around(7, 500, 0);
    const { blocks, map, tolerance } = representatives({ floats, width, groups: [500] }, 7, 1);
    expect(tolerance).toBe(0);
    expect(blocks.length).toBe(7);
    map.forEach((position, block) => expect(distance(floats, block, blocks[position])).toBe(0));
  });

  test('stand for blocks that are nearly alike where there are no more than those', () => {
    const floats = around(7, 500, 1e-4);
    const { blocks, map, tolerance } = representatives({ floats, width, groups: [500] }, 7, 1);
    expect(tolerance).toBeLessThan(5e-3);
    expect(new Set([...blocks].map((block) => block % 7)).size).toBe(7);
    map.forEach((position, block) => expect(blocks[position] % 7).toBe(block % 7));
  });

  test('of equal blocks in two groups are two', () => {
    const { blocks, map } = representatives(
      { floats: new Float32Array(6 * width), width, groups: [4, 2] },
      5,
      1,
    );
    expect([...blocks]).toEqual([0, 4]);
    expect([...map]).toEqual([0, 0, 0, 0, 1, 1]);
  });

  test('one per group where no more are asked for; too few are refused', () => {
    const floats = around(60, 60, 1);
    const { blocks } = representatives({ floats, width, groups: [20, 39, 1] }, 3, 1);
    expect(blocks.length).toBe(3);
    expect(() => representatives({ floats, width, groups: [20, 39, 1] }, 2, 1)).toThrow(RangeError);
  });

  test('are what weighs most, and places that are left go to what would lose most', () => {
    // Six at (1, 0, 0, 0) and a little: the one that counts 100 is served as it is, and those around it by it.
    const floats = new Float32Array(7 * width);
    for (let block = 0; block < 6; block++) floats.set([1 + 1e-3 * block], block * width);
    floats.set([-9], 6 * width);
    const weights = Float32Array.of(1, 1, 1, 100, 1, 1, 1);
    const two = representatives({ floats, width, groups: [7], weights }, 2, 1);
    expect([...two.blocks]).toEqual([3, 6]);
    // The tolerance that leaves two has a place to spare: block 0 is as far from 3 as any but counts more.
    const uneven = Float32Array.of(5, 1, 1, 100, 1, 1, 1);
    const far = floats.slice();
    for (let block = 0; block < 6; block++) far[block * width] = block === 3 ? 1 : 1.01;
    const three = representatives({ floats: far, width, groups: [7], weights: uneven }, 3, 1);
    expect([...three.blocks]).toContain(3);
    expect(three.map[0]).not.toBe(three.map[3]);
  });

  test(
    'serve rows far from zero as they are, and are quick where most lie near it',
    { timeout: 30_000 },
    () => {
      const stream = random(3);
      const [count, dim] = [20_000, 16];
      const floats = Float32Array.from({ length: count * dim }, (_, at) =>
        at % (10 * dim) < dim ? stream.normal() : 0.003 * (2 * stream.uniform() - 1),
      );
      const start = performance.now();
      const { blocks } = representatives({ floats, width: dim, groups: [8_000, 12_000] }, 2_400, 1);
      expect(blocks.length).toBe(2_400);
      expect(blocks.filter((block) => block % 10 === 0).length).toBe(2_000);
      expect(performance.now() - start).toBeLessThan(8_000);
    },
  );
});
