import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import type { Batch, Data } from '../../../harness/contract/data.ts';
import { auc } from '../../../harness/metrics/auc.ts';
import { scoresByFrequency } from '../../../harness/metrics/by-frequency.ts';
import { scoresOf } from '../../../harness/metrics/scores.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import {
  binaryCrossEntropy,
  sharesOf,
  weightedCrossEntropy,
} from '../../../harness/ops/binary-cross-entropy.ts';
import { run } from '../../../harness/run.ts';
import { Embedding } from '../../../harness/embedding/embedding.ts';
import { optimizers } from '../../../harness/optimizers/index.ts';
import { Trainer } from '../../../harness/training/trainer.ts';
import type { Plan } from '../../../harness/contract/method.ts';
import { full } from '../../../methods/full.ts';
import * as tf from '../../../tensors/index.ts';
import { feasiblePlan, layerAt } from '../../layers.ts';
import { smallData } from '../../small-data.ts';
import { smallRun } from '../../small-run.ts';

/** Weights of rows: a whole weight w counts as w copies of the row, in every score and in the loss. */

beforeAll(() => cpu.open({}));

const rows = fc.array(
  fc.record({
    score: fc.constantFrom(0.1, 0.25, 0.5, 0.75, 0.875),
    label: fc.integer({ min: 0, max: 1 }),
    weight: fc.integer({ min: 0, max: 3 }),
    seen: fc.integer({ min: 0, max: 5 }),
  }),
  { minLength: 1, maxLength: 40 },
);

const columns = (list: readonly { score: number; label: number; weight: number; seen: number }[]) => ({
  scores: Float32Array.from(list, ({ score }) => score),
  labels: Uint8Array.from(list, ({ label }) => label),
  weights: Float32Array.from(list, ({ weight }) => weight),
  seen: Uint32Array.from(list, ({ seen }) => seen),
});

test('scores under weights are those of the repeated rows', () => {
  const property = fc.property(rows, (list) => {
    const { scores, labels, weights } = columns(list);
    const repeated = columns(list.flatMap((row) => Array<typeof row>(row.weight).fill(row)));
    const found = scoresOf(scores, labels, weights);
    const expected = scoresOf(repeated.scores, repeated.labels);
    for (const name of Object.keys(expected) as (keyof typeof expected)[])
      if (Number.isFinite(expected[name])) expect(found[name], name).toBeCloseTo(expected[name], 10);
  });
  fc.assert(property, { numRuns: 200 });
});

test('equal weights change no score; NaN stays NaN', () => {
  const scores = Float32Array.of(0.3, 0.2, 0.2, 0.9);
  const labels = [1, 0, 1, 0];
  expect(auc(scores, labels, [2, 2, 2, 2])).toBe(auc(scores, labels));
  expect(auc(Float32Array.of(NaN, 1), [0, 1], [1, 1])).toBeNaN();
});

test('scores by frequency take the weights of their own rows', () => {
  const scores = Float32Array.of(0.2, 0.8, 0.4, 0.6, 0.3, 0.9);
  const labels = [0, 1, 1, 0, 0, 1];
  const seen = Uint32Array.of(0, 0, 5, 5, 9, 9);
  const weights = [1, 2, 3, 4, 5, 6];
  const groups = scoresByFrequency(scores, labels, seen, weights);
  expect(groups.map(({ logloss }) => logloss)).toEqual(
    [0, 2, 4].map((first) => {
      const loss = (i: number) => -Math.log(labels[i] ? scores[i] : 1 - scores[i]);
      const [a, b] = [first, first + 1];
      return expect.closeTo(
        (weights[a] * loss(a) + weights[b] * loss(b)) / (weights[a] + weights[b]),
        6,
      ) as number;
    }),
  );
});

test('rows of weight 0 do not make a group, nor the clicks of its AUC', () => {
  const scores = Float32Array.of(0.2, 0.8, 0.4, 0.6, 0.3, 0.9);
  const labels = [0, 1, 1, 0, 0, 1];
  const seen = Uint32Array.of(0, 0, 5, 5, 9, 9);
  const groups = scoresByFrequency(scores, labels, seen, [1, 2, 0, 0, 5, 0]);
  expect(groups.map(({ group, auc, clicks }) => [group, auc, clicks])).toEqual([
    ['tail', 1, 1],
    ['head', undefined, 1],
  ]);
  for (const { logloss } of groups) expect(logloss).toBeGreaterThan(0);
});

test('the weighted loss and its gradient are those of repeated rows', () => {
  const [z, y] = [tf.tensor1d([0.3, -2, 4]), tf.tensor1d([1, 0, 0])];
  const weights = Float32Array.of(2, 1, 3);
  const repeat = (x: tf.Tensor1D) => tf.gather(x, tf.tensor1d([0, 0, 1, 2, 2, 2], 'int32'));
  const weighted = tf.valueAndGrad((z) =>
    weightedCrossEntropy(z as tf.Tensor1D, y, tf.tensor1d(sharesOf(weights))),
  )(z);
  const repeated = tf.valueAndGrad((z) => binaryCrossEntropy(repeat(z as tf.Tensor1D), repeat(y)))(z);
  expect(weighted.value.dataSync()[0]).toBeCloseTo(repeated.value.dataSync()[0], 6);
  const [found, expected] = [weighted.grad.dataSync(), repeated.grad.dataSync()];
  found.forEach((slope, i) => expect(slope).toBeCloseTo(expected[i], 6));
  const nothing = weightedCrossEntropy(z, y, tf.tensor1d(sharesOf(new Float32Array(3))));
  expect(nothing.dataSync()[0]).toBe(0);
});

/** The data with a weight for each row of a batch and a part. */
function weighted(data: Data, weight: (label: number) => number): Data {
  const of = (labels: ArrayLike<number>) => Float32Array.from(Array.from(labels), weight);
  return {
    ...data,
    *batches(part, options): Generator<Batch> {
      for (const batch of data.batches(part, options)) yield { ...batch, weights: of(batch.labels) };
    },
    labels: (part) => data.labels(part),
    trueProbabilities: (part) => data.trueProbabilities(part),
    weights: (part) => of(data.labels(part)),
    close: () => data.close(),
  };
}

test('a step trains on the weighted loss: weights times a number change nothing, a row of weight 0 is not there', async () => {
  const data = smallData();
  const [taken] = data.batches('train', { batchSize: 40 });
  const step = async (weights: Float32Array) => {
    const plan = feasiblePlan(full, layerAt(data.fields, 4, 1));
    const network = dlrm.build({ denseFields: 2, fields: 3, dim: 4 }, { bottom: [8], top: [8] }, 1);
    const trainer = new Trainer(new Embedding(plan, await cpu.open({}), 'sgd', 1), network, optimizers.sgd);
    const batch = { ...taken, weights };
    const logits = tf.tidy(() => trainer.logits(batch).dataSync().slice());
    const loss = tf.tidy(() => trainer.step(batch, 1).dataSync()[0]);
    const weightsAfter = network.variables.flatMap((variable) => [...variable.dataSync()]);
    trainer.dispose();
    return { logits, loss, weightsAfter };
  };
  const weights = Float32Array.from({ length: 40 }, (_, i) => i % 4);
  const { logits, loss, weightsAfter } = await step(weights);
  const losses = weights.map((w, i) => w * (Math.log1p(Math.exp(logits[i])) - taken.labels[i] * logits[i]));
  expect(loss).toBeCloseTo(losses.reduce((a, b) => a + b) / weights.reduce((a, b) => a + b), 5);
  const doubled = await step(weights.map((weight) => 2 * weight));
  doubled.weightsAfter.forEach((x, i) => expect(x).toBeCloseTo(weightsAfter[i], 5));
  expect((await step(new Float32Array(40).fill(1))).loss).not.toBeCloseTo(loss, 3);
});

test('what a method learns of held-out rows counts their weights', async () => {
  const data = weighted(smallData(), (label) => (label > 0.5 ? 8 : 1));
  const found: number[] = [];
  const whole = feasiblePlan(full, layerAt(data.fields, 4, 1));
  const plan: Plan = {
    ...whole,
    async next(trained) {
      found.push(await trained.auc((lookup) => whole.embed(lookup), data.rows.train));
      return undefined as never;
    },
  };
  // Weights by row, of both classes: they change an AUC, where one number for each class changes none.
  const byRow: Data = {
    ...data,
    *batches(part, options): Generator<Batch> {
      for (const batch of data.batches(part, options))
        yield {
          ...batch,
          weights: Float32Array.from(batch.ids.subarray(0, batch.size), (id) => 1 + (id % 7) ** 2),
        };
    },
  };
  for (const of of [data, byRow]) {
    const settings = { ...smallRun, learningRate: 1e-30, optimizer: 'sgd' as const };
    await run(of, plan, dlrm, await cpu.open({}), settings);
  }
  expect(found).toHaveLength(2);
  expect(found[0]).not.toBe(found[1]);
});

test('a run uses them: equal weights change nothing but rounding, weight on clicks raises predictions', async () => {
  const data = smallData();
  const plan = () => feasiblePlan(full, layerAt(data.fields, 4, 1));
  const backend = await cpu.open({});
  const outcome = async (of: Data) => (await run(of, plan(), dlrm, backend, smallRun)).quality;
  const [without, equal, clicks] = [
    await outcome(data),
    await outcome(weighted(data, () => 0.5)),
    await outcome(weighted(data, (label) => (label > 0.5 ? 8 : 1))),
  ];
  expect(equal.logloss).toBeCloseTo(without.logloss, 4);
  expect(equal.auc).toBeCloseTo(without.auc, 3);
  // 8 clicks in place of each: predictions rise with the weighted click rate, and stay calibrated under the weights.
  expect(clicks.calibration).toBeGreaterThan(0.5);
  expect(clicks.calibration).toBeLessThan(1.5);
  expect(clicks.logloss).not.toBeCloseTo(without.logloss, 2);
});
