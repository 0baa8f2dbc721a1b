import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { none } from '../../harness/contract/backend.ts';
import { valuesOf } from '../../harness/contract/indices.ts';
import { HostIndices } from '../../harness/host-indices.ts';
import { idSetMaps, idSetShape, mapBytes, positionsIn } from '../../methods/shared/chosen-ids.ts';

const lookUp = (ids: Uint32Array, fields: number) => ({
  compute: (rowsOf: (ids: Uint32Array) => Uint32Array, columns: number) =>
    new HostIndices(rowsOf(ids), ids.length / fields, columns),
});

describe('a set of ids', () => {
  test('is a list where it is small, a bit per id and counts where it is not', () => {
    expect(idSetShape(10_000, 3)).toEqual([{ length: 3, bits: 14 }]);
    expect(idSetShape(10_000, 5_000)).toEqual([
      { length: 10_000, bits: 1 },
      { length: 20, bits: 13 },
    ]);
    // 14 bits for each against 10,000 and 20 x 10.
    expect(idSetShape(10_000, 728)).toHaveLength(1);
    expect(idSetShape(10_000, 730)).toHaveLength(2);
    expect(mapBytes(idSetShape(10_000, 5_000))).toBe(1250 + 33);
  });

  test('tells positions in it, from its maps alone', () => {
    const sets = fc.record({
      length: fc.integer({ min: 1, max: 3000 }),
      every: fc.constantFrom(1, 2, 7, 50, 999),
      skip: fc.integer({ min: 0, max: 10 }),
    });
    fc.assert(
      fc.property(sets, ({ length, every, skip }) => {
        const all = [...Array(length).keys()];
        const chosen = all.filter((id) => id >= skip && id % every === 0);
        const maps = idSetMaps(length, chosen.length, () => Uint32Array.from(chosen));
        expect(maps.map(({ length, bits }) => ({ length, bits }))).toEqual(idSetShape(length, chosen.length));
        for (const { values, bits } of maps)
          for (const value of values) expect(value).toBeLessThan(2 ** bits);
        const found = positionsIn(maps, [0])(lookUp(Uint32Array.from(all), 1));
        expect([...valuesOf(found)]).toEqual(
          all.map((id) => (chosen.includes(id) ? chosen.indexOf(id) : none)),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('goes over all fields', () => {
    const maps = idSetMaps(8, 3, () => Uint32Array.of(1, 5, 6)); // ids 1 of the first field, 2 and 3 of the second
    const ids = Uint32Array.of(0, 0, 1, 2, 2, 3);
    const found = positionsIn(maps, [0, 3])(lookUp(ids, 2));
    expect(found.fields).toBe(2);
    expect([...valuesOf(found)]).toEqual([none, none, 0, 1, none, 2]);
  });
});
