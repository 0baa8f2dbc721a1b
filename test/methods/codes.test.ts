import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import type { Field } from '../../harness/contract/data.ts';
import type { Table } from '../../harness/contract/method.ts';
import { random } from '../../base/random.ts';
import { sizeOf, tableFloats } from '../../harness/contract/size.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { solveCodes } from '../../methods/shared/codes/code-budget.ts';
import { codeBytes } from '../../methods/shared/codes/code-bytes.ts';
import { fitCodebooks } from '../../methods/shared/clustering/codebooks.ts';
import { codedLayer, type CodeLayout } from '../../methods/shared/codes/coded-layer.ts';
import { sortedByCount } from '../../methods/shared/frequency/hot-ids.ts';
import { hotMass } from '../../methods/shared/frequency/hottest.ts';
import { layerAt, uncountedFields } from '../layers.ts';
import { vectorsOf } from './untrained.ts';
import { byteCodewords, partsOf } from '../../methods/shared/codes/code-grid.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const field = (counts: ArrayLike<number>): Field => ({
  name: 'C',
  cardinality: counts.length,
  counts: Uint32Array.from(counts),
});

describe('ids as codes', () => {
  // Ids 1 and 3 of the first field, by count, have codes of their own; the second has all; the third has rows.
  const fields = [field([1, 9, 0, 8]), field([5, 4, 3]), field([2, 2])];
  const layout: CodeLayout = {
    uncompressed: [false, false, true],
    parts: 2,
    width: 2,
    codewords: [3, 3, 0],
    hot: [2, 3, 0],
    warm: [0, 0, 0],
    warmCodewords: [0, 0, 0],
  };
  const hot = Uint32Array.of(2, 1, 0, 1, 2, /* second part */ 0, 1, 2, 0, 1);
  const layer = codedLayer({ fields, dim: 3 }, layout, { codes: { hot, warm: new Uint32Array(0) } });
  // Codeword k of part t of field f is [100 f + 10 t + k, -that].
  const books = Float32Array.from({ length: 2 * 2 * 3 * 2 }, (_, at) => {
    const [k, part, f] = [Math.floor(at / 2) % 3, Math.floor(at / 6) % 2, Math.floor(at / 12)];
    return (at % 2 === 0 ? 1 : -1) * (100 * f + 10 * part + k);
  });
  const contents = new Map<Table, Float32Array>([
    [layer.codebooks!, books],
    [layer.uncompressed.tables[0], Float32Array.of(7, 8, 9, 10, 11, 12)],
  ]);

  test('are a codeword per part, side by side, cut at the width; ids without codes share the first ones', () => {
    const ids = Uint32Array.of(0, 0, 0, 1, 1, 1, 2, 2, 0, 3, 0, 1);
    const vectors = vectorsOf({ plan: layer.plan({}), contents }, backend, { ids, batch: 4 });
    expect([...vectors]).toEqual([
      ...[0, 0, 10, 100, -100, 112, 7, 8, 9],
      ...[2, -2, 10, 101, -101, 110, 10, 11, 12],
      ...[0, 0, 10, 102, -102, 111, 7, 8, 9],
      ...[1, -1, 11, 100, -100, 112, 10, 11, 12],
    ]);
  });

  test('store bits per part of ids with codes, which ids these are, and codebooks', () => {
    const list = Math.ceil((2 * 2) / 8); // two ids of four, in a field that is not sorted
    expect(sizeOf(layer.serving).servingBytes).toBe(
      4 * books.length + 4 * 6 + list + Math.ceil((10 * 2) / 8),
    );
  });

  test('are asked for id by id, in the order in which they are stored', () => {
    const asked: unknown[] = [];
    const codes = layer.encode(({ field, part, ids, codewords }) => {
      asked.push([field, part, [...ids], codewords]);
      return ids.map((id) => 10 * part + id);
    });
    expect(asked).toEqual([
      [0, 0, [1, 3], 3],
      [0, 1, [1, 3], 3],
      [1, 0, [0, 1, 2], 3],
      [1, 1, [0, 1, 2], 3],
    ]);
    expect([...codes.hot]).toEqual([1, 3, 0, 1, 2, 11, 13, 10, 11, 12]);
    expect(layer.idsOf(0).hot).toEqual(Uint32Array.of(1, 3));
  });

  test.each([
    ['sorted', [9, 5, 1, 1, 0]],
    ['unsorted', [1, 5, 9, 0, 1]],
  ])(
    'of ids that are not hot are looked for among the first codewords, where there are some: %s',
    (_, counts) => {
      const fields = [field(counts)];
      const tiers = {
        ...layout,
        uncompressed: [false],
        codewords: [4],
        hot: [2],
        warm: [3],
        warmCodewords: [2],
        parts: 1,
        width: 1,
      };
      const planned = codedLayer({ fields, dim: 1 }, tiers);
      const codes = planned.encode(({ ids, codewords }) => ids.map((id) => id % codewords));
      const served = codedLayer({ fields, dim: 1 }, tiers, { codes });
      const contents = new Map([[served.codebooks!, Float32Array.of(0, 1, 2, 3)]]);
      const ids = Uint32Array.of(0, 1, 2, 3, 4);
      const vectors = vectorsOf({ plan: served.plan({}), contents }, backend, { ids, batch: 5 });
      const hot = counts.map((count) => count >= 5);
      expect([...vectors]).toEqual(hot.map((own, id) => id % (own ? 4 : 2)));
    },
  );
});

describe('codebooks', () => {
  const [n, dim] = [60, 5];
  const stream = random(4);
  const rows = Float32Array.from({ length: n * dim }, () => stream.normal());
  const counts = Array.from({ length: n }, (_, id) => (7 * id) % 13); // not sorted, some never seen
  const fields = [field(counts)];
  const layer = { fields, dim, seed: 1 };
  const layout = (parts: number, codewords: number, hot: number): CodeLayout => ({
    uncompressed: [false],
    parts,
    width: Math.ceil(dim / parts),
    codewords: [codewords],
    hot: [hot],
    warm: [0],
    warmCodewords: [0],
  });
  const decoded = (layout: CodeLayout, weighted = true) => {
    const planned = codedLayer(layer, layout);
    const { books, codes } = fitCodebooks(layer, planned, () => rows, weighted);
    const served = codedLayer(layer, layout, { codes });
    const contents = new Map([[served.codebooks!, books]]);
    const ids = Uint32Array.from({ length: n }, (_, id) => id);
    const vectors = vectorsOf({ plan: served.plan({}), contents }, backend, { ids, batch: n });
    return { vectors, books };
  };
  const error = (vectors: Float32Array, weightOf: (id: number) => number) => {
    let sum = 0;
    vectors.forEach((x, at) => (sum += weightOf(Math.floor(at / dim)) * (x - rows[at]) ** 2));
    return sum;
  };

  test('with a codeword for every id give back what they were made of', () => {
    expect(decoded(layout(1, n, n), false).vectors).toEqual(rows);
    expect(decoded(layout(2, n, n), false).vectors).toEqual(rows);
  });

  test('give every id the nearest codeword of every part, those never seen too', () => {
    const { vectors, books } = decoded(layout(2, 8, n));
    for (let id = 0; id < n; id++)
      for (let part = 0; part < 2; part++) {
        const columns = part === 0 ? [0, 1, 2] : [3, 4];
        const distance = (at: (k: number) => number) =>
          columns.reduce((sum, k) => sum + (rows[id * dim + k] - at(k)) ** 2, 0);
        const nearest = Math.min(
          ...Array.from({ length: 8 }, (_, code) =>
            distance((k) => books[(part * 8 + code) * 3 + (k - 3 * part)]),
          ),
        );
        expect(distance((k) => vectors[id * dim + k])).toBeCloseTo(nearest, 5);
      }
  });

  test('serve ids that are seen often better where these count for more', () => {
    const [weighted, alike] = [decoded(layout(1, 8, n)).vectors, decoded(layout(1, 8, n), false).vectors];
    expect(error(weighted, (id) => counts[id])).toBeLessThan(error(alike, (id) => counts[id]));
    expect(error(alike, () => 1)).toBeLessThan(error(weighted, () => 1));
  });

  test('stand in for all ids without codes by one vector: their mean by counts', () => {
    const { vectors } = decoded(layout(2, 8, 20));
    const least = [...counts].sort((a, b) => b - a)[19];
    const cold = [...counts.keys()].filter((id) => counts[id] < least);
    const mass = cold.reduce((sum, id) => sum + counts[id], 0);
    expect(cold.length).toBeGreaterThan(30);
    // Ties at the least count are hot as far as there is room: only those below it are surely not.
    const shared = vectors.subarray(cold[0] * dim, (cold[0] + 1) * dim);
    for (const id of cold) expect(vectors.subarray(id * dim, (id + 1) * dim)).toEqual(shared);
    expect(mass).toBeGreaterThan(0);
    expect(new Set(Array.from({ length: n }, (_, id) => vectors[id * dim])).size).toBeGreaterThan(4);
  });
});

test('the share of lookups of the most frequent ids', () => {
  const share = hotMass(field([3, 5, 1, 1, 0]));
  expect([0, 1, 2, 3, 4, 5].map(share)).toEqual([0, 0.5, 0.8, 0.9, 1, 1]);
  expect([0, 1, 2].map(hotMass(field([0, 0])))).toEqual([0, 0.5, 1]);
});

describe('the layout for a budget', () => {
  const grid = (dim: number) => ({ parts: partsOf(dim), codewords: byteCodewords, keep: 200 });

  test('has a width for each number of parts, and none beyond the end of a vector', () => {
    expect(partsOf(16)).toEqual([16, 8, 6, 4, 3, 2, 1]);
    expect(partsOf(7, 3)).toEqual([3]);
    expect(partsOf(4, 3)).toEqual([2]); // a third part of two floats would begin at the end
  });

  test('spends what it may on Kaggle, and gives all ids codes where none is known to be rarer', () => {
    for (const ratio of [16, 32, 64]) {
      const layer = layerAt(kaggleFields, 16, ratio);
      const layout = solveCodes(layer, grid(16)) as CodeLayout;
      const { serving, coded } = codedLayer(layer, layout);
      expect(sizeOf(serving).servingBytes).toBeGreaterThan(0.97 * layer.budget);
      for (const f of coded) expect(layout.hot[f]).toBe(kaggleFields[f].cardinality);
    }
  });

  test('leaves ids without codes that are seldom looked up, before it takes bits from the others', () => {
    const fields = [field(Array.from({ length: 50_000 }, (_, id) => Math.floor(50_000 / (id + 1))))];
    const found = solveCodes(layerAt(fields, 16, 32), grid(16)) as CodeLayout;
    const bits = found.parts * Math.log2(found.codewords[0]);
    expect(found.hot[0]).toBeLessThan(50_000);
    expect(bits).toBeGreaterThan(16); // a 32nd of 512, if all had codes
    // If all ids are looked up equally often, all have codes.
    const alike = solveCodes(layerAt(uncountedFields([50_000]), 16, 32), grid(16)) as CodeLayout;
    expect(alike.hot[0]).toBeGreaterThan(0.9 * 50_000);
  });

  test('takes what it says, whatever the layer', () => {
    const layers = fc.record({
      counts: fc.array(fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 400 }), {
        minLength: 1,
        maxLength: 4,
      }),
      dim: fc.integer({ min: 1, max: 9 }),
      ratio: fc.double({ min: 1, max: 50, noNaN: true }),
      tiers: fc.constantFrom(undefined, { hot: undefined, fewer: 4 }, { hot: 0.3, fewer: 2 }),
    });
    fc.assert(
      fc.property(layers, ({ counts, dim, ratio, tiers }) => {
        const layer = layerAt(counts.map(field), dim, ratio);
        const layout = solveCodes(layer, { ...grid(dim), keep: 20, ...(tiers && { tiers }) });
        if ('smallestBytes' in layout) return;
        const { serving, coded, codebooks } = codedLayer(layer, layout);
        expect(sizeOf(serving).servingBytes).toBeLessThanOrEqual(layer.budget);
        const counting = { sorted: sortedByCount(layer.fields), tables: 1 };
        expect(codeBytes(layer, layout, counting)).toBe(sizeOf(serving).servingBytes);
        const floats = coded.reduce((sum, f) => sum + layout.codewords[f] * layout.parts * layout.width, 0);
        expect(codebooks === undefined ? 0 : tableFloats(codebooks)).toBe(floats);
        for (const f of coded) expect(layout.hot[f] + layout.warm[f]).toBeLessThanOrEqual(counts[f].length);
      }),
      { numRuns: 60 },
    );
  });
});
