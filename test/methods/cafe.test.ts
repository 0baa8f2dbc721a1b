import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import { none, type OpenBackend } from '../../harness/contract/backend.ts';
import { bitsFor } from '../../harness/contract/indices.ts';
import type { Plan } from '../../harness/contract/method.ts';
import { random } from '../../base/random.ts';
import { sizeOf, tableRows } from '../../harness/contract/size.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { cafe } from '../../methods/cafe/index.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
import { everyId, lookupsOf } from './lookups.ts';
import { nextStage, update, vectorsOf } from './train-steps.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

describe("on Kaggle's cardinalities", () => {
  test.each([
    [100, 0.7, 135_050],
    [1000, 0.8, 15_434],
    [10_000, 0.9, 1_736],
  ])('at %i x, as the authors count, a share of %f pays for %i hot rows', (ratio, hot, hotRows) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    const plan = feasiblePlan(cafe, layer, { stored: 'sketch', keep: 0 }); // the share is the default
    expect(plan.choices.hotRows).toBe(hotRows);
    expect(feasiblePlan(cafe, layer, { stored: 'sketch', keep: 0, hot }).choices.hotRows).toBe(hotRows);
    const rows = (plan.choices.rows as number[]).reduce((sum, n) => sum + n, 0);
    expect(sizeOf(plan).servingBytes).toBe(64 * (hotRows + rows) + 48 * hotRows + 4);
    expect(sizeOf(plan).servingBytes).toBeGreaterThan(layer.budget - 64 * 27);
  });

  test('what is stored of a hot id is its row and 26 bits, and of medium ones three times 26 more', () => {
    const layer = layerAt(kaggleFields, 16, 1000);
    for (const levels of [1, 2]) {
      const plan = feasiblePlan(cafe, layer, { levels });
      const {
        hotRows,
        rows,
        secondRows = [],
      } = plan.choices as Record<string, number[]> & { hotRows: number };
      const all = [hotRows, ...rows, ...secondRows].reduce((sum, n) => sum + n, 0);
      const lists = [hotRows, 3 * hotRows].slice(0, levels);
      expect(bitsFor(33_762_577)).toBe(26);
      expect(sizeOf(plan).servingBytes).toBe(
        64 * all + lists.reduce((sum, ids) => sum + Math.ceil((26 * ids) / 8), 0),
      );
      expect(sizeOf(plan).servingBytes).toBeGreaterThan(0.999 * layer.budget);
    }
  });

  test('is planned in well under a second', () => {
    const start = performance.now();
    feasiblePlan(cafe, layerAt(kaggleFields, 16, 4), { levels: 2 });
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

/** One field of 100 ids on a few hashed rows, 8 hot rows of 4 floats. */
const fields = zipfFields([100]);
const dim = 4;
const planOf = (options: Record<string, unknown> = {}) => {
  const plan = feasiblePlan(cafe, { fields, dim, budget: 300, seed: 1 }, { keep: 0, hot: 0.5, ...options });
  return { plan, hotRows: plan.choices.hotRows as number };
};
const all = everyId(100);
const rowsOf = (plan: Plan) => lookupsOf(plan, all, 1)[0].indices;
const vector = (vectors: Float32Array, id: number) => vectors.subarray(id * dim, (id + 1) * dim);
const ids = (...list: number[]) => Uint32Array.from(list);
/** Often enough to be hot, not twice in a batch of gradients: counts are what these tests set. */
const times = (id: number, count: number) => new Array<number>(count).fill(id);

const embedding = (plan: Plan, rule: 'sgd' | 'adagrad' = 'adagrad') => new Embedding(plan, backend, rule, 1);

/** The vectors of all ids in the middle of a step, by the rows that they look up. */
async function vectorsBy(layer: Embedding): Promise<Float32Array> {
  const table = layer.plan.tables[0];
  const rows = await layer.rowsOf(table).read(0, tableRows(table));
  const vectors = new Float32Array(all.length * dim);
  for (const { indices } of lookupsOf(layer.plan, all, 1))
    indices.forEach((row, id) => {
      if (row !== none) for (let k = 0; k < dim; k++) vectors[id * dim + k] += rows[row * dim + k];
    });
  return vectors;
}

describe('an id that becomes hot', () => {
  const options = { importance: 'frequency', threshold: 3, decay: 1 };

  test('takes along the row it was looked up in, to the last bit', async () => {
    const { plan, hotRows } = planOf(options);
    const layer = embedding(plan);
    const before = rowsOf(plan);
    expect(before.every((row) => row >= hotRows)).toBe(true); // id 0 and row 0 too
    update(layer, ids(...times(0, 3), ...times(7, 3), 50), 1, { index: 0, slope: (at) => at - 2 });
    const vectors = await vectorsBy(layer);
    await layer.afterStep();
    const after = rowsOf(plan);
    expect([after[0], after[7]].sort()).toEqual([0, 1]);
    expect([...after].filter((row, id) => row !== before[id]).length).toBe(2);
    expect(vectorsOf(layer, all, 1)).toEqual(vectors);
    layer.dispose();
  });

  test('takes along what the optimizer knows, and goes its own way from there', async () => {
    const { plan } = planOf(options);
    const layer = embedding(plan);
    const before = rowsOf(plan);
    const mate = before.findIndex((row, id) => id > 0 && row === before[0]);
    for (const index of [0, 1]) {
      update(layer, ids(...times(0, 2), mate), 1, { index, slope: () => 1 });
      await layer.afterStep();
    }
    expect(rowsOf(plan)[0]).not.toBe(rowsOf(plan)[mate]);
    const same = () => {
      const vectors = vectorsOf(layer, all, 1);
      return vector(vectors, 0).every((x, k) => x === vector(vectors, mate)[k]);
    };
    expect(same()).toBe(true);
    update(layer, ids(0, mate), 1, { index: 2, slope: () => 1 });
    await layer.afterStep();
    expect(same()).toBe(true); // adagrad's steps are as small for one as for the other
    update(layer, ids(0, mate), 1, { index: 3, slope: (at) => at });
    await layer.afterStep();
    expect(same()).toBe(false);
    layer.dispose();
  });

  test('takes along the sum of two rows where it was medium', async () => {
    const { plan, hotRows } = planOf({ ...options, levels: 2, threshold: 4 });
    const layer = embedding(plan);
    const second = () => lookupsOf(plan, all, 1)[1].indices;
    expect(second().every((row) => row === none)).toBe(true);
    const step = async (index: number, batch: Uint32Array) => {
      update(layer, batch, 1, { index, slope: (at) => at + 1 });
      await layer.afterStep();
    };
    await step(0, ids(0, 7, 9)); // a fifth of the threshold, 0.8, makes them medium
    expect([...second().keys()].filter((id) => second()[id] !== none)).toEqual([0, 7, 9]);
    await step(1, ids(0, 7));
    await step(2, ids(0, 7));
    expect(rowsOf(plan)[0]).toBeGreaterThanOrEqual(hotRows);
    update(layer, ids(0), 1, { index: 3, slope: () => 2 });
    const vectors = await vectorsBy(layer);
    await layer.afterStep();
    expect(rowsOf(plan)[0]).toBe(0);
    expect(second()[0]).toBe(none);
    expect(vectorsOf(layer, all, 1)).toEqual(vectors);
    const rows = await layer.rowsOf(plan.tables[0]).read(second()[7], second()[7] + 1);
    expect(rows.some((x) => x !== 0)).toBe(true); // or nothing was added
    // Adagrad's first step would be one of the rate, 0.1.
    await step(4, ids(0));
    const moved = vector(vectorsOf(layer, all, 1), 0).map((x, k) => Math.abs(x - vector(vectors, 0)[k]));
    expect(Math.max(...moved)).toBeLessThan(0.08);
    layer.dispose();
  });
});

test('gradients make ids hot, or lookups, whichever is asked for', async () => {
  for (const importance of ['gradient', 'frequency']) {
    const { plan, hotRows } = planOf({ importance, threshold: 2, decay: 1 });
    const layer = embedding(plan, 'sgd');
    for (let index = 0; index < 4; index++) {
      // Id 1 is looked up five times as often as id 2, whose gradient is 50 times as large.
      update(layer, ids(...times(1, 5), 2), 1, { index, slope: (at) => (at === 5 ? 50 : 1) });
      await layer.afterStep();
      if (index === 0)
        expect(rowsOf(plan)[importance === 'gradient' ? 1 : 2]).toBeGreaterThanOrEqual(hotRows);
    }
    expect(rowsOf(plan)[importance === 'gradient' ? 2 : 1]).toBeLessThan(hotRows);
    layer.dispose();
  }
});

describe('a training on ids of which few are frequent', () => {
  const wide = zipfFields([20_000, 3, 5000]);
  const layer = { ...layerAt(wide, dim, 40), seed: 5 };
  const stream = random(3);
  const zipf = (n: number) => Math.floor(Math.exp(stream.uniform() * Math.log(n + 1))) - 1;
  const batches = Array.from({ length: 30 }, () =>
    Uint32Array.from({ length: 3 * 300 }, (_, at) => zipf(wide[at % 3].cardinality)),
  );
  const sample = Uint32Array.from({ length: 3 * 4000 }, (_, at) =>
    at < 6000 ? zipf(wide[at % 3].cardinality) : Math.floor(stream.uniform() * wide[at % 3].cardinality),
  );
  const train = async (plan: Plan) => {
    const embedding = new Embedding(plan, backend, 'adagrad', 1);
    for (const [index, batch] of batches.entries()) {
      update(embedding, batch, 3, { index, slope: (at) => Math.sin(at + index) });
      await embedding.afterStep();
    }
    return embedding;
  };

  test('gives the rows to the most frequent, and all are used', async () => {
    const plan = feasiblePlan(cafe, layer);
    const embedding = await train(plan);
    const hotRows = plan.choices.hotRows as number;
    const counts = new Map<number, number>();
    for (const batch of batches)
      for (let at = 0; at < batch.length; at += 3) counts.set(batch[at], (counts.get(batch[at]) ?? 0) + 1);
    const hottest = [...counts].sort(([, a], [, b]) => b - a).slice(0, Math.floor(hotRows / 4));
    const found = lookupsOf(plan, Uint32Array.from(hottest.flatMap(([id]) => [id, 0, 0])), 3)[0].indices;
    const hot = hottest.filter((_, i) => found[3 * i] < hotRows);
    expect(hot.length).toBeGreaterThan(0.9 * hottest.length);
    expect(found.filter((row, at) => at % 3 === 1 && row < hotRows).length).toBe(0); // a whole field
    const stage = await nextStage(embedding);
    expect(stage.plan.choices.hot).toBeGreaterThan(0.9 * hotRows);
    embedding.dispose();
  });

  test.each([{}, { levels: 2 }, { levels: 2, importance: 'frequency' }, { threshold: 12 }, { decay: 0.5 }])(
    'is looked up as it was once its tiers are settled: %o',
    async (options) => {
      const plan = feasiblePlan(cafe, layer, options);
      const embedding = await train(plan);
      const stage = await nextStage(embedding);
      const settled = new Embedding(stage.plan, backend, 'sgd', 9, stage.contents);
      expect(stage.plan.choices.hot).toBeGreaterThan(10);
      expect(vectorsOf(settled, sample, 3)).toEqual(vectorsOf(embedding, sample, 3));
      expect(sizeOf(stage.plan)).toEqual(sizeOf(plan));
      for (const one of [embedding, settled]) one.dispose();
    },
  );

  test('begins anew where a plan is trained again', async () => {
    const plan = feasiblePlan(cafe, layer);
    const vectors = [];
    for (let again = 0; again < 2; again++) {
      const embedding = await train(plan);
      vectors.push(vectorsOf(embedding, sample, 3));
      embedding.dispose();
    }
    expect(vectors[1]).toEqual(vectors[0]);
  });

  test('goes back to what was saved, tiers and all', async () => {
    const plan = feasiblePlan(cafe, layer);
    const embedding = await train(plan);
    embedding.save();
    const saved = vectorsOf(embedding, sample, 3);
    const rowsSaved = lookupsOf(plan, sample, 3)[0].indices;
    for (let index = 30; index < 60; index++) {
      // Other ids than before: the hottest are no longer hot in the end.
      const others = batches[index - 30].map((id, at) => (at % 3 === 0 ? 19_999 - id : id));
      update(embedding, others, 3, { index, slope: () => 1 });
      await embedding.afterStep();
    }
    expect(lookupsOf(plan, sample, 3)[0].indices).not.toEqual(rowsSaved);
    embedding.restore();
    expect(vectorsOf(embedding, sample, 3)).toEqual(saved);
    embedding.dispose();
  });

  test('as a stored sketch, lives in its maps alone', async () => {
    const [plan, other] = [0, 1].map(() => feasiblePlan(cafe, layer, { stored: 'sketch', levels: 2 }));
    const embedding = await train(plan);
    const [table] = plan.tables;
    const rows = await embedding.rowsOf(table).read(0, tableRows(table));
    const loaded = new Embedding(other, backend, 'sgd', 2, new Map([[other.tables[0], rows]]));
    other.maps!.forEach(({ values }, i) => values.set(plan.maps![i].values));
    expect(vectorsOf(loaded, sample, 3)).toEqual(vectorsOf(embedding, sample, 3));
    for (const one of [embedding, loaded]) one.dispose();
  });
});
