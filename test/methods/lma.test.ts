import { describe, expect, test } from 'vitest';
import type { Field } from '../../harness/contract/data.ts';
import { random } from '../../base/random.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { lma } from '../../methods/lma/index.ts';
import { digitMasks, minhashSignatures } from '../../methods/lma/minhash.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
import { everyId, lookupsOf } from './lookups.ts';

const agreeing = (a: number, b: number) =>
  Array.from({ length: 8 }, (_, digit) => ((a ^ b) >>> (4 * digit)) & 15).filter((x) => x === 0).length;

describe('minhash signatures', () => {
  test('agree as often as the rows of two ids overlap, and 1/16 of the rest', () => {
    // Entries 0 and 1 share a third of the rows that either is in; 0 and 2 share none.
    const trials = 600;
    let [similar, apart] = [0, 0];
    for (let seed = 0; seed < trials; seed++) {
      const rows = Array.from({ length: 90 }, (_, row) => {
        const third = row % 3;
        return [third < 2 ? 0 : 9, third > 0 ? 1 : 9, 9];
      });
      const others = Array.from({ length: 60 }, () => [9, 9, 2]);
      const [a, b, c] = minhashSignatures(Uint32Array.from([...rows, ...others].flat()), 3, 3, seed);
      similar += agreeing(a, b);
      apart += agreeing(a, c);
    }
    // Standard deviation sqrt(p (1 - p) / 4800) is below .007.
    expect(Math.abs(similar / (8 * trials) - (1 / 3 + 2 / 3 / 16))).toBeLessThan(0.03);
    expect(Math.abs(apart / (8 * trials) - 1 / 16)).toBeLessThan(0.02);
  });

  test('of entries in no row are random', () => {
    const words = minhashSignatures(new Uint32Array(0), 1, 2000, 3);
    expect(new Set(words).size).toBe(2000);
  });

  test('masks have the digits asked for, and differ', () => {
    const masks = digitMasks(40, 3, 1);
    for (const mask of masks) expect(agreeing(~mask, 0)).toBe(3);
    expect(new Set(masks).size).toBeGreaterThan(10);
  });
});

/** A log in which ids 2i and 2i + 1 of the one field always come in the same rows of the other. */
function twins(): { field: Field; sample: () => Uint32Array } {
  const stream = random(4);
  const rows = Array.from({ length: 3000 }, () => stream.next() % 60);
  const ids = rows.flatMap((pair) => [2 * pair, 2 * pair + 1]);
  const counts = new Uint32Array(120);
  for (const id of ids) counts[id]++;
  return { field: { name: 'C', cardinality: 120, counts }, sample: () => Uint32Array.from(ids) };
}

describe('ids share floats', () => {
  const shared = (sampled: boolean) => {
    const { field, sample } = twins();
    const fields = [field, { ...field, name: 'D' }];
    const layer = layerAt(fields, 16, 2);
    const plan = feasiblePlan(lma, { ...layer, ...(sampled && { sample }) }, { signatures: 1 });
    const batch = Uint32Array.from({ length: 240 }, (_, i) => Math.floor(i / 2));
    const [{ indices }] = lookupsOf(plan, batch, 2);
    // Id 2i of the first field, and 2i + 1 of the second.
    const places = (id: number, field: number) => indices.subarray((id * 2 + field) * 16).subarray(0, 16);
    let same = 0;
    for (let pair = 0; pair < 60; pair++)
      same += places(2 * pair, 0).filter((at, k) => at === places(2 * pair + 1, 1)[k]).length;
    return same / (60 * 16);
  };

  test('where they come in the same rows of the log, and else hardly ever', () => {
    expect(shared(true)).toBe(1);
    expect(shared(false)).toBeLessThan(0.05);
  });
});

test('half of the bytes are signatures at most, and all is counted', () => {
  const fields = zipfFields([3000, 500]);
  const plan = feasiblePlan(lma, layerAt(fields, 8, 8));
  const { floats, signatures } = plan.choices as { floats: number; signatures: number[] };
  const entries = signatures[0] + signatures[1];
  expect(sizeOf(plan).servingBytes).toBe(4 * floats + 4 * entries);
  expect(4 * entries).toBeLessThanOrEqual(layerAt(fields, 8, 8).budget / 2);
  expect(entries).toBe(999 + 500); // all ids seen twice or more
  const low = feasiblePlan(lma, layerAt(fields, 8, 64));
  expect(sizeOf(low).servingBytes).toBeLessThanOrEqual(layerAt(fields, 8, 64).budget);
  expect(low.maps![0].length).toBe(Math.floor(layerAt(fields, 8, 64).budget / 8));
});

test('without counts there are no signatures: every float of the budget is memory', () => {
  const plan = feasiblePlan(lma, layerAt(kaggleFields, 16, 1000));
  expect(plan.choices.floats).toBe(Math.floor(layerAt(kaggleFields, 16, 1000).budget / 4));
});

test('coordinates of an id are at places of their own', () => {
  const [{ indices }] = lookupsOf(feasiblePlan(lma, layerAt(zipfFields([50_000]), 16, 4)), everyId(400), 1);
  for (let id = 0; id < 400; id++)
    expect(new Set(indices.subarray(16 * id, 16 * id + 16)).size).toBeGreaterThan(14);
});
