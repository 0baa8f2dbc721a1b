import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { none } from '../../harness/contract/backend.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { idSet, idSetMaps } from '../../methods/shared/id-sets/id-set.ts';

describe('a set of ids', () => {
  test('tells each its position, and that others are not in it, from the values of its maps', () => {
    const cases = fc.record({
      ids: fc.integer({ min: 1, max: 3000 }),
      every: fc.constantFrom(1, 2, 7, 50, 999),
      skip: fc.nat(10),
      spare: fc.oneof(fc.constant(0), fc.nat(50)),
    });
    const forms = new Set<number>();
    fc.assert(
      fc.property(cases, ({ ids, every, skip, spare }) => {
        const sorted = new Uint32Array(ids).map((_, id) => id).filter((id) => id >= skip && id % every === 0);
        const shape = { ids, capacity: sorted.length + spare };
        const set = idSet(shape, () => sorted);
        forms.add(set.maps.length);
        for (let id = 0; id < ids; id++) {
          const position = sorted.indexOf(id);
          expect(set.positionOf(id)).toBe(position === -1 ? none : position);
        }
        const members = new Set(sorted);
        const others = new Uint32Array(ids).map((_, id) => id).filter((id) => !members.has(id));
        const beside = set.positionsBeside(Uint32Array.of(none, ...others, ...sorted));
        expect(beside[0]).toBe(none);
        expect(beside.subarray(1, 1 + others.length)).toEqual(others.map((_, position) => position));
        expect(beside.subarray(1 + others.length).every((position) => position === none)).toBe(true);
        for (const { values, bits } of set.maps)
          expect(values.every((value) => value < 2 ** bits)).toBe(true);
        expect(set.maps.map(({ length, bits }) => ({ length, bits }))).toEqual(idSetMaps(shape));
        // Another set of that shape becomes this one with its values.
        const other = idSet(shape, () => new Uint32Array());
        set.maps.forEach(({ values }, i) => other.maps[i].values.set(values));
        for (const id of sorted) expect(other.positionOf(id)).toBe(set.positionOf(id));
      }),
      { numRuns: 60, seed: 2 },
    );
    expect([...forms].sort()).toEqual([0, 1, 2]);
  });

  test('takes a list of the bits of an id, or a bit per id with a number to every further 512', () => {
    const bytes = (ids: number, capacity: number) =>
      sizeOf({ tables: [], maps: idSetMaps({ ids, capacity }) }).servingBytes;
    expect(bytes(1000, 10)).toBe(13); // 10 x 10 bits, one number more says that there is none
    expect(bytes(1023, 10)).toBe(13);
    expect(bytes(1024, 10)).toBe(14);
    expect(bytes(100_000, 20_000)).toBe(4 * 3125 + Math.ceil((195 * 15) / 8));
    expect(bytes(100_000, 0)).toBe(0);
  });

  test('is refused where it is larger than it may be', () => {
    const set = idSet({ ids: 9, capacity: 1 }, () => Uint32Array.of(1, 2));
    expect(() => set.positionOf(1)).toThrow(RangeError);
  });
});
