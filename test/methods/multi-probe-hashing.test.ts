import * as tf from '../../tensors/index.ts';
import { describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import { none } from '../../harness/contract/backend.ts';
import { idMap } from '../../harness/contract/indices.ts';
import { random } from '../../base/random.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { multiProbeHashing } from '../../methods/multi-probe-hashing/index.ts';
import { ProbedTable } from '../../methods/multi-probe-hashing/probed-table.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
import { everyId, lookupsOf } from './lookups.ts';

const empty = 0xffff;
const tableOf = (slots: number, probes = slots) => {
  const keys = idMap(slots, 16, () => new Uint32Array(slots).fill(empty));
  return { keys, table: new ProbedTable(keys, { probes, empty, seed: 1 }) };
};

describe('a table of keys', () => {
  test('gives each key a slot of its own as long as there is one', () => {
    const { table } = tableOf(100);
    const slots = Array.from({ length: 100 }, (_, key) => table.claim(key, 0, Infinity));
    expect(new Set(slots).size).toBe(100);
    expect(table.claim(100, 5, Infinity)).toBe(none);
    for (let key = 0; key < 100; key++) expect(table.find(key)).toBe(slots[key]);
    expect(table.find(100)).toBe(none);
  });

  test('agrees with a plain map while nothing has to leave', () => {
    const { table } = tableOf(4096, 64);
    const stream = random(2);
    const known = new Map<number, number>();
    for (let step = 0; step < 3000; step++) {
      const key = stream.next() % 1500;
      const slot = table.claim(key, step, Infinity);
      expect(slot).not.toBe(none);
      if (known.has(key)) expect(slot).toBe(known.get(key));
      known.set(key, slot);
    }
    expect(new Set(known.values()).size).toBe(known.size);
  });

  test('takes the slot of the key seen longest ago, once it is old enough', () => {
    const { keys, table } = tableOf(3);
    for (const [key, step] of [[7, 0], [8, 1], [9, 2], [7, 3]]) table.claim(key, step, 4); // prettier-ignore
    const slotOf8 = table.find(8);
    expect(table.claim(5, 4, 4)).toBe(none); // 8 was seen 3 steps ago
    expect(table.takeOver()).toHaveLength(0);
    expect(table.claim(5, 5, 4)).toBe(slotOf8);
    expect([...table.takeOver()]).toEqual([slotOf8]);
    expect(table.find(8)).toBe(none);
    expect([...keys.values].sort((a, b) => a - b)).toEqual([5, 7, 9]);
  });

  test('answers from the keys that were loaded into it', () => {
    const one = tableOf(50);
    for (let key = 0; key < 40; key++) one.table.claim(key, 0, Infinity);
    const other = tableOf(50);
    other.keys.values.set(one.keys.values);
    for (let key = 0; key < 60; key++) expect(other.table.find(key)).toBe(one.table.find(key));
  });
});

describe('multi-probe hashing', () => {
  const fields = zipfFields([1000, 50]);
  const plan = () => feasiblePlan(multiProbeHashing, layerAt(fields, 8, 4));
  const ids = Uint32Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? i >> 1 : (i >> 1) % 50));

  test('bytes are the rows and a key of 11 bits for each slot', () => {
    const { servingBytes } = sizeOf(plan());
    const slots = plan().choices.slots as number;
    expect(servingBytes).toBe(32 * (slots + 2) + Math.ceil((slots * 11) / 8));
    expect(servingBytes).toBeGreaterThan(layerAt(fields, 8, 4).budget - 34);
  });

  test('ids own rows once they were trained on; unknown ids share one per field', () => {
    const own = plan();
    const slots = own.choices.slots as number;
    const [untrained] = lookupsOf(own, ids, 2);
    expect(new Set(untrained.indices)).toEqual(new Set([slots, slots + 1]));
    const [trained] = lookupsOf(own, ids, 2, { index: 0, steps: 10 });
    expect(new Set(trained.indices).size).toBe(150);
    const [again] = lookupsOf(own, ids, 2);
    expect(again.indices).toEqual(trained.indices);
    const [known] = lookupsOf(
      own,
      Uint32Array.from(everyId(1000).subarray(500), () => 900),
      2,
    );
    expect(known.indices[0]).toBe(slots);
  });

  test('scoring changes nothing', () => {
    const own = plan();
    lookupsOf(own, ids, 2, { index: 0, steps: 10 });
    const before = own.maps![0].values.slice();
    lookupsOf(
      own,
      Uint32Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 500 + i : 7)),
      2,
    );
    expect(own.maps![0].values).toEqual(before);
  });
});

test('an epoch that is gone back to is gone back to with the ids that owned its rows', async () => {
  const fields = zipfFields([400]);
  const plan = feasiblePlan(multiProbeHashing, layerAt(fields, 8, 8), { age: 1 });
  const embedding = new Embedding(plan, await cpu.open({}), 'sgd', 1);
  const lookUp = (ids: Uint32Array, training?: { index: number; steps: number }) => [
    ...tf.tidy(() => embedding.embed(ids, ids.length, 1, training).dataSync()),
  ];
  const train = async (ids: Uint32Array, index: number) => {
    lookUp(ids, { index, steps: 9 });
    await embedding.afterStep();
  };
  const first = everyId(30);
  await train(first, 0);
  embedding.save();
  const before = lookUp(first);
  for (let step = 1; step < 9; step++) await train(everyId(400).subarray(40 * step, 40 * step + 40), step);
  expect(lookUp(first)).not.toEqual(before);
  embedding.restore();
  expect(lookUp(first)).toEqual(before);
  embedding.dispose();
});
