import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '../../../tensors/index.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { random } from '../../../base/random.ts';
import type { OpenBackend } from '../../../harness/contract/backend.ts';
import type { RowSource } from '../../../harness/contract/conversion.ts';
import type { Plan, Table, Trained } from '../../../harness/contract/method.ts';
import { sizeOf } from '../../../harness/contract/size.ts';
import { codecOf } from '../../../harness/serving/codecs.ts';
import { packBits } from '../../../harness/serving/bits.ts';
import { loadServing, servedBytes, type ServedLayer } from '../../../harness/serving/served-layer.ts';
import { fullTable } from '../../../methods/shared/rows/full-table.ts';
import { idsFrom, openFile } from '../../../serving/compress/open-in-pieces.ts';
import { writeTables } from '../../../serving/compress/write-tables.ts';
import { openSafetensors } from '../../../serving/safetensors/read.ts';
import { findMethod } from '../../../suites/find-method.ts';
import { feasiblePlan, layerAt } from '../../layers.ts';

/**
 * A conversion that reads rows in pieces stores the bytes that `next` makes of the same rows held whole; and what is stored decodes to what
 * the plan's own embed() looks up in it.
 */

const folder = fs.mkdtempSync(join(tmpdir(), 'embed-bench-converter-'));
let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

const dim = 6;
const stream = random(7);
const cardinalities = [260, 37, 600];
/** Counts in the order of ids, in another one, and without any look-ups of some. */
const fields = cardinalities.map((cardinality, f) => ({
  name: `C${f}`,
  cardinality,
  counts: Uint32Array.from({ length: cardinality }, (_, id) =>
    f === 0 ? Math.ceil(1000 / (id + 1)) : Math.floor(40 * stream.uniform() ** 6),
  ),
}));
const ids = cardinalities.reduce((sum, count) => sum + count, 0);
const rows = Float32Array.from({ length: ids * dim }, (_, at) => stream.normal() * (at % 7 === 0 ? 3 : 1));

function sourceOf(f: number): RowSource {
  const own = fullTable({ fields }, dim).rowsOf(rows, f);
  return {
    rows: fields[f].cardinality,
    width: dim,
    pieceRows: 97, // several pieces, the last one shorter
    read: (from, to) => own.slice(from * dim, to * dim),
  };
}

const cases: [name: string, options: Record<string, unknown>, compression: number][] = [
  ['product-quantization', {}, 4],
  ['product-quantization', {}, 16],
  ['product-quantization', { parts: 4, codewords: 16, keep: 0 }, 12],
  ['product-quantization', { kind: 'residual', keep: 0 }, 8],
  ['product-quantization', { kind: 'residual', levels: 3, weighted: false }, 12],
  ['int8(product-quantization)', {}, 12],
  ['svd', {}, 3],
  ['svd', { scope: 'all', centred: false }, 3],
  ['svd', { decomposition: 'sketch', weighted: false }, 2],
  ['int8(svd)', {}, 6],
  ['magnitude-pruning', {}, 6],
  ['magnitude-pruning', { granularity: 'row' }, 6],
  ['int8(magnitude-pruning)', { granularity: 'row' }, 6],
  ['leverage', {}, 6],
  ['leverage', { rest: 'project', rank: 2 }, 2],
  ['leverage', { score: 'norm' }, 12],
  ['deduplication', {}, 5],
  ['deduplication', { block: 4 }, 5],
];

/** The last stage of a plan that trains nothing more, from these rows; stored as the harness stores it. */
async function storedByNext(plan: Plan): Promise<{ served: Plan; layer: ServedLayer }> {
  const never = () => {
    throw new Error('a conversion asks for rows alone');
  };
  const trained: Trained = {
    ...{ initialRows: never, weight: never, vectors: never, auc: never },
    rows: () => Promise.resolve(rows.slice()),
  };
  const stage = await plan.next!(trained);
  const { plan: served, contents } = stage;
  const bytesOf = (floats: Float32Array) => new Uint8Array(floats.slice().buffer);
  return {
    served,
    layer: {
      tables: served.tables.map((table) => codecOf(table).encode(contents!.get(table)!)),
      weights: (served.weights ?? []).map((weight) => bytesOf(contents!.get(weight)!)),
      maps: (served.maps ?? []).map(({ values, bits }) => packBits(values, bits)),
    },
  };
}

function convert(plan: Plan, path: string) {
  const conversion = plan.converter!.convert(sourceOf);
  const sources = fields.map(({ name, cardinality }) => ({ name, rows: cardinality }));
  return { conversion, written: writeTables(path, [{ dim, sources, conversion }]) };
}

/** Vectors of the ids of all fields, from what is stored: [ids, dim]. */
function decodedRows(path: string, written: ReturnType<typeof convert>['written']): Float32Array {
  const { lookups, close } = openFile(path, written);
  const decoded = fields.flatMap(({ name, cardinality }) => [...lookups.vectors(name, idsFrom(0, cardinality))]);
  close();
  return Float32Array.from(decoded);
} // prettier-ignore

/** Vectors of all ids by the plan's own embed(), in what is stored: [ids, dim]. */
function embeddedRows(served: Plan, layer: ServedLayer): Float32Array {
  const embedding = loadServing(served, layer, backend);
  const most = Math.max(...cardinalities);
  const batch = Uint32Array.from({ length: most * fields.length }, (_, at) => Math.floor(at / fields.length) % cardinalities[at % fields.length]); // prettier-ignore
  const all = tf.tidy(() => embedding.embed(batch, most, fields.length).dataSync<'float32'>());
  embedding.dispose();
  const { offsets } = fullTable({ fields }, dim);
  const vectors = new Float32Array(ids * dim);
  fields.forEach(({ cardinality }, f) => {
    for (let id = 0; id < cardinality; id++) {
      const at = (id * fields.length + f) * dim;
      vectors.set(all.subarray(at, at + dim), (offsets[f] + id) * dim);
    }
  });
  return vectors;
}

describe.each(cases)('%s %j at %fx', (name, options, compression) => {
  const plan = feasiblePlan(findMethod(name), layerAt(fields, dim, compression), options);

  test('stores the bytes of next, as many as were counted, and decodes to what is looked up', async () => {
    const path = join(folder, 'model.safetensors');
    const { served, layer } = await storedByNext(plan);
    const { conversion, written } = convert(plan, path);
    expect(served.choices).toMatchObject(conversion.plan.choices);
    const { tensors, close } = openSafetensors(path);
    const bytes = (kind: string, count: number) =>
      Array.from({ length: count }, (_, i) => {
        const { read, bytes } = tensors.get(`${kind}.${i}`)!;
        return read(0, bytes);
      });
    expect(bytes('maps', layer.maps.length)).toEqual(layer.maps);
    expect(bytes('weights', layer.weights.length)).toEqual(layer.weights);
    expect(bytes('tables', layer.tables.length)).toEqual(layer.tables);
    expect(tensors.size).toBe(layer.maps.length + layer.weights.length + layer.tables.length);
    expect(sizeOf(conversion.plan as Plan).servingBytes).toBe(servedBytes(layer));
    close();

    const expected = embeddedRows(served, layer);
    const worst = decodedRows(path, written).reduce((most, x, at) => Math.max(most, Math.abs(x - expected[at])), 0); // prettier-ignore
    expect(worst).toBeLessThan(2e-6);
  });
});

describe('methods that train one stage', () => {
  const oneStage: [string, Record<string, unknown>, number][] = [
    ['frequency-truncation', {}, 5],
    ['frequency-truncation', { oov: 3 }, 5],
    ['int4(frequency-truncation)', {}, 9],
    ['full', {}, 1],
    ['int8(full)', {}, 1],
    ['int4(full)', { floatsPerScale: 1 }, 1],
    ['int2(full)', {}, 1],
    ['fp16(full)', {}, 1],
    ['fp8(full)', {}, 1],
    ['fp8-e5m2(full)', { scaled: false }, 1],
    ['mxfp4(full)', {}, 1],
    ['mxfp6(full)', {}, 1],
    ['nf4(full)', {}, 1],
    ['nf4(full)', { scales: 'double' }, 1],
  ];

  test.each(oneStage)('%s %j at %fx decodes to what is looked up', (name, options, compression) => {
    const plan = feasiblePlan(findMethod(name), layerAt(fields, dim, compression), options);
    const path = join(folder, 'model.safetensors');
    const { conversion, written } = convert(plan, path);
    const contents = new Map<Table, Float32Array>(
      plan.tables.map((table, i) => {
        const pieces = [...conversion.tables.get(conversion.plan.tables[i])!()];
        return [table, Float32Array.from(pieces.flatMap((piece) => [...piece]))];
      }),
    );
    const layer: ServedLayer = {
      tables: plan.tables.map((table) => codecOf(table).encode(contents.get(table)!)),
      weights: [],
      maps: (plan.maps ?? []).map(({ values, bits }) => packBits(values, bits)),
    };
    const { tensors, close } = openSafetensors(path);
    const { read, bytes } = tensors.get('tables.0')!;
    expect(read(0, bytes)).toEqual(layer.tables[0]);
    close();
    const expected = embeddedRows(plan, layer);
    const decoded = decodedRows(path, written);
    expect(decoded).toEqual(expected);
    if (name === 'full') expect(decoded).toEqual(rows);
  });

  test('a shared row of truncation is the mean of those it stands for, by their counts', () => {
    const plan = feasiblePlan(findMethod('frequency-truncation'), layerAt(fields, dim, 5));
    const kept = (plan.choices.kept as number[])[2];
    const path = join(folder, 'model.safetensors');
    const { written } = convert(plan, path);
    const { counts, cardinality } = fields[2];
    const rest = [...Array(cardinality).keys()].sort((a, b) => counts[b] - counts[a] || a - b).slice(kept);
    const own = fullTable({ fields }, dim).rowsOf(rows, 2);
    const total = rest.reduce((sum, id) => sum + counts[id], 0);
    const weightOf = (id: number) => (total > 0 ? counts[id] / total : 1 / rest.length);
    const { lookups, close } = openFile(path, written);
    for (let k = 0; k < dim; k++) {
      const mean = rest.reduce((sum, id) => sum + weightOf(id) * own[id * dim + k], 0);
      for (const id of rest.slice(0, 3)) expect(lookups.vectors('C2', [id])[k]).toBeCloseTo(mean, 5);
    } // prettier-ignore
    expect(rest.length).toBeGreaterThan(10);
    close();
  });
});
