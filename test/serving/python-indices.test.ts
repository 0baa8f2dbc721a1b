import { describe, expect, test } from 'vitest';
import { hash32 } from '../../base/hash.ts';
import { random } from '../../base/random.ts';
import { IndexOperations } from '../../serving/reader/index-operations.ts';
import { heldMaps } from '../../serving/reader/sets.ts';
import { hasNumPy, pythonJson } from './python.ts';

/** Operations on indices of both readers against their definitions, on sets and classes of several stretches. */

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

describe.skipIf(!hasNumPy)('operations on indices', () => {
  const none = 2 ** 32 - 1;
  const ids = 2500;
  const stream = random(7);
  const members = Array.from({ length: ids }, (_, id) => id).filter(() => stream.uniform() < 0.2);
  const isMember = (id: number) => members.includes(id);
  const below = (id: number) => members.filter((one) => one < id).length;
  const labels = Array.from({ length: ids }, () => Math.floor(4 * stream.uniform()));
  const rankIn = (items: readonly number[], item: number) =>
    items.slice(0, item).filter((label) => label === items[item]).length;

  /** Maps of 12 bits are packed, those of 32 are not. */
  const bitmapWords = new Uint32Array(Math.ceil(ids / 32));
  for (const id of members) bitmapWords[id >>> 5] |= 1 << (id & 31);
  const countsBefore = (items: readonly number[], stored: number) =>
    Array.from({ length: Math.ceil(items.length / 512) * stored }, (_, i) =>
      items.slice(0, 512 * Math.floor(i / stored)).filter((label) => label === i % stored).length,
    ); // prettier-ignore
  const memberLabels = members.map((id) => labels[id]);
  const runStarts = [0, 100, 900, 0, 7];
  const runLabels = [2, 0, 1, 0, 2];
  const maps: readonly (readonly [values: ArrayLike<number>, bits: number])[] = [
    [[...members, ids, ids], 12],
    [[...members, ids, ids], 32],
    [bitmapWords, 32],
    [Array.from({ length: 4 }, (_, i) => below(512 * (i + 1))), 12],
    [labels, 2],
    [countsBefore(labels, 3), 32],
    [memberLabels, 2],
    [countsBefore(memberLabels, 3), 32],
    [[3, 2], 12],
    [runStarts, 12],
    [runLabels, 2],
    [slots(), 32],
  ];
  /** Slots of 40 keys, open addressing by hash, of which one was left without a place. */
  function slots(): number[] {
    const table = new Array<number>(64).fill(none);
    for (let key = 0; key < 40; key++)
      for (let slot = hash32(key, 5) % 64, probe = 0; probe < 4; probe++, slot = (slot + 1) % 64)
        if (table[slot] === none) {
          table[slot] = key;
          break;
        }
    return table;
  }

  const offsets = [0, 1500];
  const x = Array.from({ length: 200 }, (_, i) =>
    i % 17 === 0 ? none : Math.floor((i % 2 === 0 ? 1500 : 1000) * stream.uniform()),
  );
  const wide = Array.from({ length: 200 }, (_, i) => (i % 17 === 0 ? none : hash32(i, 3)));
  const column = (i: number) => i % 2;
  const unless = (of: (index: number, column: number) => number) => (index: number, i: number) =>
    index === none ? none : of(index, column(i)) >>> 0;
  const list = (map: number) => ({ form: 'list', ids, stretch: 512, maps: [map] });
  const bitmap = { form: 'bitmap', ids, stretch: 512, maps: [2, 3] };
  const empty = { form: 'list', ids, stretch: 512, maps: [] };
  const classes = { offsets, ids, classes: 4, stored: 3, stretch: 512 };
  const runsAt = (index: number, column: number) => {
    const own = [0, 1, 2, 3, 4].filter((run) => (run < 3 ? 0 : 1) === column && runStarts[run] <= index);
    return own.at(-1)!;
  };
  const items = (label: number) =>
    Array.from({ length: ids }, (_, number) => number).filter((number) => {
      const column = number < 1500 ? 0 : 1;
      return runLabels[runsAt(number - offsets[column], column)] === label;
    });

  type Case = readonly [op: string, attributes: object, input: number[], wanted: (index: number, i: number) => number]; // prettier-ignore
  const cases: readonly Case[] = [
    ['index-plus', { by: [5, none] }, wide, unless((index, c) => index + [5, none][c])],
    ['index-times', { by: [0x7feb352d, 3] }, wide, unless((index, c) => Math.imul(index, [0x7feb352d, 3][c]))],
    ['index-div', { by: 7 }, wide, unless((index) => Math.floor(index / 7))],
    ['index-mod', { by: [10, 4_000_000_000] }, wide, unless((index, c) => index % [10, 4_000_000_000][c])],
    ['index-and', { by: 0xf0f0f0f0 }, wide, unless((index) => index & 0xf0f0f0f0)],
    ['index-hash', { by: [1, 4_294_967_295] }, wide, unless((index, c) => hash32(index, [1, 4_294_967_295][c]))],
    ['index-within', { from: [10, 500], to: [900, 600] }, x, (index, i) => {
      const [from, to] = [[10, 900], [500, 600]][column(i)]; // prettier-ignore
      return index >= from && index < to ? index - from : none;
    }],
    ['index-map', { map: 4 }, x, unless((index) => labels[index])],
    ['index-known', {}, x, (index) => Number(index !== none)],
    ...[list(0), list(1), bitmap].flatMap((set): Case[] => [
      ['index-among', { set }, x, unless((index) => (isMember(index) ? below(index) : none))],
      ['index-besides', { set }, x, unless((index) => (isMember(index) ? none : index - below(index)))],
    ]),
    ['index-among', { set: empty }, x, () => none],
    ['index-besides', { set: empty }, x, (index) => index],
    ...[0, 2, 3].flatMap((label): Case[] => [
      ['index-class', { label, classes: { ...classes, form: 'labels', maps: [4, 5] } }, x, unless((index, c) => {
        const number = offsets[c] + index;
        return labels[number] !== label ? none : label < 3 ? rankIn(labels, number) : 0;
      })],
      ['index-class', { label, classes: { ...classes, form: 'set', set: bitmap, maps: [6, 7] } }, x, unless((index, c) => {
        const number = offsets[c] + index;
        if (!isMember(number)) return label === 3 ? 0 : none;
        const place = below(number);
        return memberLabels[place] !== label ? none : label < 3 ? rankIn(memberLabels, place) : 0;
      })],
      ['index-class', { label, classes: { ...classes, stored: 2, form: 'runs', maps: [8, 9, 10] } }, x, unless((index, c) => {
        if (runLabels[runsAt(index, c)] !== label) return none;
        return label < 2 ? items(label).indexOf(offsets[c] + index) : 0;
      })],
    ]),
    ['index-probed', { slots: { keys: 11, probes: 4, empty: none, seed: 5 } }, x.map((index) => (index === none ? none : index % 50)),
      unless((index) => slots().includes(index) ? slots().indexOf(index) : none)],
  ]; // prettier-ignore

  const found = hasNumPy
    ? pythonJson<number[][]>(
        `import base64, json, sys
import numpy as np
from embed_bench_reader.bits import PackedMap
from embed_bench_reader.indices import INDEX_OPERATIONS
given = json.load(sys.stdin)
maps = [PackedMap(np.frombuffer(base64.b64decode(data), np.uint8), length, bits) for data, length, bits in given["maps"]]
def run(op, attributes, x):
    return INDEX_OPERATIONS[op](attributes, maps)({"x": np.array(x, np.uint32).reshape(-1, 2)}).reshape(-1).tolist()
print(json.dumps([run(*case) for case in given["cases"]]))`,
        {
          maps: maps.map(([values, bits]) => [base64(packed(values, bits)), values.length, bits]),
          cases: cases.map(([op, attributes, input]) => [op, attributes, input]),
        },
      )
    : [];

  /** Integers side by side, put together bit by bit. */
  function packed(values: ArrayLike<number>, bits: number): Uint8Array {
    const bytes = new Uint8Array(Math.ceil((values.length * bits) / 8));
    for (let bit = 0; bit < values.length * bits; bit++)
      if ((values[Math.floor(bit / bits)] >>> (bit % bits)) & 1) bytes[bit >>> 3] |= 1 << (bit & 7);
    return bytes;
  }

  test.each(cases.map(([op, attributes, input, wanted], i) => [op, i, attributes, input, wanted] as const))(
    '%s (%#)',
    (_, i, __, input, wanted) => {
      expect(found[i]).toEqual(input.map(wanted));
    },
  );

  test.each(cases.map(([op, attributes, input, wanted]) => [op, attributes, input, wanted] as const))(
    '%s in TypeScript (%#)',
    (op, attributes, input, wanted) => {
      const operations = new IndexOperations(heldMaps(maps.map(([values]) => Uint32Array.from(values))));
      const x = { data: Uint32Array.from(input), columns: 2 };
      const { data } = operations.run(op, { x }, attributes as Record<string, unknown>);
      expect([...data]).toEqual(input.map(wanted));
    },
  );
});
