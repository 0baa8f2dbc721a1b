import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { random } from '../../base/random.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { run } from '../../harness/run.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { productQuantization as pq } from '../../methods/product-quantization/index.ts';
import { encodeByBeam, levelBooks } from '../../methods/product-quantization/beam-search.ts';
import { refineCodewords } from '../../methods/product-quantization/least-squares.ts';
import { fitPart } from '../../methods/product-quantization/residual-codebooks.ts';
import { codeBytes } from '../../methods/shared/codes/code-bytes.ts';
import { feasiblePlan, layerAt } from '../layers.ts';
import { smallData } from '../small-data.ts';
import { smallRun } from '../small-run.ts';
import { allIds, dim, fields } from './small-layer.ts';
import { nextStage, vectorsOf } from './untrained.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const residual = { kind: 'residual' };

/** Sums of codewords: [vectors, width]. */
const sumsOf = (books: readonly Float32Array[], codes: readonly Uint32Array[], width: number) =>
  Float64Array.from({ length: codes[0].length * width }, (_, at) =>
    books.reduce(
      (sum, book, level) => sum + book[codes[level][Math.floor(at / width)] * width + (at % width)],
      0,
    ),
  );

const errorOf = (rows: Float32Array, sums: ArrayLike<number>, weights?: readonly number[]) => {
  const width = weights ? rows.length / weights.length : rows.length;
  return rows.reduce((sum, x, at) => sum + (weights?.[Math.floor(at / width)] ?? 1) * (x - sums[at]) ** 2, 0);
};

const random32 = (seed: number, count: number) => {
  const stream = random(seed);
  return Float32Array.from({ length: count }, () => stream.normal());
};

describe('levels', () => {
  const rows = Float32Array.from([0, 1, 2, 3, 10, 11, 12, 13]);
  const points = { rows, width: 1, weights: Array.from(rows, () => 1) };

  test.each([
    [1, 1.25],
    [2, 0.25],
    [3, 0],
  ])('%i of two codewords leave a mean squared error of %f', (levels, error) => {
    const books = Array.from({ length: levels }, () => new Float32Array(2));
    fitPart(books, points, 0, { weighted: true, beam: 1, refine: 0 }, (level) => level + 1);
    const expected = [[1.5, 11.5], [-1, 1], [-0.5, 0.5]]; // prettier-ignore
    books.forEach((book, level) => expect([...book].sort((a, b) => a - b)).toEqual(expected[level]));
    const codes = encodeByBeam(rows, levelBooks(books, 1), 1);
    expect(errorOf(rows, sumsOf(books, codes, 1)) / 8).toBeCloseTo(error, 10);
    const byLevel = ['00001111', '00110011', '01010101'];
    codes.forEach((ofLevel, level) => {
      const [first] = books[level];
      const low = first < books[level][1] ? 0 : 1;
      expect([...ofLevel].map((code) => (code === low ? 0 : 1)).join('')).toBe(byLevel[level]);
    });
  });
});

describe('a beam', () => {
  const books = levelBooks([Float32Array.from([0, 0, 1, 1]), Float32Array.from([0.4, 0.9, -0.2, -0.2])], 2);
  const x = Float32Array.from([0.4, 0.9]);
  const coded = (beam: number) => {
    const codes = encodeByBeam(x, books, beam);
    return { codes: codes.map(([code]) => code), error: errorOf(x, sumsOf(books.books, codes, 2)) };
  };

  test('finds what greedy codes miss', () => {
    const greedy = coded(1);
    expect(greedy.codes).toEqual([1, 1]);
    expect(greedy.error).toBeCloseTo(0.17, 6);
    expect(coded(2)).toEqual({ codes: [0, 0], error: 0 });
  });

  test('of all sums finds the best, the first of equal ones', () => {
    const all = [random32(3, 12), random32(4, 12), random32(5, 12)];
    all[1].copyWithin(3, 0, 3); // two codewords alike
    const vectors = random32(6, 60);
    const codes = encodeByBeam(vectors, levelBooks(all, 3), 64);
    for (let i = 0; i < 20; i++) {
      let best = { error: Infinity, codes: [0, 0, 0] };
      for (let a = 0; a < 4; a++)
        for (let b = 0; b < 4; b++)
          for (let c = 0; c < 4; c++) {
            const own = [a, b, c].map((code) => Uint32Array.of(code));
            const error = errorOf(vectors.subarray(3 * i, 3 * i + 3), sumsOf(all, own, 3));
            if (error < best.error - 1e-9) best = { error, codes: [a, b, c] };
          }
      expect(codes.map((ofLevel) => ofLevel[i])).toEqual(best.codes);
    }
  });
});

describe('least squares', () => {
  const width = 2;
  const rows = random32(8, 80);
  const weights = Array.from({ length: 40 }, (_, i) => i % 4);
  const given = () => [random32(9, 6), random32(10, 6)];
  const codes = [Uint32Array.from({ length: 40 }, (_, i) => i % 3), Uint32Array.from({ length: 40 }, (_, i) => (i * 7) % 3)]; // prettier-ignore

  test('move codewords to where no small move is better, and leave fixed ones', () => {
    const [free, kept] = [given(), given()];
    refineCodewords(free, { rows, width, weights, codes }, 0);
    refineCodewords(kept, { rows, width, weights, codes }, 1);
    const error = (books: Float32Array[]) => errorOf(rows, sumsOf(books, codes, width), weights);
    expect(error(free)).toBeLessThan(error(kept));
    expect(error(kept)).toBeLessThan(error(given()));
    kept.forEach((book, level) => expect(book.subarray(0, 2)).toEqual(given()[level].subarray(0, 2)));
    const slopes = free.flatMap((book, level) =>
      [...book.keys()].map((at) => {
        const moved = (by: number) => {
          const books = free.map((one) => one.slice());
          books[level][at] += by;
          return error(books);
        };
        return (moved(1e-2) - moved(-1e-2)) / 2e-2;
      }),
    );
    for (const slope of slopes) expect(Math.abs(slope)).toBeLessThan(1e-3);
  });
});

describe('on Kaggle', () => {
  test.each([
    [1, 1, 256, 34_188_561],
    [1, 2, 256, 68_377_122],
    [2, 1, 256, 67_951_138],
    [1, 3, 256, 102_565_683],
    [1, 4, 256, 136_754_244],
    [2, 2, 256, 135_902_276],
    [4, 1, 256, 135_476_292],
    [4, 2, 16, 135_103_556],
  ])('%i parts of %i levels of %i codewords: %i bytes', (parts, levels, codewords, bytes) => {
    const of = <T>(value: T) => kaggleFields.map(() => value);
    const layout = {
      ...{ uncompressed: of(false), parts, levels, width: 16 / parts, codewords: of(codewords) },
      ...{ hot: kaggleFields.map(({ cardinality }) => cardinality), warm: of(0), warmCodewords: of(0) },
    };
    expect(codeBytes({ fields: kaggleFields, dim: 16 }, layout, { sorted: of(true), tables: 1 })).toBe(bytes);
  });

  test('goes on to any ratio that leaves each field a vector', () => {
    const plan = (budget: number) => pq.plan({ ...layerAt(kaggleFields, 16, 1), budget }, pq.options.parse(residual)); // prettier-ignore
    expect(isInfeasible(plan(4 * 16 * 26))).toBe(false);
    const less = plan(4 * 16 * 26 - 1);
    expect(isInfeasible(less) && less.smallestBytes).toBe(4 * 16 * 26);
  });

  test.each([4, 64])('at %ix spends its budget', (ratio) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    expect(sizeOf(feasiblePlan(pq, layer, residual)).servingBytes).toBeGreaterThan(0.97 * layer.budget);
  });
});

test('options of levels are of that kind alone, and product codes parse as before', () => {
  expect(pq.options.safeParse({ levels: 2 }).success).toBe(false);
  expect(pq.options.safeParse({ kind: 'product', beam: 2 }).success).toBe(false);
  expect(pq.options.parse({})).toEqual({ weighted: true, fineTune: 0, keep: 200 });
});

const relativeErrorOf = async (options: Record<string, unknown>, ratio: number) => {
  const plan = feasiblePlan(pq, layerAt(fields, dim, ratio), { keep: 0, ...options });
  const stage = await nextStage(plan, backend);
  expect(sizeOf(stage.plan)).toEqual(sizeOf(plan));
  const [trained, served] = [vectorsOf({ plan }, backend, allIds), vectorsOf(stage, backend, allIds)];
  return errorOf(trained, served) / errorOf(trained, new Float32Array(trained.length));
};

test('serves vectors near to those that were trained, the nearer the more bytes, the better the search', async () => {
  const errors = [await relativeErrorOf(residual, 4), await relativeErrorOf(residual, 8), await relativeErrorOf(residual, 16)]; // prettier-ignore
  expect(errors[0]).toBeLessThan(0.35);
  expect(errors).toEqual([...errors].sort((a, b) => a - b));
  const asked = { ...residual, levels: 3, codewords: 16, weighted: false };
  const greedy = await relativeErrorOf({ ...asked, beam: 1, refine: 0 }, 4);
  const beam = await relativeErrorOf({ ...asked, refine: 0 }, 4);
  const refined = await relativeErrorOf({ ...asked, refine: 3 }, 4);
  expect(beam).toBeLessThan(greedy);
  expect(refined).toBeLessThan(beam);
});

test('one level is product quantization', async () => {
  const one = await relativeErrorOf({ ...residual, levels: 1, parts: 2, codewords: 16, refine: 0 }, 4);
  const product = await relativeErrorOf({ parts: 2, codewords: 16 }, 4);
  expect(Math.abs(one - product)).toBeLessThan(0.01);
});

test('a whole run trains codewords of all levels on where asked to', async () => {
  const data = smallData();
  const outcome = (options: Record<string, unknown>) =>
    run(data, feasiblePlan(pq, layerAt(data.fields, 4, 6), { ...residual, levels: 2, keep: 10, ...options }), dlrm, backend, smallRun); // prettier-ignore
  const plain = await outcome({});
  const tuned = await outcome({ fineTune: 1 });
  expect(plain.stages.map(({ name }) => name)).toEqual(['training', 'conversion']);
  expect(plain.size.servingBytes).toBeLessThanOrEqual((4 * 4 * 243) / 6);
  expect(tuned.size.servingBytes).toBe(plain.size.servingBytes);
  expect(tuned.quality.validation.logloss).toBeLessThan(plain.quality.validation.logloss);
});
