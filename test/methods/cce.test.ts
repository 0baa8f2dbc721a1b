import { beforeAll, describe, expect, test } from 'vitest';
import * as tf from '../../tensors/index.ts';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import type { Plan } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { cce } from '../../methods/cce/index.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
import { everyId, lookupsOf } from './lookups.ts';
import { nextStage } from './untrained.ts';

const fields = zipfFields([900]);
const planAt = (ratio: number, options = {}) => feasiblePlan(cce, layerAt(fields, 8, ratio), options);

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const vectorsOf = (plan: Plan, contents?: Awaited<ReturnType<typeof nextStage>>['contents']) => {
  const embedding = new Embedding(plan, backend, 'sgd', 1, contents);
  const vectors = tf.tidy(() => embedding.embed(everyId(900), 900, 1).dataSync<'float32'>());
  embedding.dispose();
  return vectors;
};

describe('clustered compositional embeddings', () => {
  test('train once in all, and go on where they were', async () => {
    const first = planAt(8, { clusterings: 3 });
    const shares = [first.training!.share!];
    const names = [first.training!.continues];
    let plan = first;
    while (plan.next) {
      ({ plan } = await nextStage(plan, backend));
      shares.push(plan.training!.share!);
      names.push(plan.training!.continues);
    }
    expect(shares).toHaveLength(4);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(names).toEqual([undefined, true, true, true]);
    expect(sizeOf(plan)).toEqual(sizeOf(first)); // what was promised
  });

  test('put vectors near their cluster, closer than any other would, and the residual at zero', async () => {
    const first = planAt(6);
    const before = vectorsOf(first);
    const { plan, contents, network } = await nextStage(first, backend);
    expect(network).toBe('kept');
    const after = vectorsOf(plan, contents);
    const [clusters, residual] = plan.tables.slice(-2);
    expect(contents!.get(residual)!.every((x) => x === 0)).toBe(true);
    const books = contents!.get(clusters)!;
    const [{ parts, width }] = [clusters];
    const squared = (a: Float32Array, i: number, b: Float32Array, j: number) => {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += (a[i + k] - b[j + k]) ** 2;
      return sum;
    };
    for (let id = 0; id < 900; id += 7)
      parts.forEach(({ rows }, part) => {
        const at = id * 8 + part * width;
        const own = squared(before, at, after, at);
        let nearest = Infinity;
        for (let row = 0; row < rows; row++)
          nearest = Math.min(nearest, squared(before, at, books, (part * rows + row) * width));
        expect(own).toBeCloseTo(nearest, 6);
      });
  });

  test('start the residual at the mean of what clusters leave, where asked', async () => {
    const first = planAt(6, { residual: 'mean', weighted: false });
    const before = vectorsOf(first);
    const { plan, contents } = await nextStage(first, backend);
    const [clusters, residual] = plan.tables.slice(-2);
    const [means, books] = [contents!.get(residual)!, contents!.get(clusters)!];
    const looked = lookupsOf(plan, everyId(900), 1);
    const [own, second] = [clusters, residual].map((table) => looked.filter((look) => look.table === table));
    const { width, parts } = clusters;
    const columns = parts.length;
    expect([own.length, second.length]).toEqual([1, 1]);
    for (const row of [0, 5, parts[0].rows + 3]) {
      const left = new Array<number>(width).fill(0);
      let ids = 0;
      second[0].indices.forEach((at, i) => {
        if (at !== row) return;
        ids++;
        const [id, part] = [Math.floor(i / columns), i % columns];
        for (let k = 0; k < width; k++)
          left[k] += before[id * 8 + part * width + k] - books[own[0].indices[i] * width + k];
      });
      for (let k = 0; k < width; k++) expect(means[row * width + k]).toBeCloseTo(left[k] / ids, 6);
    }
  });

  test('draw the hash of the second row anew, once for all ids and batches', async () => {
    const first = planAt(6);
    const { plan } = await nextStage(first, backend);
    const residuals = (of: Plan, ids: Uint32Array) => {
      const table = of.tables.at(-1);
      return lookupsOf(of, ids, 1).find((look) => look.table === table)!.indices;
    };
    const all = residuals(plan, everyId(900));
    expect(all).not.toEqual(residuals(first, everyId(900)));
    const { columns } = lookupsOf(plan, everyId(900), 1).at(-1)!;
    for (let id = 0; id < 900; id += 90)
      expect(residuals(plan, Uint32Array.of(id))).toEqual(all.subarray(id * columns, (id + 1) * columns));
  });

  test('have no empty cluster that spoils a row: all ids alike leave finite numbers', async () => {
    const first = planAt(6);
    const same = new Map(
      first.tables.map((table) => [table, new Float32Array(sizeOf({ tables: [table] }).parameters)]),
    );
    const { plan, contents } = await nextStage(first, backend, same);
    expect(vectorsOf(plan, contents).every(Number.isFinite)).toBe(true);
  });

  test('count the clusters of ids: 900 ids of 4 chunks', () => {
    const plan = planAt(6);
    const { rows } = plan.choices as { rows: number[] };
    const codes = Math.ceil((900 * 4 * Math.ceil(Math.log2(rows[0]))) / 8);
    expect(sizeOf(plan).servingBytes).toBe(2 * rows[0] * 8 * 4 + codes);
  });

  test.each([8, 64])('uses most of the budget on Criteo Kaggle at %ix', (ratio) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    const { servingBytes } = sizeOf(feasiblePlan(cce, layer));
    expect(servingBytes).toBeLessThanOrEqual(layer.budget);
    expect(servingBytes).toBeGreaterThan(layer.budget / 2);
  });
});
