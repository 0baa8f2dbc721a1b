import * as tf from '../../tensors/index.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import {
  isInfeasible,
  type Plan,
  type Table,
  type Trained,
  type Weight,
} from '../../harness/contract/method.ts';
import { random } from '../../base/random.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { optEmbed } from '../../methods/opt-embed/index.ts';
import { narrowRowBytes, planNarrowRows } from '../../methods/opt-embed/narrow-rows.ts';
import { prefixes, step } from '../../methods/opt-embed/row-mask.ts';
import { runStages } from '../../harness/training/stages/run-stages.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
import { smallData } from '../small-data.ts';
import { trainedTo } from './trained.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const fields = zipfFields([6, 40, 700]);
const dim = 4;
const layerOf = (budget: number) => ({ fields, dim, budget, seed: 1 });

interface Given {
  readonly contents?: ReadonlyMap<Table | Weight, Float32Array>;
  readonly training?: { readonly index: number; readonly steps: number };
  readonly embed?: Plan['embed'];
}

/** Vectors of ids, row-major [batch, fields], of a plan whose first table and weights hold what is given. */
function vectorsOf(
  plan: Plan,
  ids: number[],
  { contents, training, embed = (lookup) => plan.embed(lookup) }: Given = {},
): number[][] {
  const embedding = new Embedding(plan, backend, 'sgd', 1, contents);
  const vectors = tf.tidy(() =>
    embedding.embed(Uint32Array.from(ids), ids.length / 3, 3, training, embed).dataSync(),
  );
  embedding.dispose();
  return Array.from(
    { length: ids.length },
    (_, i) => [...vectors.slice(i * dim, (i + 1) * dim)].map((x) => x + 0), // -0 becomes 0
  );
}

describe('a step', () => {
  test('is passed above 0', () => {
    expect([...step(tf.tensor1d([-1, 0, 1e-9, 3])).dataSync()]).toEqual([0, 0, 1, 1]);
  });

  test('has a slope from -1 to 1, the steeper the nearer', () => {
    const slopes = tf.grad((x) => tf.sum(tf.mul(step(x), 2)))(
      tf.tensor1d([0, 0.1, -0.1, 0.4, -0.7, 1, 1.01, -3]),
    );
    [4, 3.2, 3.2, 0.8, 0.8, 0.8, 0, 0].forEach((slope, i) =>
      expect(slopes.dataSync()[i]).toBeCloseTo(slope, 5),
    );
  });
});

describe('searching', () => {
  const plan = feasiblePlan(optEmbed, layerOf(2000));
  const [table] = plan.tables;
  const [thresholds] = plan.weights!;
  const ids = [0, 0, 0, 5, 39, 699, 2, 7, 100];
  const whole = () => vectorsOf(plan, ids);

  test('a vector is the first coordinates of its row, as many as are drawn for it', () => {
    const rows = whole();
    const widths = new Set<number>();
    for (let index = 0; index < 30; index++) {
      const drawn = vectorsOf(plan, ids, { training: { index, steps: 30 } });
      drawn.forEach((vector, i) => {
        const width = vector.findLastIndex((x) => x !== 0) + 1;
        expect(vector).toEqual(rows[i].map((x, k) => (k < width ? x : 0)));
        widths.add(width);
      });
      expect(new Set(drawn.map((vector) => vector.filter((x) => x !== 0).length)).size).toBeGreaterThan(1);
      expect(vectorsOf(plan, ids, { training: { index, steps: 30 } })).toEqual(drawn);
    }
    expect([...widths].sort()).toEqual([1, 2, 3, 4]);
    const at = (index: number) => vectorsOf(plan, ids, { training: { index, steps: 30 } });
    expect(at(0)).not.toEqual(at(1));
  });

  test('widths nest', () => {
    const masks = tf
      .split(prefixes(tf.tensor3d([1, 3, 4], [3, 1, 1]), 4), 3)
      .map((mask) => [...mask.dataSync()]);
    expect(masks).toEqual([[1, 0, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]]); // prettier-ignore
  });

  test('rows below the threshold of their field are zeros', () => {
    const rows = whole();
    const norms = rows.map((vector) => vector.reduce((sum, x) => sum + Math.abs(x), 0));
    const limits = Float32Array.of(0, (norms[1] + norms[4]) / 2, 10);
    vectorsOf(plan, ids, { contents: new Map([[thresholds, limits]]) }).forEach((vector, i) =>
      expect(vector).toEqual(norms[i] > limits[i % 3] ? rows[i] : [0, 0, 0, 0]),
    );
    expect(norms[1] > limits[1]).not.toBe(norms[4] > limits[1]);
  });

  test('thresholds rise by what is paid for low ones', async () => {
    const learned = async (alpha: number) => {
      const data = smallData();
      const first = feasiblePlan(optEmbed, layerAt(data.fields, 4, 4), { alpha, generations: 0 });
      let found: Float32Array | undefined;
      const watched = {
        ...first,
        async next(trained: Trained) {
          found = await trained.weight(first.weights![0]);
          return await first.next!(trained);
        },
      };
      const settings = {
        dim: 4, modelOptions: { bottom: [8], top: [8] }, optimizer: 'adagrad', learningRate: 0.05,
        batchSize: 20, epochs: 1, order: 'shuffled', seed: 3,
      } as const; // prettier-ignore
      const { trainer, costs } = await runStages(data, watched, dlrm, backend, settings);
      trainer.dispose();
      expect(costs.map(({ name, steps }) => [name, steps])).toEqual([['search', 45], ['retraining', 45]]); // prettier-ignore
      return found!;
    };
    const [free, paid] = [await learned(0), await learned(100)];
    paid.forEach((limit, f) => {
      expect(limit).toBeCloseTo(41 * 1e-4, 4); // Adam moves by its rate; four batches of 45 are held out
      expect(limit).toBeGreaterThan(free[f]);
    });
  });

  test('all rows are trained, and the budget is what is served', () => {
    expect(sizeOf({ tables: plan.tables }).parameters).toBe(746 * 4);
    expect(sizeOf(plan)).toEqual({ parameters: 475, servingBytes: 2000 });
    expect(table.parts).toHaveLength(3);
  });
});

describe('what is found', () => {
  const found = async (
    budget: number,
    { auc, rows, limits }: { auc?: Trained['auc']; rows?: Float32Array; limits?: Float32Array } = {},
    options = {},
  ) => {
    const plan = feasiblePlan(optEmbed, layerOf(budget), options);
    const [table, thresholds] = [plan.tables[0], plan.weights![0]];
    const stream = random(9);
    const learned = rows ?? Float32Array.from({ length: 746 * dim }, () => stream.normal());
    const contents = [[table, learned], [thresholds, limits ?? new Float32Array(3)]] as const; // prettier-ignore
    return { plan, stage: await plan.next!(trainedTo(contents, auc)), learned };
  };

  test.each([40, 300, 2000, 5000, 9000])('fits %i bytes, whatever scores', async (budget) => {
    const stream = random(budget);
    const { stage } = await found(budget, { auc: () => Promise.resolve(stream.uniform()) });
    const { servingBytes } = sizeOf(stage.plan);
    expect(servingBytes).toBeLessThanOrEqual(budget);
    const { widths, rows } = stage.plan.choices as { widths: number[]; rows: number[] };
    expect(servingBytes).toBe(narrowRowBytes(layerOf(budget), rows, widths));
    const full = rows.every((n, f) => n === fields[f].cardinality);
    if (!full) expect(servingBytes).toBeGreaterThan(budget - 4 * dim - 8); // no room for a row, and what says whose it is
    expect([stage.network, stage.contents]).toEqual(['fresh', undefined]);
  });

  test('are the rows that are furthest above their thresholds, of the widths that score best', async () => {
    // Widths 4, 1 and 1 are best: counted in the vectors of the first row of each field, all of which are kept.
    const rows = Float32Array.from({ length: 746 * dim }, (_, at) => 1 + (746 - Math.floor(at / dim)) / 1e4);
    const limits = Float32Array.of(0, 0, 1); // the last field's rows are less far above
    const embedOf = feasiblePlan(optEmbed, layerOf(700));
    const asked: number[] = [];
    const auc: Trained['auc'] = (embed, atMost) => {
      asked.push(atMost);
      const contents = new Map([[embedOf.tables[0], rows]]);
      // The plan's own objects are not these: lookups of the search go to its first table.
      const here: Plan['embed'] = (lookup) =>
        embed({ ...lookup, rows: (_, indices) => lookup.rows(embedOf.tables[0], indices) });
      const widths = vectorsOf(embedOf, [0, 0, 0], { contents, embed: here }).map(
        (vector) => vector.filter((x) => x !== 0).length,
      );
      return Promise.resolve(widths[0] - Math.abs(widths[1] - 1) - Math.abs(widths[2] - 1));
    };
    const { stage } = await found(700, { auc, rows, limits }, { generations: 20, rows: 123 });
    const { widths, rows: kept, scored } = stage.plan.choices as Record<string, number[]>;
    expect(widths.slice(0, 2)).toEqual([4, 1]);
    // 6 rows of 4 and 40 of 1 take 256 bytes; a bit for each of 746 ids in words of 32, and what comes before 512, 98.
    expect(kept.slice(0, 2)).toEqual([6, 40]);
    expect(kept[2]).toBe(Math.floor((700 - 256 - 96 - 2) / 4));
    expect(widths[2]).toBe(1);
    expect(asked.length).toBe(scored);
    expect(new Set(asked)).toEqual(new Set([123]));
    // Rows of the last field fall: the first ones are retained.
    const vectors = vectorsOf(stage.plan, [0, 0, 0, 5, 39, kept[2] - 1, 5, 39, kept[2]]);
    const lengths = vectors.map((vector) => vector.filter((x) => x !== 0).length);
    expect(lengths).toEqual([4, 1, 1, 4, 1, 1, 4, 1, 0]);
  });

  test('is the same again', async () => {
    const auc = () => {
      let calls = 0;
      return () => Promise.resolve(Math.sin(++calls));
    };
    const [one, same] = [await found(2000, { auc: auc() }), await found(2000, { auc: auc() })];
    expect(JSON.stringify(one.stage.plan)).toBe(JSON.stringify(same.stage.plan));
  });

  test('is found where AUC says nothing', async () => {
    const { stage } = await found(2000, { auc: () => Promise.resolve(NaN) });
    expect(stage.plan.choices.heldOutAuc).toBe(0);
  });

  test('takes at least a row of width 1 and its id: 4 bytes and 10 bits', () => {
    const plan = optEmbed.plan(layerOf(5), optEmbed.options.parse({}));
    expect(isInfeasible(plan) && plan.smallestBytes).toBe(6);
  });
});

describe('narrow rows', () => {
  test('begin the vectors of their ids, zeros follow; other ids have none', () => {
    const chosen = Uint32Array.of(1, 5, 6 + 0, 6 + 39, 46 + 3);
    const plan = planNarrowRows({ fields, dim }, chosen, [2, 4, 2]);
    expect(plan.tables.map(({ width, parts }) => [width, parts.map(({ rows }) => rows)])).toEqual([
      [2, [2, 1]],
      [4, [2]],
    ]);
    // 5 numbers below 746 of 10 bits each.
    expect(sizeOf(plan)).toEqual({ parameters: 14, servingBytes: 4 * 14 + 7 });
    expect(narrowRowBytes({ fields, dim }, [2, 2, 1], [2, 4, 2])).toBe(63);
    const contents = new Map(plan.tables.map((table, t) => [table, Float32Array.from({ length: t === 0 ? 6 : 8 }, (_, i) => 100 * t + i + 1)])); // prettier-ignore
    expect(vectorsOf(plan, [1, 0, 3, 5, 39, 3, 0, 1, 699], { contents })).toEqual([
      [1, 2, 0, 0], [101, 102, 103, 104], [5, 6, 0, 0],
      [3, 4, 0, 0], [105, 106, 107, 108], [5, 6, 0, 0],
      [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0],
    ]); // prettier-ignore
  });

  test('are of full width, all of them, at the cost of a bit for each', () => {
    const ids = 746;
    const plan = planNarrowRows({ fields, dim }, Uint32Array.from({ length: ids }, (_, i) => i), [4, 4, 4]); // prettier-ignore
    expect(plan.tables).toHaveLength(1);
    expect(sizeOf(plan).servingBytes).toBe(4 * 4 * ids + 4 * Math.ceil(ids / 32) + Math.ceil(10 / 8));
  });
});
