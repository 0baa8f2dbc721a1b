import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Storage } from '../../../harness/contract/method.ts';
import { storedBytes } from '../../../harness/contract/storage.ts';
import { codecOf } from '../../../harness/serving/codecs.ts';
import { greedyRange, minMaxRange } from '../../../harness/serving/value-range.ts';
import { floatsFor, storedAndRead, tableOf } from './tables.ts';

const form = (bits: 2 | 4 | 8, change: { range?: 'greedy'; block?: number } = {}): Storage => ({
  kind: 'row-wise',
  bits,
  range: 'min-max',
  ...change,
});
const bytesOf = (floats: number[], width: number, bits: 2 | 4 | 8) =>
  codecOf(tableOf(width, floats.length / width, form(bits))).encode(Float32Array.from(floats));

describe('bytes of a row', () => {
  test.each([
    [16, 8, 24],
    [16, 4, 12],
    [16, 2, 8],
    [4, 8, 12],
    [4, 4, 6],
    [64, 8, 72],
    [64, 4, 36],
    [128, 8, 136],
    [128, 4, 68],
    [5, 4, 7],
    [5, 2, 6],
  ] as const)('of %i floats in %i bits: %i', (width, bits, bytes) => {
    expect(storedBytes(tableOf(width, 10, form(bits)))).toBe(10 * bytes);
  });

  test('are fewer where narrow rows share a scale', () => {
    // 30 floats: three blocks of 8 and one of 6.
    expect(storedBytes(tableOf(3, 10, form(4, { block: 8 })))).toBe(3 * (4 + 4) + (3 + 4));
    expect(storedBytes(tableOf(4, 1000, form(8, { block: 32 })))).toBe(125 * 40);
  });

  test('that overlap are blocks of 64 floats of their memory', () => {
    // (100 - 1) * 2 + 8 = 206 floats: three blocks and 14.
    expect(storedBytes(tableOf(8, 100, form(8), 2))).toBe(3 * 72 + 22);
  });
});

describe('the layout', () => {
  test('an even index is in the low half of a byte; scale and offset follow in sixteen bits each', () => {
    expect([...bytesOf([0, 15, 3, 1, 2], 5, 4)]).toEqual([0xf0, 0x13, 0x02, 0x00, 0x3c, 0, 0]);
  });

  test('four codes to a byte, the first in the lowest bits', () => {
    expect([...bytesOf([0, 1, 2, 3, 3], 5, 2)]).toEqual([0b11100100, 0b11, 0x00, 0x3c, 0, 0]);
  });

  test('eight bits: scale and offset in 32 bits', () => {
    const bytes = bytesOf([-1, 254, 1], 3, 8);
    expect([...bytes.subarray(0, 3)]).toEqual([0, 255, 2]);
    expect([...new Float32Array(bytes.slice(3).buffer)]).toEqual([1, -1]);
  });
});

const blocks = fc.record({
  bits: fc.constantFrom(2 as const, 4 as const, 8 as const),
  width: fc.integer({ min: 1, max: 40 }),
  seed: fc.nat(10_000),
  deviation: fc.constantFrom(1e-6, 1e-3, 0.01, 1, 100),
  mean: fc.constantFrom(0, 0.01, 1, -3),
  outliers: fc.constantFrom(0, 0.1),
});

describe('the error', () => {
  test('is half a step at most, and what rounds scale and offset', () => {
    fc.assert(
      fc.property(blocks, ({ bits, width, ...numbers }) => {
        const table = tableOf(width, 1, form(bits));
        const floats = floatsFor(table, numbers);
        const { lo, hi } = minMaxRange(floats);
        // Sixteen bits round the offset by 2^-10 of itself and the scale by 2^-10, both by at least 2^-24.
        const [offset, scale] = bits === 8 ? [0, 2 ** -16] : [Math.abs(lo) * 2 ** -10 + 2 ** -24, 2 ** -10];
        const step = ((hi - lo + offset) / (2 ** bits - 1)) * (1 + scale) + (bits === 8 ? 0 : 2 ** -24);
        const bound = step / 2 + Math.max(Math.abs(lo), Math.abs(hi)) * 2 ** -23;
        storedAndRead(table, floats).forEach((x, i) =>
          expect(Math.abs(x - floats[i])).toBeLessThanOrEqual(bound),
        );
      }),
      { numRuns: 500 },
    );
  });

  test.each([8, 4, 2] as const)('of a constant row is none to speak of, in %i bits', (bits) => {
    for (const x of [0, 0.5, -0.1, 0.1, 1e-7, -12.34]) {
      const table = tableOf(4, 1, form(bits));
      for (const read of storedAndRead(table, new Float32Array(4).fill(x)))
        expect(Math.abs(read - Math.fround(x))).toBeLessThanOrEqual(
          bits === 8 ? 0 : Math.max(2 ** -25, Math.abs(x) * 2 ** -15),
        );
    }
    const zeros = codecOf(tableOf(4, 1, form(bits))).encode(new Float32Array(4));
    expect(zeros.subarray(0, bits / 2).every((code) => code === 0)).toBe(true);
  });

  test('of a row far from zero does not grow with its distance, rounded as its offset is', () => {
    const table = tableOf(16, 1, form(4));
    const floats = floatsFor(table, { mean: 3, deviation: 0.1 });
    const { lo, hi } = minMaxRange(floats);
    const worst = Math.max(...storedAndRead(table, floats).map((x, i) => Math.abs(x - floats[i])));
    expect(worst).toBeLessThan(0.6 * ((hi - lo) / 15));
  });

  test('stays in its block', () => {
    const table = tableOf(4, 8, form(4, { block: 8 }));
    const floats = floatsFor(table);
    floats[9] = 1000; // spoils the second block, rows 2 and 3
    const read = storedAndRead(table, floats);
    read.forEach((x, i) => {
      if (i < 8 || i >= 16) expect(Math.abs(x - floats[i])).toBeLessThan(0.005);
      else if (i !== 9) expect(Math.abs(x - floats[i])).toBeLessThan(40);
    });
  });
});

const squared = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0);

/** The search of the paper: two ends move inwards one step of 1/200 at a time until 84 % are left. */
function narrowest(row: Float32Array, bits: number) {
  const loss = (lo: number, hi: number) => {
    const scale = (hi - lo) / (2 ** bits - 1);
    const codes = [...row].map((x) => Math.min(2 ** bits - 1, Math.max(0, Math.round((x - lo) / scale))));
    return codes.reduce((sum, code, i) => sum + (lo + code * scale - row[i]) ** 2, 0);
  };
  let [lo, hi] = [Math.min(...row), Math.max(...row)];
  const step = (hi - lo) / 200;
  const seen = [{ lo, hi, loss: loss(lo, hi) }];
  for (let left = 200; left > 168; left--) {
    if (loss(lo + step, hi) < loss(lo, hi - step)) lo += step;
    else hi -= step;
    seen.push({ lo, hi, loss: loss(lo, hi) });
  }
  return seen.reduce((best, one) => (one.loss < best.loss ? one : best));
}

describe('the greedy search', () => {
  test('is the published one', () => {
    fc.assert(
      fc.property(blocks, ({ bits, width, ...numbers }) => {
        fc.pre(width > 2); // of two or three numbers both ends may be as good
        const row = floatsFor(tableOf(width + 4, 1), numbers);
        const expected = narrowest(row, bits);
        const { lo, hi } = greedyRange(row, bits);
        const tolerance = 1e-9 * (1 + Math.abs(lo) + Math.abs(hi));
        expect(Math.abs(lo - expected.lo)).toBeLessThan(tolerance);
        expect(Math.abs(hi - expected.hi)).toBeLessThan(tolerance);
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  test('never stores worse than the whole range, and mostly better', () => {
    let better = 0;
    fc.assert(
      fc.property(blocks, ({ bits, width, ...numbers }) => {
        const wide = tableOf(width, 1, form(bits));
        const floats = floatsFor(wide, numbers);
        const whole = squared(storedAndRead(wide, floats), floats);
        const greedy = tableOf(width, 1, form(bits, { range: 'greedy' }));
        const narrowed = squared(storedAndRead(greedy, floats), floats);
        // Read back as 32-bit floats, which round once more.
        const rounding = width * (Math.max(...floats.map(Math.abs)) * 2 ** -22) ** 2;
        expect(narrowed).toBeLessThanOrEqual(whole * (1 + 1e-6) + rounding);
        if (narrowed < whole) better++;
      }),
      { numRuns: 400 },
    );
    expect(better).toBeGreaterThan(100);
  });

  test('takes a quarter off the error of normal rows of 16 in four bits, and more in two', () => {
    const error = (bits: 2 | 4, range?: 'greedy') => {
      const table = tableOf(16, 2000, form(bits, range && { range }));
      const floats = floatsFor(table);
      return squared(storedAndRead(table, floats), floats);
    };
    expect(error(4, 'greedy') / error(4)).toBeLessThan(0.85);
    expect(error(2, 'greedy') / error(2)).toBeLessThan(0.7);
  });
});
