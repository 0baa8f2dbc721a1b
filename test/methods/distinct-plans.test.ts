import * as tf from '../../tensors/index.ts';
import { describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import { isInfeasible, type Method, type Plan, type Serving } from '../../harness/contract/method.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { methods } from '../../methods/index.ts';
import { layerAt } from '../layers.ts';
import { criteoShaped } from './criteo-shaped.ts';

/** No two methods are one: what is trained, or how it becomes vectors, differs at every budget. */

const shapesOf = ({ tables, weights = [], maps = [] }: Serving) => ({
  tables,
  weights: weights.map(({ shape, optimizer, architecture, frozen }) => ({
    shape,
    optimizer,
    architecture,
    frozen,
  })),
  maps: maps.map(({ length, bits }) => ({ length, bits })),
});

/** Everything that a plan holds, stores and does after steps, except for its lookups. */
const formOf = (plan: Plan) =>
  JSON.stringify({
    ...shapesOf(plan),
    serving: plan.serving && shapesOf(plan.serving),
    training: plan.training,
    hooks: [plan.afterStep !== undefined, plan.next !== undefined],
  });

const ids = Uint32Array.from({ length: 40 * criteoShaped.length }, (_, at) => {
  const { cardinality } = criteoShaped[at % criteoShaped.length];
  return (Math.floor(at / criteoShaped.length) ** 3 * 7919) % cardinality;
});

async function vectorsOf(plan: Plan) {
  const embedding = new Embedding(plan, await cpu.open({}), 'sgd', 1);
  const training = { index: 0, steps: 10 };
  const vectors = tf.tidy(() =>
    embedding.embed(ids, 40, criteoShaped.length, training).dataSync<'float32'>(),
  );
  embedding.dispose();
  return vectors.join();
}

describe.each([2, 4, 16, 64, 256])('at %ix', (ratio) => {
  test('no two methods make equal plans', async () => {
    const layer = layerAt(criteoShaped, 16, ratio);
    const alike = new Map<string, { method: Method; plan: Plan }[]>();
    for (const method of methods) {
      const plan = method.plan(layer, method.options.parse({}));
      if (isInfeasible(plan)) continue;
      const form = formOf(plan);
      alike.set(form, [...(alike.get(form) ?? []), { method, plan }]);
    }
    for (const group of alike.values()) {
      if (group.length === 1) continue;
      const seen = new Map<string, string>();
      for (const { method, plan } of group) {
        const vectors = await vectorsOf(plan);
        expect(seen.get(vectors), method.name).toBeUndefined();
        seen.set(vectors, method.name);
      }
    }
    expect(alike.size).toBeGreaterThan(20);
  });
});
