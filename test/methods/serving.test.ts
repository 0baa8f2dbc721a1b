import * as tf from '../../tensors/index.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import { native } from '../../backends/native/index.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { isInfeasible, type Layer, type Plan } from '../../harness/contract/method.ts';
import { servingBytesOf } from '../../harness/contract/serving-bytes.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { auc } from '../../harness/metrics/auc.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { optimizers } from '../../harness/optimizers/index.ts';
import { runStages, type RunSettings } from '../../harness/training/stages/run-stages.ts';
import { sampleIds } from '../../harness/batches/sample-ids.ts';
import { serve } from '../../harness/serving/serve.ts';
import {
  loadServing,
  saveServing,
  servedBytes,
  type ServedLayer,
} from '../../harness/serving/served-layer.ts';
import { Trainer } from '../../harness/training/trainer.ts';
import { wrappers } from '../../methods/index.ts';
import { int4 } from '../../methods/post-training-quantization/index.ts';
import { feasiblePlan, layerAt } from '../layers.ts';
import { smallData } from '../small-data.ts';
import { checkedMethods, traitsOf } from './checked-methods.ts';

/**
 * Every method from its first stage to its last, then from what it stores alone: bytes written are bytes counted, and what
 * is read back scores the same to the last bit.
 */

const data = smallData(1, [3, 40, 500, 300]);
const dim = 8;
const settings: RunSettings = {
  dim,
  modelOptions: { bottom: [8], top: [16] },
  optimizer: 'adagrad',
  learningRate: 0.05,
  batchSize: 150,
  epochs: 1,
  order: 'log',
  seed: 3,
};

let backend: OpenBackend;
beforeAll(async () => {
  const { usable } = await native.probe();
  backend = await (usable ? native : cpu).open({});
  if (backend.fallbacks) backend.fallbacks.refused = true; // as in a run that is measured
});
afterAll(() => {
  if (backend.fallbacks) backend.fallbacks.refused = false;
});

/**
 * A mild and a high ratio, the latter in four bits and in another form too, each method in the next; a full table in all of them. A
 * method that does not reach the ratio takes its smallest plan.
 */
const cases = checkedMethods.flatMap((method, i) => {
  const others = wrappers.filter((wrapper) => wrapper !== int4);
  const forms = method.name === 'full' ? others : [others[i % others.length]];
  const tried = [
    { as: method, ratio: 4 },
    { as: method, ratio: 32 },
    ...[int4, ...forms].map((wrapper) => ({ as: wrapper.wrap(method), ratio: 32 })),
  ].map(({ as, ratio }) => {
    const layer = layerAt(data.fields, dim, ratio);
    const plan = as.plan(layer, as.options.parse({}));
    const budget = isInfeasible(plan) ? plan.smallestBytes : layer.budget;
    return { name: as.name, as, budget, idle: traitsOf(method.name).idleStorage !== undefined };
  });
  return tried.filter(({ budget }, i) => i !== 1 || budget !== tried[0].budget);
});

describe('is served from its bytes', () => {
  test.each(cases)('$name in $budget bytes', async ({ as, budget, idle }) => {
    const layer: Layer = { fields: data.fields, dim, budget, seed: 1, sample: (n) => sampleIds(data, n) };
    const plan = () => feasiblePlan(as, layer);
    const before = tf.memory().numTensors;
    const first = plan();
    const { trainer } = await runStages(data, first, dlrm, backend, settings);
    const last = trainer.embedding.plan;
    const saved = await saveServing(trainer.embedding);
    expect(servedBytes(saved)).toBe(sizeOf(last).servingBytes);
    expect(servedBytes(saved)).toBeLessThanOrEqual(sizeOf(first).servingBytes);
    expect(servedBytes(saved)).toBeLessThanOrEqual(budget);
    const { tables, scales, positions, weights, maps, codes } = servingBytesOf(last);
    expect([tables + scales + positions, weights, maps + codes]).toEqual(
      [saved.tables, saved.weights, saved.maps].map((all) => servedBytes({ tables: all, weights: [], maps: [] })), // prettier-ignore
    );

    const served = await serve(trainer, first, backend);
    const expected = await logitsOf(served);
    expect(expected.every(Number.isFinite)).toBe(true);

    // Load into a plan that has learned other things, or into the same once more if that has other shapes: nothing may be kept but
    // what is stored.
    const other = async () => {
      for (const seed of [4, settings.seed]) {
        const found = await otherPlan(plan(), seed);
        if (shapesOf(found) === shapesOf(last)) return found;
      }
      throw new Error('the same training has led to other shapes');
    };
    const logitsFrom = async (plan: Plan, stored: ServedLayer) => {
      for (const { values } of plan.maps ?? []) values.fill(0);
      const loaded = new Trainer(loadServing(plan, stored, backend), served.network, optimizers.sgd);
      try {
        return await logitsOf(loaded);
      } finally {
        loaded.dispose({ network: false }); // where what was taken away is missed, a lookup may fail
      }
    };
    let loaded = await other();
    const logits = await logitsFrom(loaded, saved);
    expect(logits).toEqual(expected);
    expect(auc(logits, data.labels('test'))).toBe(auc(expected, data.labels('test')));

    for (const { where, without } of withoutEach(saved)) {
      if (idle) break;
      if (where.startsWith('maps')) loaded = await other(); // what a plan makes of a map it may keep
      const scores = await logitsFrom(loaded, without).catch((error: unknown) => error);
      expect(scores, `${where} is stored for nothing`).not.toEqual(expected);
    }
    served.dispose();
    expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
  });
});

/** The plan that is served at the end, after training on the random numbers of a seed, and not looked up in so far. */
async function otherPlan(first: Plan, seed: number): Promise<Plan> {
  const unused = (plan: Plan): Plan => {
    const next = plan.next?.bind(plan);
    if (next === undefined) return { ...plan, training: { share: 0 } };
    return {
      ...plan,
      next: async (trained) => {
        const stage = await next(trained);
        return { ...stage, plan: unused(stage.plan) };
      },
    };
  };
  const { trainer } = await runStages(data, unused(first), dlrm, backend, { ...settings, seed });
  const { plan } = trainer.embedding;
  trainer.dispose();
  return plan;
}

const shapesOf = ({ tables, weights = [], maps = [] }: Plan) =>
  JSON.stringify([
    tables.map(({ width, stride, parts, stored }) => [width, stride, parts.map(({ rows }) => rows), stored]),
    weights.map(({ shape }) => shape),
    maps.map(({ length, bits }) => [length, bits]),
  ]);

/** Zeros in place of each array in turn; ones where it is zeros already. */
function withoutEach(saved: ServedLayer): { where: string; without: ServedLayer }[] {
  return (['maps', 'tables', 'weights'] as const).flatMap((kind) =>
    saved[kind].map((bytes, i) => {
      const others = bytes.map(() => (bytes.every((byte) => byte === 0) ? 1 : 0));
      return { where: `${kind}[${i}]`, without: { ...saved, [kind]: saved[kind].with(i, others) } };
    }),
  );
}

async function logitsOf(trainer: Trainer): Promise<Float32Array> {
  const logits = new Float32Array(data.rows.test);
  let row = 0;
  for (const batch of data.batches('test', { batchSize: 300 })) {
    const tensor = tf.tidy(() => trainer.logits(batch));
    logits.set(await tensor.data<'float32'>(), row);
    row += batch.size;
    tensor.dispose();
  }
  return logits;
}
