import { expect, test } from 'vitest';
import { addon } from './addon.ts';
import { describeSets } from './describe-native.ts';
import { outputsOf } from './guarded-outputs.ts';
import { normals } from './numbers.ts';

/** Groups, queries, codewords, floats of each: around the lanes of vectors, tiny ones and empty ones. */
const shapes = [
  ...[1, 2, 3, 4, 5, 8, 9, 16, 17].map((width) => [3, 5, 37, width] as const),
  ...[1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 300].map((codewords) => [2, 4, codewords, 2] as const),
  ...([[0, 3, 4, 2], [3, 0, 4, 2], [2, 3, 4, 0], [2, 3, 0, 2], [160, 7, 20, 2], [9, 64, 256, 4]] as const), // prettier-ignore
] as const;

interface Search {
  readonly queries: Float32Array;
  readonly codebooks: Float32Array;
  readonly counts: Int32Array;
  readonly shape: readonly [groups: number, batch: number, codewords: number, width: number];
}

function found(set: string, { queries, codebooks, counts, shape }: Search): number[] {
  const [out] = outputsOf(set, [shape[0] * shape[1]], ([floats]) => {
    const codes = new Int32Array(floats.buffer, floats.byteOffset, floats.length);
    addon.nearestCodewords(queries, codebooks, counts, codes, ...shape);
  });
  return [...new Int32Array(out.buffer, out.byteOffset, out.length)];
}

describeSets('nearest codewords', (set) => {
  test.each(shapes)('%i groups of %i queries and %i codewords of %i floats', (...shape) => {
    const [groups, batch, codewords, width] = shape;
    const queries = normals(groups * batch * width, 1);
    const codebooks = normals(groups * codewords * width, 2);
    // Some groups have all codewords, some a part of them, some one or none.
    const counts = Int32Array.from({ length: groups }, (_, g) => Math.floor(codewords * [1, 0.6, 0][g % 3]));
    found(set, { queries, codebooks, counts, shape }).forEach((code, at) => {
      const group = Math.floor(at / batch);
      const distance = (code: number) => {
        const from = (group * codewords + code) * width;
        let sum = 0;
        for (let k = 0; k < width; k++) sum += (queries[at * width + k] - codebooks[from + k]) ** 2;
        return sum;
      };
      const all = Array.from({ length: counts[group] }, (_, code) => distance(code));
      if (all.length === 0) return void expect(code).toBe(0);
      expect(code).toBeLessThan(all.length);
      expect(distance(code)).toBeLessThanOrEqual(Math.min(...all) + 1e-5);
    });
  });

  test('the first of equals, in any lane', () => {
    for (const codewords of [2, 9, 16, 40])
      for (const [first, second] of [
        [0, codewords - 1],
        [1, codewords - 1],
        [codewords >> 1, codewords - 1],
      ]) {
        // prettier-ignore
        const codebooks = normals(codewords * 3, 5).map((x) => x + 10);
        const queries = Float32Array.of(-1, -2, -3);
        codebooks.set(queries, first * 3);
        codebooks.set(queries, second * 3);
        const search = { queries, codebooks, counts: Int32Array.of(codewords), shape: [1, 1, codewords, 3] } as const; // prettier-ignore
        expect(found(set, search)).toEqual([first]);
      }
  });

  test('queries get the codes that they get alone: equals, infinite ones and those that are no number among them', () => {
    const few = [...[-2, -1, -0, 0, 1, 2, 3], ...[-3, -2, -1, 1, 2, 4], ...[5, -5, 3, 2], ...[-Infinity, Infinity, NaN]]; // prettier-ignore
    const drawn = (count: number, seed: number) =>
      normals(count, seed).map((x) => few[Math.floor(Math.abs(x) * 1000) % few.length]);
    for (const [batch, codewords, width] of [
      [4, 40, 1],
      [5, 9, 2],
      [7, 17, 3],
      [64, 33, 4],
      [9, 5, 8],
    ]) {
      const queries = drawn(batch * width, 7);
      const codebooks = drawn(codewords * width, 8).map((x) => (Number.isFinite(x) ? x : 1));
      const counts = Int32Array.of(codewords);
      const alone = Array.from({ length: batch }, (_, i) => {
        const own = queries.slice(i * width, (i + 1) * width);
        return found(set, { queries: own, codebooks, counts, shape: [1, 1, codewords, width] })[0];
      });
      expect(found(set, { queries, codebooks, counts, shape: [1, batch, codewords, width] })).toEqual(alone);
      expect(new Set(alone).size).toBeGreaterThan(1);
    }
  });

  test('codewords behind a count are not chosen, and numbers that are none win nothing', () => {
    const queries = Float32Array.of(5, NaN);
    const codebooks = Float32Array.of(1, 2, NaN, 4, 5, 0);
    const search = (count: number) => ({ queries, codebooks, counts: Int32Array.of(count), shape: [1, 2, 6, 1] }) as const; // prettier-ignore
    expect(found(set, search(6))).toEqual([4, 0]);
    expect(found(set, search(4))).toEqual([3, 0]);
    expect(found(set, search(2))).toEqual([1, 0]);
    expect(() => found(set, search(7))).toThrow(/more codewords/);
    expect(() => found(set, search(-1))).toThrow(/more codewords/);
  });
});
