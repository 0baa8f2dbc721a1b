import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHalf, halfBelow, halves, toHalf } from '../../../harness/serving/half.ts';

/** Against the definition of the format: all finite magnitudes, ascending; the index of one is its bits. */
const magnitudes = Array.from({ length: 31 }, (_, exponent) =>
  Array.from({ length: 1024 }, (_, mantissa) =>
    exponent === 0 ? mantissa / 2 ** 24 : (1024 + mantissa) * 2 ** (exponent - 25),
  ),
).flat();

/** A next number after the largest decides: values nearer to it, or as near (it is even), become infinity. */
const candidates = [...magnitudes, 65536];

/** In doubles, where the difference of a float and a half near it is exact. */
function nearest(x: number): number {
  if (Number.isNaN(x)) return 0x7e00;
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(x);
  let [low, high] = [0, candidates.length - 1]; // candidates[low] <= magnitude < candidates[high + 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (candidates[middle] <= magnitude) low = middle;
    else high = middle - 1;
  }
  if (low === candidates.length - 1) return sign | 0x7c00;
  const [below, above] = [magnitude - candidates[low], candidates[low + 1] - magnitude];
  return sign | (below < above || (below === above && low % 2 === 0) ? low : low + 1);
}

test('every half is read, and written as it was', () => {
  const wrong: number[] = [];
  for (let bits = 0; bits < 2 ** 16; bits++) {
    const magnitude = bits & 0x7fff;
    const size = magnitude < 0x7c00 ? magnitudes[magnitude] : magnitude === 0x7c00 ? Infinity : NaN;
    const value = bits & 0x8000 ? -size : size;
    const back = Number.isNaN(value) ? 0x7e00 : bits;
    if (!Object.is(fromHalf(bits), value) || !Object.is(halves()[bits], value) || toHalf(value) !== back)
      wrong.push(bits);
  }
  expect(wrong).toEqual([]);
});

const word = new Uint32Array(1);
const floatOf = (bits: number) => {
  word[0] = bits;
  return new Float32Array(word.buffer)[0];
};

test('any float becomes the nearest half', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (bits) => {
      const x = floatOf(bits);
      expect(toHalf(x)).toBe(nearest(x));
    }),
    { numRuns: 5000 },
  );
});

test('ties go to even, and the floats beside a tie to their side', () => {
  const wrong: number[] = [];
  for (let low = 0; low < magnitudes.length; low += 7) {
    const tie = (magnitudes[low] + (magnitudes[low + 1] ?? 65536)) / 2;
    const bits = new Uint32Array(new Float32Array([tie]).buffer)[0];
    for (const x of [floatOf(bits - 1), tie, floatOf(bits + 1), -tie])
      if (toHalf(x) !== nearest(x)) wrong.push(x);
  }
  expect(wrong).toEqual([]);
});

test.each([
  [0, 0],
  [-0, 0x8000],
  [65504, 0x7bff],
  [65519.99609375, 0x7bff],
  [65520, 0x7c00],
  [-Infinity, 0xfc00],
  [2 ** -24, 1],
  [2 ** -25, 0],
  [2 ** -25 * (1 + 2 ** -23), 1],
  [2 ** -14 - 2 ** -26, 0x400], // a subnormal that rounds to the first normal
  [-1e-30, 0x8000],
])('%d is %d', (x, bits) => {
  expect(toHalf(x)).toBe(bits);
});

test('the half below is the largest that is not above', () => {
  const floats = fc.oneof(
    fc.float({ noNaN: true, min: -60000, max: 60000 }),
    fc.float({ noNaN: true, min: Math.fround(-1e-6), max: Math.fround(1e-6) }),
  );
  fc.assert(
    fc.property(floats, (x) => {
      const below = fromHalf(halfBelow(x));
      expect(below).toBeLessThanOrEqual(x);
      expect(magnitudes.some((m) => (m > below && m <= x) || (-m > below && -m <= x))).toBe(false);
    }),
  );
  expect(fromHalf(halfBelow(-1e-30))).toBe(-(2 ** -24));
});
