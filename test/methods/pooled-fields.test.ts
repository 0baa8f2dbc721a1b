import * as tf from '../../tensors/index.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { cpu } from '../../backends/cpu.ts';
import { native } from '../../backends/native/index.ts';
import { optimizerRules, type OpenBackend } from '../../harness/contract/backend.ts';
import type { Field } from '../../harness/contract/data.ts';
import { isInfeasible, type Plan } from '../../harness/contract/method.ts';
import { tableRows } from '../../harness/contract/size.ts';
import { type ValueLists, withFurther } from '../../harness/contract/further-values.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { run } from '../../harness/run.ts';
import { full } from '../../methods/full.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
import { pooledData } from '../pooled-data.ts';
import { smallRun } from '../small-run.ts';
import { readTables } from './small-layer.ts';
import { variants } from './variants.ts';

/** Fields of several values: no method knows of them, and all of them have to bear them. */

const dim = 8;
const fields: readonly Field[] = zipfFields([3, 40, 300, 6]).map((field, f) => ({
  ...field,
  ...(f === 2 && { pool: 'mean' as const }),
}));
const width = fields.length;
const pooledField = 2;

/** 9 samples of 1 to 4 values in one field, with ids that occur twice in a sample and in several samples. */
const stream = random(11);
const size = 9;
const lengths = Uint8Array.from({ length: size }, (_, sample) => 1 + (sample % 4));
const ids = Uint32Array.from({ length: size * width }, (_, at) =>
  Math.floor(fields[at % width].cardinality * stream.uniform() ** 2),
);
const values = Uint32Array.from({ length: lengths.reduce((sum, n) => sum + n, 0) }, (_, i) =>
  i % 5 === 4 ? 7 : Math.floor(300 * stream.uniform()),
);
const listsAs = (pool: 'sum' | 'mean'): ValueLists[] => [{ field: pooledField, pool, lengths, values }];
const batchAs = (pool: 'sum' | 'mean') => ({ size, ...withFurther(ids, size, listsAs(pool)) });

/** A row of ids for every value, with the sample that it belongs to; other fields have the sample's. */
const valueRows = Array.from(lengths, (length, sample) => Array<number>(length).fill(sample)).flat();
const singleIds = Uint32Array.from(
  valueRows.flatMap((sample, value) =>
    Array.from(fields, (_, f) => (f === pooledField ? values[value] : ids[sample * width + f])),
  ),
);
const firstOf = (value: number) => value === 0 || valueRows[value - 1] !== valueRows[value];
const slopes = Float32Array.from({ length: size * width * dim }, () => stream.normal());

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

/** Weight of a value's vector in what the network sees of its sample. */
const weightOf = (pool: 'sum' | 'mean', value: number, field: number) => {
  if (field !== pooledField) return firstOf(value) ? 1 : 0;
  return pool === 'mean' ? 1 / lengths[valueRows[value]] : 1;
};

describe.each(variants.filter(({ plain }) => plain))('$name', ({ method, options }) => {
  const found = [4, 1, 16].map((ratio) =>
    method.plan(layerAt(fields, dim, ratio), method.options.parse(options)),
  );
  const plan = found.find((plan): plan is Plan => !isInfeasible(plan))!;

  test.each(['sum', 'mean'] as const)('%s: the vector is that of single lookups put together', (pool) => {
    const embedding = new Embedding(plan, backend, 'sgd', 1);
    const pooled = tf.tidy(() => embedding.embedBatch(batchAs(pool)).dataSync<'float32'>().slice());
    const single = tf.tidy(() =>
      embedding.embed(singleIds, valueRows.length, width).dataSync<'float32'>().slice(),
    );
    const expected = new Float64Array(pooled.length);
    valueRows.forEach((sample, value) => {
      for (let f = 0; f < width; f++)
        for (let k = 0; k < dim; k++)
          expected[(sample * width + f) * dim + k] +=
            weightOf(pool, value, f) * single[(value * width + f) * dim + k];
    });
    pooled.forEach((x, i) => expect(x).toBeCloseTo(expected[i], 5));
    embedding.dispose();
  });

  test.each(['sum', 'mean'] as const)('%s: gradients are the sum over all values', async (pool) => {
    const results: { rows: Float32Array[]; weights: Float32Array[] }[] = [];
    for (const single of [false, true]) {
      const embedding = new Embedding(plan, backend, 'sgd', 1);
      const ofSingle = Float32Array.from({ length: valueRows.length * width * dim }, (_, at) => {
        const [value, f] = [Math.floor(at / (width * dim)), Math.floor(at / dim) % width];
        return weightOf(pool, value, f) * slopes[(valueRows[value] * width + f) * dim + (at % dim)];
      });
      const { value, grads } = tf.tidy(() =>
        tf.variableGrads(() => {
          const vectors = single
            ? embedding.embed(singleIds, valueRows.length, width)
            : embedding.embedBatch(batchAs(pool));
          return tf.sum(tf.mul(vectors, tf.tensor(single ? ofSingle : slopes, vectors.shape)));
        }, [...embedding.variables]),
      );
      embedding.update(0.1);
      results.push({
        rows: await readTables(embedding, plan.tables),
        weights: Object.entries(grads)
          .filter(([name]) => name !== embedding.anchor.name)
          .map(([, gradient]) => gradient.dataSync<'float32'>().slice()),
      });
      tf.dispose([value, grads]);
      embedding.dispose();
    }
    const [pooled, expected] = results.map(({ rows, weights }) => [...rows, ...weights]);
    expect(pooled.length).toBe(expected.length);
    pooled.forEach((values, i) => {
      let worst = 0;
      values.forEach((x, k) => (worst = Math.max(worst, Math.abs(x - expected[i][k]) / (1 + Math.abs(x)))));
      expect(worst).toBeLessThan(2e-5);
    });
  });

  test('trains, is stored and is scored on a log with such a field', async () => {
    const data = pooledData('mean');
    const own = [3, 2, 1].map((ratio) =>
      method.plan(layerAt(data.fields, 4, ratio), method.options.parse(options)),
    );
    const plan = own.find((plan): plan is Plan => !isInfeasible(plan));
    if (plan === undefined) return; // fields of 3 to 200 ids leave it nothing to do
    const outcome = await run(data, plan, dlrm, await native.open({ threads: 1 }), {
      ...smallRun,
      batchSize: 100,
    });
    expect(outcome.quality.auc).toBeGreaterThan(0.4);
    expect(outcome.quality.logloss).toBeLessThan(1);
    backend = await cpu.open({});
  });
});

test.each(optimizerRules)('%s: rows that no sample of the batch has do not move', async (rule) => {
  const plan = feasiblePlan(full, layerAt(fields, dim, 1));
  const embedding = new Embedding(plan, backend, rule, 1);
  const rowsOf = async () => (await readTables(embedding, plan.tables))[0];
  const step = (batch: Parameters<Embedding['embedBatch']>[0]) => {
    const { value, grads } = tf.tidy(() =>
      tf.variableGrads(() => {
        const vectors = embedding.embedBatch(batch);
        return tf.sum(tf.mul(vectors, tf.tensor(slopes, vectors.shape)));
      }, [...embedding.variables]),
    );
    tf.dispose([value, grads]);
    embedding.update(0.1);
  };
  step(batchAs('mean'));
  const before = await rowsOf();
  // Every row has state by now. Ids of the next batch are others.
  const shifted = ids.map((id, at) => (id + 1) % fields[at % width].cardinality);
  const others = values.map((value) => (value + 1) % 300);
  step({ size, ...withFurther(shifted, size, [{ ...listsAs('mean')[0], values: others }]) });
  const after = await rowsOf();
  const used = new Set<number>();
  let first = 0;
  fields.forEach(({ cardinality }, f) => {
    if (f === pooledField) for (const id of others) used.add(first + id);
    else for (let sample = 0; sample < size; sample++) used.add(first + shifted[sample * width + f]);
    first += cardinality;
  });
  for (let row = 0; row < tableRows(plan.tables[0]); row++) {
    const moved = before.subarray(row * dim, (row + 1) * dim).some((x, k) => x !== after[row * dim + k]);
    expect(moved, `row ${row}`).toBe(used.has(row));
  }
  embedding.dispose();
});

test.each(['ada-embed', 'cafe'])('%s: what follows a step counts every value once', async (name) => {
  const { method } = variants.find((variant) => variant.method.name === name)!;
  const options = { importance: 'frequency', keep: 0 };
  const plan = feasiblePlan(method, layerAt(fields, dim, 4), options);
  const embedding = new Embedding(plan, backend, 'sgd', 1);
  const batch = batchAs('sum');
  const { value, grads } = tf.tidy(() =>
    tf.variableGrads(
      () => tf.sum(embedding.embedBatch(batch, { index: 0, steps: 1000 })),
      [...embedding.variables],
    ),
  );
  tf.dispose([value, grads]);
  embedding.update(0.1);
  const seen: Uint8Array[] = [];
  const afterStep = plan.afterStep!.bind(plan);
  plan.afterStep = (step) => {
    seen.push(step.counted!);
    return afterStep(step);
  };
  await embedding.afterStep();
  const total = size * (width - 1) + values.length;
  expect(seen[0].reduce((sum, one) => sum + one, 0)).toBe(total);
  if (name === 'ada-embed') {
    const scores = new Float32Array(plan.maps![0].values.buffer);
    expect(scores.reduce((sum, score) => sum + score, 0)).toBe(total);
  }
  embedding.dispose();
});

test('lists of one value each give the bits of a field of one value', async () => {
  const pooled = pooledData('mean', { most: 1 });
  const plain = {
    ...pooled,
    fields: pooled.fields.map(({ name, cardinality, counts }) => ({ name, cardinality, counts })),
    *batches(...asked: Parameters<typeof pooled.batches>) {
      for (const { size, dense, ids, labels } of pooled.batches(...asked)) yield { size, dense, ids, labels };
    },
  };
  const open = await native.open({ threads: 1 });
  const outcomes = [];
  for (const data of [pooled, plain])
    outcomes.push(
      await run(data, feasiblePlan(full, layerAt(data.fields, 4, 1)), dlrm, open, { ...smallRun, epochs: 2 }),
    );
  expect(outcomes[0].quality).toEqual(outcomes[1].quality);
  expect(outcomes[0].curve).toEqual(outcomes[1].curve);
  backend = await cpu.open({});
});
