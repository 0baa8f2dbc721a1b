import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../base/user-error.ts';
import type { Element, Storage } from '../../../harness/contract/method.ts';
import { elementBits } from '../../../harness/contract/number-formats.ts';
import { storedBytes, storedParts } from '../../../harness/contract/storage.ts';
import { codecOf } from '../../../harness/serving/codecs.ts';
import { encoderOf, valuesOf } from '../../../harness/serving/elements.ts';
import { normalFloats } from '../../../harness/serving/nf4.ts';
import { smallFloatForms } from './small-float-forms.ts';
import { storedAndRead, tableOf } from './tables.ts';

/** Vectors that were computed by hand or by other programs, and a slow second implementation. */

type Shown = number | 'NaN' | 'Infinity' | '-Infinity';
interface Fixture {
  readonly values: Record<'e4m3' | 'e5m2', Shown[]>;
  readonly floats: number[];
  readonly casts: Record<'e4m3' | 'e5m2', number[]>;
  readonly blocks: number[][];
  readonly shared: Record<Element, number[][]>;
}
const fixture = JSON.parse(
  readFileSync(new URL('./fixtures/number-formats.json', import.meta.url), 'utf8'),
) as Fixture;
const elements = Object.keys(elementBits) as Element[];
const eights = ['e4m3', 'e5m2'] as const;
const [mxfp8, mxfp6, mxfp4, mxint8] = (['e4m3', 'e2m3', 'e2m1', 'int8'] as const).map((element): Storage => ({
  kind: 'mx',
  element,
  block: 32,
}));
const nf4: Storage = { kind: 'nf4', block: 64, scales: 'fp32' };

const tableFor = (form: Storage, floats: readonly number[]) => tableOf(1, floats.length, form);
const bytesOf = (form: Storage, floats: readonly number[]) => [
  ...codecOf(tableFor(form, floats)).encode(Float32Array.from(floats)),
];
const readFrom = (form: Storage, floats: readonly number[]) => [
  ...storedAndRead(tableFor(form, floats), Float32Array.from(floats)),
];
const floatOf = (bytes: number[]) => new DataView(Uint8Array.from(bytes).buffer).getFloat32(0, true);

/** All magnitudes of an element, one after the other, by counting: from each power of two on steps are twice as wide. */
function magnitudesOf(element: Element): number[] {
  if (element === 'int8') return Array.from({ length: 128 }, (_, i) => i / 64);
  const [least, steps, count] = {
    e4m3: [2 ** -9, 8, 127],
    e5m2: [2 ** -16, 4, 124],
    e2m3: [2 ** -3, 8, 32],
    e3m2: [2 ** -4, 4, 32],
    e2m1: [2 ** -1, 2, 8],
  }[element];
  const found = [0];
  for (let step = least; found.length < count;) {
    found.push(found.at(-1)! + step);
    if ((found.length - 1) % steps === 0 && found.length > 2 * steps) step *= 2;
  }
  return found;
}

/** The nearest, found by looking at all of them; of two that are as near, the one whose code is even. */
function nearest(element: Element, x: number): number {
  const magnitudes = magnitudesOf(element);
  const magnitude = Math.min(Math.abs(x), 2 * magnitudes.at(-1)!); // differences stay exact
  let best = 0;
  magnitudes.forEach((one, code) => {
    const [error, least] = [one, magnitudes[best]].map((y) => Math.abs(magnitude - y));
    if (error < least || (error === least && code % 2 === 0)) best = code;
  });
  if (element === 'int8') return (x < 0 ? -best : best) & 255;
  return best | (x < 0 || Object.is(x, -0) ? 1 << (elementBits[element] - 1) : 0);
}

describe('the values of codes', () => {
  test.each(elements)('%s: by counting', (element) => {
    const magnitudes = magnitudesOf(element);
    const half = 2 ** (elementBits[element] - 1);
    const values = valuesOf(element);
    expect(values.length).toBe(2 * half);
    magnitudes.forEach((magnitude, code) => {
      expect(values[code]).toBe(magnitude);
      // No code is -0, and integers count down from the end.
      if (element === 'int8') expect(values[(256 - code) % 256]).toBe(code === 0 ? 0 : -magnitude);
      else expect(values[half + code]).toBe(code === 0 ? 0 : -magnitude);
    });
    if (element === 'e4m3') expect([values[0x7f], values[0xff]]).toEqual([NaN, NaN]);
    if (element === 'e5m2') {
      expect([values[0x7c], values[0xfc]]).toEqual([Infinity, -Infinity]);
      expect([...values].filter(Number.isNaN).length).toBe(6);
    }
  });

  test.each(eights)('%s: as torch has them', (element) => {
    const expected = fixture.values[element].map((x) => (x === 0 ? 0 : Number(x)));
    expect([...valuesOf(element)]).toEqual(expected);
  });

  test.each([
    ['e4m3', 448, 2 ** -6, 2 ** -9],
    ['e5m2', 57_344, 2 ** -14, 2 ** -16],
    ['e2m3', 7.5, 1, 0.125],
    ['e3m2', 28, 0.25, 0.0625],
    ['e2m1', 6, 1, 0.5],
  ] as const)('%s: the largest is %d, the least normal %d, the least %d', (element, most, normal, least) => {
    const values = [...valuesOf(element)];
    const mantissa = { e4m3: 3, e5m2: 2, e2m3: 3, e3m2: 2, e2m1: 1 }[element];
    expect(Math.max(...values.filter(Number.isFinite))).toBe(most);
    expect([values[1], values[1 << mantissa]]).toEqual([least, normal]);
  });
});

const encoded = (element: Element, x: number) => encoderOf(element)(Math.fround(x));

describe('the code of a float', () => {
  test.each([
    ['e4m3', 0.1, 0x1d, 0.1015625],
    ['e4m3', -0.3, 0xaa, -0.3125],
    ['e4m3', 1 / 3, 0x2b, 0.34375],
    ['e4m3', 17, 0x58, 16],
    ['e4m3', 19, 0x5a, 20],
    ['e4m3', 449, 0x7e, 448],
    ['e4m3', 1e6, 0x7e, 448],
    ['e4m3', 2 ** -10, 0x00, 0],
    ['e4m3', 3 * 2 ** -10, 0x02, 0.00390625],
    ['e4m3', 0.0146, 0x07, 0.013671875],
    ['e4m3', 1.0625, 0x38, 1],
    ['e4m3', 1.1875, 0x3a, 1.25],
    ['e4m3', -0, 0x80, 0],
    ['e5m2', 0.1, 0x2e, 0.09375],
    ['e5m2', 240, 0x5c, 256],
    ['e5m2', 1.125, 0x3c, 1],
    ['e5m2', 1.375, 0x3e, 1.5],
    ['e5m2', 2 ** -17, 0x00, 0],
    ['e5m2', 61_440, 0x7b, 57_344],
    ['e2m1', 0.25, 0, 0],
    ['e2m1', 0.75, 2, 1],
    ['e2m1', 1.25, 2, 1],
    ['e2m1', 2.5, 4, 2],
    ['e2m1', 3.5, 6, 4],
    ['e2m1', 5, 6, 4],
    ['e2m1', -7, 15, -6],
    ['int8', -2, 0x81, -127 / 64],
    ['int8', -1 / 256, 0, 0],
  ] as const)('%s: %d is %i, read as %d', (element, x, code, value) => {
    expect(encoded(element, x)).toBe(code);
    expect(valuesOf(element)[code]).toBe(value);
  });

  test.each(elements)(
    '%s: of every value and half way between neighbours, a little more and less',
    (element) => {
      const magnitudes = magnitudesOf(element);
      const points = magnitudes.flatMap((x, i) => [x, (x + (magnitudes[i + 1] ?? 1.5 * x)) / 2]);
      for (const point of points)
        for (const x of [point, point * (1 + 2 ** -23), point * (1 - 2 ** -23), 1e-40 + point])
          for (const y of [Math.fround(x), -Math.fround(x)])
            expect(encoderOf(element)(y), `${y}`).toBe(nearest(element, y));
    },
  );

  test.each(elements)('%s: of any float', (element) => {
    const floats = fc.oneof(
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      fc.float({ min: -8, max: 8, noNaN: true }),
      fc.integer({ min: -4096, max: 4096 }).map((x) => x / 1024),
    );
    fc.assert(
      fc.property(floats, (x) => encoderOf(element)(x) === nearest(element, x)),
      { numRuns: 3000 },
    );
  });

  test.each(eights)('%s: as torch casts it', (element) => {
    expect(fixture.floats.map((x) => encoded(element, x))).toEqual(fixture.casts[element]);
  });
});

describe('8-bit floats with one scale for a table', () => {
  const scaled = (element: 'e4m3' | 'e5m2'): Storage => ({ kind: 'fp8', element, scaled: true });

  test('the scale is the least power of two that cuts nothing', () => {
    const bytes = bytesOf(scaled('e4m3'), [0.75, 0.1, -0.2, 0.011]);
    expect(bytes.slice(0, 4)).toEqual([0x7c, 0x65, 0xed, 0x4b]);
    expect(floatOf(bytes.slice(4))).toBe(2 ** -9);
    expect(readFrom(scaled('e4m3'), [0.75, 0.1, -0.2, 0.011])).toEqual([
      0.75, 0.1015625, -0.203125, 0.0107421875,
    ]);
    expect(readFrom(scaled('e4m3'), [0.000314173])).toEqual([Math.fround(0.00030517578)]);
    expect(floatOf(bytesOf(scaled('e4m3'), [0.000314173]).slice(1))).toBe(2 ** -20);
    expect(floatOf(bytesOf(scaled('e4m3'), [448, 1]).slice(2))).toBe(1);
    expect(floatOf(bytesOf(scaled('e4m3'), [448.1, 1]).slice(2))).toBe(2);
    expect(floatOf(bytesOf(scaled('e5m2'), [57_344 / 4, 1]).slice(2))).toBe(0.25);
    expect(floatOf(bytesOf(scaled('e5m2'), [0, 0]).slice(2))).toBe(1);
  });

  test('without a scale small rows are zeros', () => {
    const form: Storage = { kind: 'fp8', element: 'e4m3', scaled: false };
    expect(bytesOf(form, [0.000314173, -1])).toEqual([0, 0xb8]);
  });

  test('the largest and the smallest floats stay numbers', () => {
    for (const element of eights)
      for (const x of [3.4028234663852886e38, 1e38, 1e-38, 1e-44])
        for (const y of readFrom(scaled(element), [x, -x, x / 3])) expect(Number.isFinite(y)).toBe(true);
    expect(readFrom(scaled('e4m3'), [2 ** -126])).toEqual([2 ** -126]);
  });
});

const eight = [0.1, -0.2, 0.3, 0.037, -0.75, 0, 0.011, 0.5];
/** Codes of four bits side by side, the first in the low half of a byte. */
const pairs = (...codes: number[]) =>
  Array.from({ length: codes.length / 2 }, (_, i) => codes[2 * i] | (codes[2 * i + 1] << 4));
const sixes = (...codes: number[]) =>
  Array.from({ length: codes.length / 4 }, (_, i) => {
    const [a, b, c, d] = codes.slice(4 * i);
    const word = a | (b << 6) | (c << 12) | (d << 18);
    return [word & 255, (word >> 8) & 255, word >> 16];
  }).flat();

describe('blocks with a shared exponent', () => {
  test.each<[Element, number, number[]]>([
    ['e4m3', 118, [0x65, 0xed, 0x72, 0x59, 0xfc, 0x00, 0x4b, 0x78]],
    ['e2m3', 124, sixes(0x06, 0x2d, 0x12, 0x02, 0x3c, 0x00, 0x01, 0x18)],
    ['e3m2', 122, sixes(0x12, 0x36, 0x19, 0x0d, 0x3e, 0x00, 0x06, 0x1c)],
    ['e2m1', 124, pairs(2, 0xb, 4, 1, 0xf, 0, 0, 6)],
    ['int8', 126, [0x0d, 0xe6, 0x26, 0x05, 0xa0, 0x00, 0x01, 0x40]],
    ['e5m2', 111, [0x6e, 0xf2, 0x75, 0x69, 0xfa, 0x00, 0x62, 0x78]],
  ])('%s: codes and the exponent behind them', (element, exponent, codes) => {
    expect(bytesOf({ kind: 'mx', element, block: 32 }, eight)).toEqual([...codes, exponent]);
  });

  test('are read as these', () => {
    expect(readFrom(mxfp6, eight)).toEqual([0.09375, -0.203125, 0.3125, 0.03125, -0.75, 0, 0.015625, 0.5]);
    expect(readFrom(mxfp4, eight)).toEqual([0.125, -0.1875, 0.25, 0.0625, -0.75, 0, 0, 0.5]);
  });

  test('what is above the largest element becomes it', () => {
    const floats = [0.99, -0.01, 1.99, 7.9];
    expect(
      [mxfp8, mxfp4, mxint8].map((form) => [readFrom(form, floats)[3], bytesOf(form, floats).at(-1)]),
    ).toEqual(
      [[7, 121], [6, 127], [7.875, 129]], // prettier-ignore
    );
  });

  test('zeros are zero bytes, and floats below all exponents are rounded to its least', () => {
    expect(bytesOf(mxfp6, [0, -0, 0, 0])).toEqual([...sixes(0, 0x20, 0, 0), 0]);
    expect(bytesOf(mxfp4, [2 ** -127, 2 ** -130]).at(-1)).toBe(0);
    expect(readFrom(mxfp4, [2 ** -127, 2 ** -130])).toEqual([2 ** -127, 0]);
  });

  test.each(elements)('%s: blocks of 32 as microxcaling has them', (element) => {
    for (const [i, block] of fixture.blocks.entries())
      expect(readFrom({ kind: 'mx', element, block: 32 }, block)).toEqual(
        fixture.shared[element][i].map((x) => Math.fround(x) + 0),
      );
  });
});

describe('4-bit normal floats', () => {
  test('codes, the first in the high half of a byte, and the scale behind them', () => {
    const bytes = bytesOf(nf4, eight);
    expect(bytes.slice(0, 4)).toEqual([0x94, 0xc8, 0x07, 0x7e]);
    expect(floatOf(bytes.slice(4))).toBe(0.75);
    const expected = [0.1206976, -0.213331, 0.3305324, 0.0596852, -0.75, 0, 0, 0.5422176];
    readFrom(nf4, eight).forEach((x, i) => expect(x).toBeCloseTo(expected[i], 7));
  });

  test('are the nearest of sixteen; of two the lower one', () => {
    const nearestOf = (x: number) =>
      [...normalFloats.keys()].reduce((best, code) => {
        const [error, least] = [code, best].map((one) => Math.abs(x - normalFloats[one]));
        return error < least ? code : best;
      }, 0);
    const ties = Array.from({ length: 15 }, (_, i) => (normalFloats[i] + normalFloats[i + 1]) / 2);
    const others = Array.from({ length: 600 }, (_, i) => Math.sin(i * i));
    // A tie in doubles may be none in float32: numbers are compared as they are stored.
    const floats = [...ties, ...others, 1].map((x) => Math.fround(x));
    const form: Storage = { kind: 'nf4', block: 1000, scales: 'fp32' };
    expect(readFrom(form, floats)).toEqual(floats.map((x) => normalFloats[nearestOf(x)]));
  });

  test('half way to zero is zero above it, and the lower one below', () => {
    expect(bytesOf(nf4, [normalFloats[8] / 2, normalFloats[6] / 2, -1])).toEqual([
      0x76, 0x00, 0, 0, 0x80, 0x3f,
    ]);
  });

  test('zeros have a scale of zero', () => {
    expect(bytesOf(nf4, [0, 0, -0])).toEqual([0x77, 0x70, 0, 0, 0, 0]);
    expect(readFrom(nf4, [0, 0, -0])).toEqual([0, 0, 0]);
  });

  test('are quantiles of a normal distribution', () => {
    // The inverse of the error function's integral, by bisection.
    const quantile = (p: number) => {
      let [low, high] = [-9, 9];
      for (let i = 0; i < 60; i++) {
        const middle = (low + high) / 2;
        if (normalBelow(middle) < p) low = middle;
        else high = middle;
      }
      return low;
    };
    const last = 0.9677083;
    const positive = Array.from({ length: 8 }, (_, i) => quantile(last + ((0.5 - last) * i) / 8));
    const negative = Array.from({ length: 7 }, (_, i) => -quantile(last + ((0.5 - last) * i) / 7));
    const all = [...negative, 0, ...positive].map((x) => x / positive[0]).sort((a, b) => a - b);
    normalFloats.forEach((x, i) => expect(Math.abs(x - all[i])).toBeLessThan(2e-7));
  });

  test('scales in 8 bits are near those in 32, and codes make up for the rest', () => {
    const floats = Array.from({ length: 64 * 300 }, (_, i) => Math.sin(i * i) * (1 + (i >> 6) / 300));
    const error = (scales: 'fp32' | 'fp16' | 'double') =>
      readFrom({ kind: 'nf4', block: 64, scales }, floats).reduce(
        (sum, x, i) => sum + (x - floats[i]) ** 2,
        0,
      );
    expect(error('fp16') / error('fp32')).toBeLessThan(1.01);
    expect(error('double') / error('fp32')).toBeLessThan(1.1);
  });
});

/** Below x, of a normal distribution: the series around 0, to some 1e-12. */
function normalBelow(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < 400; n++) sum += term *= (x * x) / (2 * n + 1);
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

describe('bytes', () => {
  test.each<[string, Storage, number, number]>([
    ['mxfp6', mxfp6, 40, 32],
    ['mxfp8', mxfp8, 48, 50],
    ['mxfp6', mxfp6, 48, 38],
    ['mxfp4', mxfp4, 48, 26],
    ['mxfp4', mxfp4, 33, 19],
    ['nf4', nf4, 100, 58],
    ['nf4', nf4, 1000, 564],
  ])('%s: %i floats take %i', (_, form, floats, bytes) => {
    expect(storedBytes(tableOf(1, floats, form))).toBe(bytes);
  });

  const kaggle = 540_201_232;
  test.each<[string, Storage, number]>([
    ['fp8', { kind: 'fp8', element: 'e4m3', scaled: true }, 540_201_236],
    ['mxfp8', mxfp8, 557_082_521],
    ['mxfp6', mxfp6, 422_032_213],
    ['mxfp4', mxfp4, 286_981_905],
    ['mxint8', mxint8, 557_082_521],
    ['nf4', nf4, 303_863_196],
    ['nf4, scales in 8 bits', { kind: 'nf4', block: 64, scales: 'double' }, 278_673_153],
  ])('%s: those of Kaggle at 16 floats a row', (_, form, bytes) => {
    expect(storedBytes(tableOf(16, kaggle / 16, form))).toBe(bytes);
  });

  test.each(elements)('%s: as many are written as are counted, of 1 to 100 floats', (element) => {
    for (let floats = 1; floats <= 100; floats++) {
      const table = tableOf(1, floats, { kind: 'mx', element, block: 32 });
      const { floats: codes, scales } = storedParts(table);
      const written = codecOf(table).encode(new Float32Array(floats).fill(1));
      expect(written.length).toBe(codes + scales);
      expect(scales).toBe(Math.ceil(floats / 32));
    }
  });
});

test('what is no finite number is refused in one line', () => {
  fc.assert(
    fc.property(smallFloatForms, fc.constantFrom(NaN, Infinity, -Infinity), fc.nat(69), (form, x, at) => {
      const floats = new Float32Array(70).fill(0.5);
      floats[at] = x;
      const encode = () => codecOf(tableOf(7, 10, form)).encode(floats);
      expect(encode).toThrow(UserError);
      expect(encode).toThrow(
        new RegExp(`^float ${at} of a table is ${x} after training, [^\n]*--learning-rate$`),
      );
    }),
  );
});
