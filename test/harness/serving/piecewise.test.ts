import { describe, expect, test } from 'vitest';
import { random } from '../../../base/random.ts';
import type { Storage, Table } from '../../../harness/contract/method.ts';
import { packBits } from '../../../harness/serving/bits.ts';
import { codecOf } from '../../../harness/serving/codecs.ts';
import {
  encodePieces,
  inUnits,
  openStretch,
  packPieces,
  wholeUnits,
} from '../../../harness/serving/piecewise.ts';

const forms: (Storage | undefined)[] = [
  undefined,
  { kind: 'fp16' },
  { kind: 'row-wise', bits: 8, range: 'min-max' },
  { kind: 'row-wise', bits: 4, range: 'greedy', block: 32 },
  { kind: 'row-wise', bits: 2, range: 'greedy', block: 9 },
  { kind: 'fp8', element: 'e4m3', scaled: true },
  { kind: 'fp8', element: 'e5m2', scaled: false },
  { kind: 'mx', element: 'e2m3', block: 32 },
  { kind: 'mx', element: 'e2m1', block: 5 },
  { kind: 'nf4', block: 64, scales: 'fp16' },
  { kind: 'nf4', block: 7, scales: 'fp32' },
  { kind: 'nf4', block: 16, scales: 'double' },
  { kind: 'grid', bits: 3, step: 0.5 },
  { kind: 'sparse', nonZeros: 1 },
  { kind: 'sparse', nonZeros: 50 },
  { kind: 'sparse', nonZeros: 200 },
  { kind: 'sparse', nonZeros: 1000 },
];
const stream = random(3);
const pieces = function* (floats: Float32Array, lengths: readonly number[]) {
  for (let from = 0, i = 0; from < floats.length; i++) {
    const count = lengths[i % lengths.length];
    yield floats.subarray(from, from + count);
    from += count;
  }
};
const joined = (parts: Iterable<Uint8Array>) => new Uint8Array(Buffer.concat([...parts]));

describe.each(forms)('%j', (stored) => {
  test.each([1, 37, 100])('%d rows: pieces give the bytes of the whole, and stretches its floats', (rows) => {
    const table: Table = { width: 6, parts: [{ rows, init: { mean: 0, halfWidth: 0 } }], ...(stored && { stored }) };
    const floats = Float32Array.from({ length: 6 * rows }, () => Math.round(8 * stream.normal()) / 4);
    const whole = codecOf(table).encode(floats);
    for (const lengths of [[1], [7, 0, 13], [6 * rows]])
      expect(joined(encodePieces(table, () => pieces(floats, lengths)))).toEqual(whole);
    const bytes = (from: number, count: number) => whole.slice(from, from + count);
    const decode = codecOf(table).reader(whole.slice());
    for (const [from, count] of [[0, 6 * rows], [6 * rows - 1, 1], [3, 2], [0, 0], [5 * rows, rows]]) {
      const expected = new Float32Array(count);
      if (count > 0) decode(from, count, expected, 0);
      const [first, end] = wholeUnits(table, from, from + count);
      expect(first <= from && from + count <= end && end <= 6 * rows).toBe(true);
      const found = new Float32Array(count);
      if (count > 0) openStretch(table, bytes, first, end)(from - first, count, found, 0);
      expect(found).toEqual(expected);
    }
  }); // prettier-ignore
});

test('lists are cut and joined to whole units', () => {
  const lists = [[1], [], [2, 3, 4], [5, 6, 7, 8, 9]].map((list) => Uint32Array.from(list));
  expect([...inUnits(lists, 4)].map((list) => [...list])).toEqual([[1, 2, 3, 4], [5, 6, 7, 8], [9]]);
});

test.each([1, 3, 8, 13, 32])('packed integers of %d bits', (bits) => {
  const values = Uint32Array.from({ length: 101 }, () => Math.floor(stream.uniform() * 2 ** bits));
  const some = [values.subarray(0, 3), values.subarray(3, 64), values.subarray(64)];
  expect(joined(packPieces(some, bits))).toEqual(packBits(values, bits));
});
