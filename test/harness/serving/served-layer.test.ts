import * as tf from '../../../tensors/index.ts';
import { describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { none, type OpenBackend } from '../../../harness/contract/backend.ts';
import { idMap } from '../../../harness/contract/indices.ts';
import type { Plan, Storage, Table } from '../../../harness/contract/method.ts';
import { sizeOf, tableFloats, tableRows } from '../../../harness/contract/size.ts';
import { Embedding } from '../../../harness/embedding/embedding.ts';
import { HostIndices } from '../../../harness/embedding/host-indices.ts';
import { loadServing, saveServing, servedBytes } from '../../../harness/serving/served-layer.ts';
import { ServedRows } from '../../../harness/serving/served-rows.ts';
import { describeBackends } from '../../backends/compared.ts';
import { column } from '../../column.ts';
import { storedAndRead, tableOf } from './tables.ts';

const forms: readonly (readonly [string, Storage | undefined])[] = [
  ['fp32', undefined],
  ['fp16', { kind: 'fp16' }],
  ['8 bits', { kind: 'row-wise', bits: 8, range: 'min-max' }],
  ['4 bits', { kind: 'row-wise', bits: 4, range: 'greedy' }],
  ['2 bits, rows that share scales', { kind: 'row-wise', bits: 2, range: 'min-max', block: 20 }],
  ['8-bit floats', { kind: 'fp8', element: 'e4m3', scaled: true }],
  ['6-bit floats that share exponents', { kind: 'mx', element: 'e2m3', block: 32 }],
  ['4-bit floats that share exponents', { kind: 'mx', element: 'e2m1', block: 32 }],
  ['8-bit integers that share exponents', { kind: 'mx', element: 'int8', block: 32 }],
  ['4-bit normal floats', { kind: 'nf4', block: 64, scales: 'fp32' }],
  ['a grid', { kind: 'grid', bits: 5, step: 0.1 }],
  ['a bitmap', { kind: 'sparse', nonZeros: 60 }],
  ['a list', { kind: 'sparse', nonZeros: 5 }],
];
const fields = 3;
const rows = 40;
const ids = Uint32Array.from({ length: 20 * fields }, (_, i) => (7 * i) % rows);

/** Rows of two tables, the second of them overlapping, times a weight; ids go through a map first. */
function planOf(stored: Storage | undefined): Plan {
  const [own, shared] = [tableOf(6, rows, stored), tableOf(6, rows, stored, 2)];
  const weight = { shape: [6], init: { mean: 1, halfWidth: 0.5 } };
  const map = idMap(rows, 6, () => Uint32Array.from({ length: rows }, (_, id) => (id * 13) % rows));
  return {
    tables: [own, shared],
    weights: [weight],
    maps: [map],
    choices: {},
    embed: ({ ids, rows, weight: valueOf }) =>
      tf.mul(tf.add(rows(own, ids.through(map)), rows(shared, ids)), valueOf(weight)),
  };
}

/** Floats of a table each once, as they were trained. */
async function floatsOf(embedding: Embedding, table: Table): Promise<Float32Array> {
  const { width, stride = width } = table;
  const read = await embedding.rowsOf(table).read(0, tableRows(table));
  const floats = new Float32Array(tableFloats(table));
  for (let row = 0; row < tableRows(table); row++)
    floats.set(read.subarray(row * width, (row + 1) * width), row * stride);
  return floats;
}

async function vectorsOf(embedding: Embedding): Promise<Float32Array> {
  const vectors = tf.tidy(() => embedding.embed(ids, ids.length / fields, fields));
  const values = await vectors.data<'float32'>();
  vectors.dispose();
  return values;
}

/** In plain arithmetic, from what the trained floats become when they are stored. */
async function expectedOf(plan: Plan, trained: Embedding): Promise<Float32Array> {
  const [own, shared] = await Promise.all(
    plan.tables.map(async (table) => storedAndRead(table, await floatsOf(trained, table))),
  );
  const weight = await trained.variableOf(plan.weights![0]).data<'float32'>();
  return Float32Array.from({ length: ids.length * 6 }, (_, i) => {
    const [id, k] = [ids[Math.floor(i / 6)], i % 6];
    return Math.fround(own[((id * 13) % rows) * 6 + k] + shared[id * 2 + k]) * weight[k];
  });
}

async function expectServed(backend: OpenBackend, form: Storage | undefined, tolerance: number) {
  const plan = planOf(form);
  const trained = new Embedding(plan, backend, 'adagrad', 5);
  const saved = await saveServing(trained);
  expect(servedBytes(saved)).toBe(sizeOf(plan).servingBytes);
  const expected = await expectedOf(plan, trained);
  plan.maps![0].values.fill(0);
  const served = loadServing(plan, saved, backend);
  const found = await vectorsOf(served);
  expect(Math.max(...found.map((x, i) => Math.abs(x - expected[i])))).toBeLessThanOrEqual(tolerance);
  const decoded = backend.createIndices !== undefined;
  const rescaled = form?.kind === 'row-wise';
  const unsigned = form !== undefined && 'element' in form && form.element !== 'int8'; // a small float that is 0 loses its sign
  if (!decoded || !(rescaled || unsigned)) expect(await saveServing(served)).toEqual(saved);
  trained.dispose();
  served.dispose();
}

describeBackends('what is stored is what is looked up on', (backend) => {
  test.each(forms)('%s', async (_name, form) => {
    await expectServed(await backend.open({}), form, 1e-6);
  });
});

describe('on a device that this process cannot read indices of', () => {
  test.each(forms)('%s: rows are decoded to there', async (_name, form) => {
    const backend = await cpu.open({});
    const createIndices: OpenBackend['createIndices'] = (...args) => new HostIndices(...args);
    await expectServed({ ...backend, createIndices }, form, 0);
  });
});

describe('on the cpu', () => {
  test.each(forms)('%s: to the last bit', async (_name, form) => {
    await expectServed(await cpu.open({}), form, 0);
  });
});

describe('served rows', () => {
  const table = tableOf(2, 3, { kind: 'fp16' });
  const served = new ServedRows(table, new Uint8Array(Uint16Array.of(0x3c00, 0, 0, 0x3c00, 0, 0).buffer));

  test('are zeros where there is none', () => {
    expect([...served.gather(column(1, none, 0)).dataSync()]).toEqual([0, 1, 0, 0, 1, 0]);
  });

  test('beyond the last are refused', () => {
    expect(() => served.gather(column(3))).toThrow('row 3 is outside a table of 3 rows');
  });

  test('are read from one to another', async () => {
    expect([...(await served.read(1, 3))]).toEqual([0, 1, 0, 0]);
  });

  test('are not trained', () => {
    for (const change of ['update', 'write', 'copy', 'save', 'restore'] as const)
      expect(() => served[change]()).toThrow('rows that are served are not trained');
  });
});
