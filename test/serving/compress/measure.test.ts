import { expect, test } from 'vitest';
import { measure, sampleOf } from '../../../serving/compress/measure.ts';
import { neighboursKept } from '../../../serving/compress/neighbours.ts';

const rows = Float32Array.of(3, 4, 0, 0, 1, 1);
const decoded = Float32Array.of(3, 4, 0, 2, 1, 0);
const source = { rows: 3, width: 2, read: (from: number, to: number) => rows.slice(2 * from, 2 * to) };
const table = {
  ...{ name: 'a', rows: 3, width: 2 },
  decode: (from: number, to: number) => ({ values: decoded.slice(2 * from, 2 * to), shared: 1 }),
};

test('errors, with and without counts', () => {
  const rule = { rows: 10, seed: 1 };
  expect(measure(table, source, undefined, rule)).toEqual({
    ...{ name: 'a', rows: 3, width: 2, meanSquare: 5 / 6, relative: 5 / 27 },
    ...{ neighboursKept: null, sampledRows: 3, sharedRows: 1 },
  });
  const { weighted } = measure(table, source, Uint32Array.of(5, 0, 1), rule);
  expect(weighted).toEqual({ meanSquare: 1 / 12, relative: 1 / 127 });
  expect(measure(table, source, new Uint32Array(3), rule)).not.toHaveProperty('weighted');
});

test('a sample has different rows, ascending, and others with another seed or name', () => {
  const sample = sampleOf('a', 1000, { rows: 100, seed: 1 });
  expect(new Set(sample).size).toBe(100);
  expect([...sample]).toEqual([...sample].sort((a, b) => a - b));
  expect(sample).toEqual(sampleOf('a', 1000, { rows: 100, seed: 1 }));
  expect(sample).not.toEqual(sampleOf('a', 1000, { rows: 100, seed: 2 }));
  expect(sample).not.toEqual(sampleOf('b', 1000, { rows: 100, seed: 1 }));
  expect([...sampleOf('a', 3, { rows: 100, seed: 1 })]).toEqual([0, 1, 2]);
});

test('neighbours that are kept, by sorting all cosines', () => {
  const [count, width] = [40, 3];
  const before = Float32Array.from({ length: count * width }, (_, at) => Math.sin(at * at));
  const after = before.map((x, at) => x + 0.4 * Math.cos(7 * at));
  const nearest = (of: Float32Array, row: number) => {
    const cosine = (other: number) => {
      let [dot, a, b] = [0, 0, 0];
      for (let k = 0; k < width; k++) {
        const [x, y] = [of[row * width + k], of[other * width + k]];
        dot += x * y;
        a += x * x;
        b += y * y;
      }
      return dot / Math.sqrt(a * b);
    };
    return [...Array(count).keys()].filter((other) => other !== row).sort((a, b) => cosine(b) - cosine(a)).slice(0, 10);
  }; // prettier-ignore
  const both = [...Array(count).keys()].map((row) => {
    const was = nearest(before, row);
    return nearest(after, row).filter((one) => was.includes(one)).length;
  });
  const share = both.reduce((sum, kept) => sum + kept, 0) / (10 * count);
  expect(share).toBeGreaterThan(0.3);
  expect(share).toBeLessThan(0.95);
  expect(neighboursKept({ width, before, after })).toBeCloseTo(share, 12);
  expect(neighboursKept({ width, before, after: before })).toBe(1);
  expect(neighboursKept({ width, before: before.slice(0, 30), after: after.slice(0, 30) })).toBe(null);
});
