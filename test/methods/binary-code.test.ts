import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binaryCode } from '../../methods/binary-code/index.ts';
import { cutCode, segmentBits } from '../../methods/binary-code/code-segments.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
import { everyId, lookupsOf } from './lookups.ts';

describe('a code is cut into segments', () => {
  const bits = (bytes: number, widths: number[], joined = false) =>
    cutCode(segmentBits(bytes, widths, joined)).map((segment) => segment.bits);

  test('of equal bits, or one bit more in the first ones', () => {
    expect(bits(4 * 8 * 16, [8, 8])).toEqual([3, 3]);
    expect(bits(4 * 8 * 24, [8, 8])).toEqual([4, 3]);
    expect(bits(4 * 8 * 23, [8, 8])).toEqual([3, 3]);
  });

  test('down to one row, or one of each where they are joined', () => {
    expect(bits(0, [8, 8, 8])).toEqual([0, -1, -1]);
    expect(bits(4 * 8 * 2, [8, 8, 8])).toEqual([0, 0, -1]);
    expect(bits(0, [3, 3, 2], true)).toEqual([0, 0, 0]);
  });

  test('of which no two overlap, and none passes the end of its hash', () => {
    const asked = { bytes: fc.integer({ min: 1, max: 1e9 }), segments: fc.integer({ min: 1, max: 8 }) };
    fc.assert(
      fc.property(fc.record(asked), ({ bytes, segments }) => {
        const widths = Array.from({ length: segments }, () => 4);
        const cut = cutCode(segmentBits(bytes, widths, false));
        const used = new Set<string>();
        let total = 0;
        for (const { bits, word, shift } of cut) {
          if (bits >= 0) total += 16 * 2 ** bits;
          expect(shift + Math.max(0, bits)).toBeLessThanOrEqual(32);
          for (let bit = shift; bit < shift + bits; bit++) {
            expect(used.has(`${word}:${bit}`)).toBe(false);
            used.add(`${word}:${bit}`);
          }
        }
        expect(total).toBeLessThanOrEqual(Math.max(bytes, 16));
      }),
    );
  });
});

test('two segments of 8 bits tell nearly all of 20,000 ids apart, one does not', () => {
  // 2^16 pairs: 20,000 ids leave 2^16 (1 - (1 - 2^-16)^20000) of them used, 17,236.
  const distinct = (segments: number) => {
    const plan = feasiblePlan(
      binaryCode,
      { ...layerAt(zipfFields([20_000]), 8, 1), budget: 4 * 8 * 512 },
      { segments },
    );
    const places = lookupsOf(plan, everyId(20_000), 1).map(({ indices }) => indices);
    return new Set(Array.from(everyId(20_000), (id) => places.map((of) => of[id]).join())).size;
  };
  expect(Math.abs(distinct(2) - 17_236)).toBeLessThan(200);
  expect(distinct(1)).toBe(512);
});

test.each([4, 100, 1000])('uses more than half of the budget on Criteo Kaggle at %ix', (ratio) => {
  const layer = layerAt(kaggleFields, 16, ratio);
  const { servingBytes } = sizeOf(feasiblePlan(binaryCode, layer));
  expect(servingBytes).toBeLessThanOrEqual(layer.budget);
  expect(servingBytes).toBeGreaterThan(layer.budget / 2);
});
