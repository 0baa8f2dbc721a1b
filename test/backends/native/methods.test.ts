import * as tf from '../../../tensors/index.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { native } from '../../../backends/native/index.ts';
import type { OpenBackend } from '../../../harness/contract/backend.ts';
import { isInfeasible, type Plan } from '../../../harness/contract/method.ts';
import { Embedding } from '../../../harness/embedding/embedding.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { optimizers } from '../../../harness/optimizers/index.ts';
import { randomBatches } from '../../../harness/batches/random-batches.ts';
import { Trainer } from '../../../harness/training/trainer.ts';
import { layerAt, zipfFields } from '../../layers.ts';
import { sized } from '../../long.ts';
import { variants } from '../../methods/variants.ts';
import { openNative } from './on-both.ts';

/** Every method, as it is measured: on native no kernel of the cpu backend's is let in, and losses are the cpu's. */

const { usable, detail } = await native.probe();
const fields = zipfFields([3, 40, 700, 300, 6]);
const batches = randomBatches(fields, 4, 64, sized(4, 6));

/** The losses of a few steps. */
function train(plan: Plan, backend: OpenBackend): number[] {
  const embedding = new Embedding(plan, backend, 'adagrad', 1);
  const network = dlrm.build(
    { denseFields: 4, fields: fields.length, dim: 8 },
    { bottom: [16], top: [16] },
    2,
  );
  const trainer = new Trainer(embedding, network, optimizers.adagrad);
  const losses = batches.map((batch) => {
    const loss = trainer.step(batch, 0.05);
    const [value] = loss.dataSync();
    loss.dispose();
    return value;
  });
  trainer.dispose();
  return losses;
}

describe.runIf(usable)(`on native${usable ? '' : ` (${detail})`}`, () => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await openNative();
  });
  afterAll(() => {
    expect([...backend.fallbacks!.counts.keys()]).toEqual([]);
  });

  test.each(variants)('$name', async ({ method, options }) => {
    const plans = [1, 4, 16]
      .map((ratio) => method.plan(layerAt(fields, 8, ratio), method.options.parse(options)))
      .filter((plan): plan is Plan => !isInfeasible(plan))
      .slice(-sized(2, 3));
    expect(plans.length).toBeGreaterThan(0);
    for (const plan of plans) {
      const expected = train(plan, await cpu.open({}));
      await tf.setBackend('native');
      const found = train(plan, backend);
      found.forEach((loss, i) => expect(loss).toBeCloseTo(expected[i], 4));
      expect(found.at(-1)).not.toBe(found[0]);
    }
  });
});
