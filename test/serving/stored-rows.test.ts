import { describe, expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import type { Storage, Table } from '../../harness/contract/method.ts';
import { codecOf } from '../../harness/serving/codecs.ts';
import { layerInFile } from '../../serving/compress/layer-in-file.ts';
import { describeTable, tableTensor } from '../../serving/program/stored-tensor.ts';
import { heldTable } from '../../serving/reader/stored-rows.ts';
import type { StoredTensor } from '../../serving/safetensors/read.ts';
import { idsFrom } from '../../serving/compress/open-in-pieces.ts';

/** Tables that are longer than an array may be, and tables that stay in their file, give the rows of those that are held whole. */

const [rows, width] = [300, 6];
const forms: (Storage | undefined)[] = [
  undefined,
  { kind: 'fp16' },
  { kind: 'row-wise', bits: 8, range: 'min-max' },
  { kind: 'row-wise', bits: 4, range: 'min-max', block: 32 },
  { kind: 'fp8', element: 'e4m3', scaled: true },
  { kind: 'mx', element: 'e2m3', block: 32 },
  { kind: 'nf4', block: 7, scales: 'fp32' },
  { kind: 'nf4', block: 16, scales: 'double' },
  { kind: 'grid', bits: 3, step: 0.5 },
  { kind: 'sparse', nonZeros: 200 },
];

function stored(form: Storage | undefined, stride?: number) {
  const init = { mean: 0, halfWidth: 0 };
  const table: Table = { width, parts: [{ rows, init }], ...(form && { stored: form }), ...(stride && { stride }) }; // prettier-ignore
  const stream = random(9);
  const described = describeTable(table, 'tables.0');
  const bytes = codecOf(table).encode(Float32Array.from({ length: described.floats }, () => stream.normal()));
  const reads: number[] = [];
  const tensor: StoredTensor = {
    ...{ name: 'tables.0', ...tableTensor(table), bytes: bytes.length },
    read(from, count) {
      reads.push(count);
      return bytes.slice(from, from + count);
    },
  };
  const whole = codecOf(table).reader(bytes);
  const rowOf = (row: number) => {
    const found = new Float32Array(width);
    whole(row * described.stride, width, found, 0);
    return found;
  };
  return { described, tensor, reads, rowOf };
}

test.each(forms)('%j in segments', (form) => {
  const { described, tensor, reads, rowOf } = stored(form);
  const read = heldTable(described, tensor, 500);
  for (let row = 0; row < rows; row++) {
    const found = new Float32Array(width + 1);
    read(row * width, width, found, 1);
    expect(found.subarray(1)).toEqual(rowOf(row));
  }
  const isWhole = form?.kind === 'sparse' || (form?.kind === 'nf4' && form.scales === 'double');
  if (isWhole) expect(reads).toEqual([tensor.bytes]);
  else {
    expect(reads.length).toBeGreaterThan(tensor.bytes / 700);
    expect(Math.max(...reads)).toBeLessThanOrEqual(500);
  }
});

test('rows that overlap are in one array', () => {
  const { described, tensor, reads, rowOf } = stored(undefined, 2);
  const read = heldTable(described, tensor, 500);
  const found = new Float32Array(width);
  read(2 * 150, width, found, 0);
  expect(found).toEqual(rowOf(150));
  expect(reads).toEqual([tensor.bytes]);
});

test('a tensor that no array can hold is refused in words', () => {
  const { described, tensor } = stored({ kind: 'sparse', nonZeros: 200 });
  const huge = { ...tensor, bytes: 2 ** 54 };
  expect(() => heldTable(described, huge)).toThrow(/^the tensor tables\.0 has 18014398\.5 GB, and an array of this Node\.js .* take Node\.js 22 or later$/); // prettier-ignore
});

describe.each(forms)('%j in its file', (form) => {
  const { described, tensor, reads, rowOf } = stored(form);
  const layer = { tables: [described], weights: [], maps: [], arrays: [] };
  const { rowsOf } = layerInFile(layer, { find: () => tensor, bytes: () => 0 }, 0);

  test('a stretch is read, and no more', () => {
    const data = idsFrom(100, 110);
    const found = rowsOf(0, { data, columns: 1 });
    expect(found.data).toEqual(Float32Array.from([...data].flatMap((row) => [...rowOf(row)])));
    const isWhole = form?.kind === 'sparse' || (form?.kind === 'nf4' && form.scales === 'double');
    const most = isWhole ? tensor.bytes : (tensor.bytes * 10) / rows + 80;
    expect(reads.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(most);
  });

  test('rows in no order are read from the whole, once', () => {
    for (const data of [Uint32Array.of(0, 299), Uint32Array.of(299, 2 ** 32 - 1, 7)])
      expect(rowsOf(0, { data, columns: 1 }).data).toEqual(Float32Array.from([...data].flatMap((row) => (row < rows ? [...rowOf(row)] : Array<number>(width).fill(0))))); // prettier-ignore
    expect(reads.filter((count) => count >= tensor.bytes - 4)).toHaveLength(1);
    expect(() => rowsOf(0, { data: Uint32Array.of(300), columns: 1 })).toThrow(/outside/);
  });
});
