import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import { openWith } from '../../backends/native/index.ts';
import { type OpenBackend, type OptimizerRule, optimizerRules } from '../../harness/contract/backend.ts';
import { Embedding } from '../../harness/embedding.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { optimizers } from '../../harness/optimizers/index.ts';
import { Trainee } from '../../harness/trainee.ts';
import { full } from '../../methods/full.ts';
import { hashingTrick } from '../../methods/hashing-trick.ts';
import { mixedDimension } from '../../methods/mixed-dimension.ts';
import { quotientRemainder } from '../../methods/quotient-remainder.ts';
import { addon } from '../backends/native/addon.ts';
import { describeNative } from '../backends/native/describe-native.ts';
import { feasiblePlan, layerAt } from '../layers.ts';
import { smallData } from '../small-data.ts';

/** Whole training steps on the native backend: the course that the cpu oracle takes, and the same bits every time. */

const data = smallData();
const dim = 4;
const methods = [
  { method: full, ratio: 1, options: {} },
  { method: mixedDimension, ratio: 3, options: {} },
  { method: quotientRemainder, ratio: 3, options: { threshold: 5 } }, // these fields are small
  { method: hashingTrick, ratio: 3, options: {} },
];
const rates: Record<OptimizerRule, number> = { sgd: 0.1, adagrad: 0.05, 'rowwise-adagrad': 0.05, adam: 0.01 };

/** The losses of the first steps, epoch after epoch. */
function losses(
  backend: OpenBackend,
  { method, ratio, options }: (typeof methods)[number],
  rule: OptimizerRule,
  steps = 50,
): number[] {
  const plan = feasiblePlan(method, layerAt(data.fields, dim, ratio), options);
  const shape = {
    denseFields: data.denseFields.length,
    fields: data.fields.length,
    dim,
    bottom: [17],
    top: [9],
  };
  const trainee = new Trainee(new Embedding(plan, backend, rule, 5), dlrm.build(shape, 6), optimizers[rule]);
  const found: number[] = [];
  for (let epoch = 0; found.length < steps; epoch++)
    for (const batch of data.batches('train', { batchSize: 50, shuffle: epoch })) {
      if (found.length === steps) break;
      const loss = trainee.step(batch, rates[rule]);
      found.push(loss.dataSync()[0]);
      loss.dispose();
    }
  trainee.dispose();
  return found;
}

describeNative('50 training steps on native', () => {
  describe.each(methods)('$method.name', (what) => {
    test.each(optimizerRules)('take the course of the cpu oracle: %s', async (rule) => {
      const expected = losses(await cpu.open({}), what, rule);
      const found = losses(await openWith(addon, 2), what, rule);
      expect(Math.min(...expected.slice(-5))).toBeLessThan(expected[0]);
      const furthest = Math.max(...found.map((loss, i) => Math.abs(loss / expected[i] - 1)));
      // In one of the courses a hidden unit is 0 for a sample but for rounding (unit 11, step 10, on AVX-512): whether it
      // passes a gradient on is decided by the last bit.
      const onTheEdge = what.method === quotientRemainder && rule === 'adagrad';
      expect(furthest).toBeLessThan(onTheEdge ? 1e-3 : 1e-5);
    });

    test.each(optimizerRules)('are the same bits with any number of threads: %s', async (rule) => {
      const expected = losses(await openWith(addon, 1), what, rule);
      for (const threads of [2, 3, 5])
        expect(losses(await openWith(addon, threads), what, rule), `${threads} threads`).toEqual(expected);
      expect(tf.getBackend()).toBe('native');
    });
  });
});
