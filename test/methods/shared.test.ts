import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equalMassRanges, rankMap } from '../../methods/shared/frequency/popularity.ts';
import { rowShares } from '../../methods/shared/budget/shares.ts';
import { mixedWidths, roundHalfToEven } from '../../methods/mixed-dimension/temperature.ts';
import { uncountedFields } from '../layers.ts';
import { chooseUncompressed } from '../../methods/shared/rows/keep-option.ts';

const field = (counts: number[]) => ({
  name: 'C',
  cardinality: counts.length,
  counts: Uint32Array.from(counts),
});

describe('popularity blocks', () => {
  test('cover every rank once, in order, for any counts', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 8 }), (counts, blocks) => {
        const ranges = equalMassRanges(field(counts), blocks);
        expect(ranges.length).toBe(blocks);
        let rank = 0;
        for (const { from, to } of ranges) {
          expect(from).toBe(rank);
          rank = to;
        }
        expect(rank).toBe(counts.length);
        expect(ranges.reduce((sum, { mass }) => sum + mass, 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  test('cut where the mass is equal', () => {
    const ranges = equalMassRanges(field([4, 2, 1, 1]), 2);
    expect(ranges).toEqual([
      { from: 0, to: 1, mass: 0.5 },
      { from: 1, to: 4, mass: 0.5 },
    ]);
  });
});

describe('the rank map', () => {
  test('is not needed where ids are in the order of their counts', () => {
    expect(rankMap([field([5, 5, 1]), field([2, 0])])).toBeUndefined();
  });

  test('ranks ids within their field, ties by id, at the bits of the largest field', () => {
    const map = rankMap([field([1, 7, 7, 3, 0]), field([9, 8])]);
    expect([...map!.values]).toEqual([3, 0, 1, 2, 4, 0, 1]);
    expect(map!.bits).toBe(3);
  });
});

test('widths follow the power law between narrowest and dim', () => {
  const blocks = [1, 0.1, 0.001, 0.00001].map((popularity) => ({ ids: 1 / popularity, popularity }));
  const rule = { dim: 16, narrowest: 1, rounding: 'nearest' as const };
  expect(mixedWidths(blocks, 0, rule)).toEqual([16, 16, 16, 16]);
  expect(mixedWidths(blocks, 0.3, rule)).toEqual([16, 8, 2, 1]); // 16 x 0.1^0.3 = 8.02, 2.01, 0.51
  expect(mixedWidths(blocks, 0.3, { ...rule, rounding: 'power-of-two' })).toEqual([16, 8, 2, 1]);
  expect(mixedWidths(blocks, 0.3, { ...rule, narrowest: 0, rounding: 'power-of-two' })).toEqual([
    16, 8, 2, 1,
  ]);
  expect(mixedWidths(blocks, 0.4, { ...rule, narrowest: 0 })).toEqual([16, 6, 1, 0]);
});

test('halves round to even, as in Python', () => {
  expect([0.5, 1.5, 2.5, 3.5, 2.4, 2.6].map(roundHalfToEven)).toEqual([0, 2, 2, 4, 2, 3]);
});

test('small fields are whole, smallest first, on half of the rows at most', () => {
  expect(chooseUncompressed(uncountedFields([100, 3, 5000, 150]), 120, 1000)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(chooseUncompressed(uncountedFields([100, 3, 5000, 150]), 200, 300)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(chooseUncompressed(uncountedFields([100, 3]), 0, 103)).toEqual([true, true]);
});

test('rows are shared in proportion to ids, one for each field at least, and no more than there are', () => {
  expect(rowShares([1000], 250)).toEqual([250]);
  expect(rowShares([101, 1001, 1], 113)).toEqual([11, 101, 1]);
  expect(rowShares([101, 1001, 1], 2)).toEqual([1, 1, 1]);
  expect(rowShares([3, 5], 100)).toEqual([3, 5]);
  expect(rowShares([1, 1], 2)).toEqual([1, 1]);
});
