import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { none } from '../../harness/contract/backend.ts';
import type { Field } from '../../harness/contract/data.ts';
import { valuesOf } from '../../harness/contract/indices.ts';
import { permutation } from '../../base/random.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { hotIds } from '../../methods/shared/frequency/hot-ids.ts';
import { hottest } from '../../methods/shared/frequency/hottest.ts';
import { HostIndices } from '../../harness/embedding/host-indices.ts';

const field = (counts: ArrayLike<number>): Field => ({
  name: 'C',
  cardinality: counts.length,
  counts: Uint32Array.from(counts),
});

const lookUp = (fields: readonly Field[], ids: Uint32Array) => {
  const size = ids.length / fields.length;
  return {
    ids: new HostIndices(ids, size, fields.length),
    compute: (rowsOf: (ids: Uint32Array) => Uint32Array, columns: number) =>
      new HostIndices(rowsOf(ids), size, columns),
  };
};

const partIds = (fields: readonly Field[], hot: readonly number[], ids: Uint32Array) => {
  const parted = hotIds(fields, hot).part(lookUp(fields, ids));
  return { hot: [...valuesOf(parted.hot)], cold: [...valuesOf(parted.cold)] };
};

const partAll = (counts: ArrayLike<number>, hot: number) =>
  partIds(
    [field(counts)],
    [hot],
    Uint32Array.from({ length: counts.length }, (_, id) => id),
  );

const bytes = (fields: readonly Field[], hot: readonly number[]) =>
  sizeOf({ tables: [], maps: hotIds(fields, hot).maps }).servingBytes;

describe('the most frequent ids of a field', () => {
  test('are its first ids where ids are in the order of their counts, and cost nothing', () => {
    expect(partAll([9, 9, 4, 0], 3)).toEqual({ hot: [0, 1, 2, none], cold: [none, none, none, 3] });
    expect(bytes([field([9, 9, 4, 0])], [3])).toBe(0);
  });

  test('are found where they are not, the first of those seen equally often', () => {
    expect(partAll([1, 7, 0, 7, 1, 1, 9], 4)).toEqual({
      hot: [0, 1, none, 2, none, none, 3],
      cold: [none, none, 2, none, 4, 5, none],
    });
  });

  test('are the top of any counts, each with a row of its own from 0', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(counts, fc.double({ min: 0, max: 1, noNaN: true }), (counts, share) => {
        const number = Math.floor(share * counts.length);
        const { hot, cold } = partAll(counts, number);
        expect(hot.filter((row) => row !== none).sort((a, b) => a - b)).toEqual([...Array(number).keys()]);
        hot.forEach((row, id) => expect(cold[id]).toBe(row === none ? id : none));
        const seen = (isHot: boolean) => counts.filter((_, id) => (hot[id] !== none) === isHot);
        if (number > 0 && number < counts.length)
          expect(Math.min(...seen(true))).toBeGreaterThanOrEqual(Math.max(...seen(false)));
      }),
    );
  });

  test('of sorted and unsorted fields side by side', () => {
    const fields = [field([5, 3, 1]), field([1, 3, 5]), field([0, 4])];
    const { hot, cold } = partIds(fields, [1, 1, 2], Uint32Array.from([0, 0, 0, 1, 1, 1, 2, 2, 1]));
    expect(hot).toEqual([0, none, 0, none, none, 1, none, 0, 1]);
    expect(cold).toEqual([none, 0, none, 1, 1, none, 2, none, none]);
  });

  const shuffled = field(permutation(100_000, 1));

  test('take a sorted list where they are few: 17 bits each', () => {
    expect(bytes([shuffled], [1000])).toBe(Math.ceil((1000 * 17) / 8));
  });

  test('take a bit per id, and the hot ids before every further 512, where they are many', () => {
    expect(bytes([shuffled], [50_000])).toBe(100_000 / 8 + Math.ceil((195 * 16) / 8));
    expect(bytes([shuffled], [100_000])).toBe(0);
    expect(bytes([shuffled], [0])).toBe(0);
  });

  test('are stored as their maps say', () => {
    const counts = permutation(3000, 2);
    const [list] = hotIds([field(counts)], [20]).maps;
    const top = [...counts.keys()].filter((id) => counts[id] >= 2980);
    expect([...list.values]).toEqual(top);
    const [bitmap, before] = hotIds([field(counts)], [1500]).maps;
    const isHot = (id: number) => counts[id] >= 1500;
    const flag = (id: number) => (bitmap.values[id >>> 5] >>> (id & 31)) & 1;
    expect([...counts.keys()].map(flag)).toEqual(Array.from(counts.keys(), (id) => Number(isHot(id))));
    expect([...before.values]).toEqual(
      [1, 2, 3, 4, 5].map(
        (stretch) => [...counts.keys()].filter((id) => id < 512 * stretch && isHot(id)).length,
      ),
    );
    for (const { values, bits } of [list, bitmap, before])
      expect(Math.max(...values)).toBeLessThan(2 ** bits);
  });

  test('cost nothing on Criteo Kaggle, whose ids without counts are in order', () => {
    const quarter = kaggleFields.map(({ cardinality }) => cardinality >> 2);
    expect(bytes(kaggleFields, quarter)).toBe(0);
  });
});

describe('the most frequent ids of all fields together', () => {
  test('are those above one count, whatever their field', () => {
    const take = hottest([field([100, 5, 1]), field([7, 6, 5000]), field([1, 1, 1])]);
    expect([0, 1, 2, 3, 4, 5].map(take)).toEqual([
      [0, 0, 0],
      [0, 1, 0],
      [1, 1, 0],
      [1, 2, 0],
      [1, 3, 0],
      [2, 3, 0],
    ]);
  });

  test('are taken in proportion where they are seen equally often, and are as many as were asked for', () => {
    const take = hottest([field(new Uint32Array(100)), field(new Uint32Array(300))]);
    expect(take(40)).toEqual([10, 30]);
    expect(take(400)).toEqual([100, 300]);
    const counts = fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1 }), { minLength: 1 });
    fc.assert(
      fc.property(counts, fc.double({ min: 0, max: 1, noNaN: true }), (counts, share) => {
        const rows = Math.floor(share * counts.flat().length);
        const taken = hottest(counts.map(field))(rows);
        expect(taken.reduce((sum, n) => sum + n, 0)).toBe(rows);
        taken.forEach((n, f) => expect(n).toBeLessThanOrEqual(counts[f].length));
      }),
    );
  });
});
