import * as tf from '../../tensors/index.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { randomBatches } from '../../harness/batches/random-batches.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { TrainingClock } from '../../harness/embedding/training-clock.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { optimizers } from '../../harness/optimizers/index.ts';
import { Trainer } from '../../harness/training/trainer.ts';
import { dimGrow } from '../../methods/dim-grow/index.ts';
import { activeCoordinates, gated, gatePenalty, shuffled } from '../../methods/dim-grow/gates.ts';
import { foundWidths, gateOf, growFields, wishOf } from '../../methods/dim-grow/growth.ts';
import { kaggleCardinalities, kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
import { trainedTo } from './trained.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const rule = { grow: 0.6, shrink: 0.01, temperature: 5 };

describe('growth', () => {
  test('gates are .6 and .01 at these logits', () => {
    expect(gateOf(0.081093, 5)).toBeCloseTo(0.6, 6);
    expect(gateOf(-0.919024, 5)).toBeCloseTo(0.01, 7);
  });

  /** Logits of active coordinates, coordinates of all fields and how many there may be. */
  test.each([
    [[0.09], 26, 60, 2],
    [[0.08], 26, 60, 1],
    [[0.3, 0.09], 30, 60, 3],
    [[0.3, -0.95, 0.1], 30, 60, 2],
    [[0.3, 0.2], 60, 60, 2],
  ])('%j, %i of %i coordinates: %i', (active, total, most, expected) => {
    const logits = Float32Array.from({ length: 4 }, (_, j) => active[j] ?? 0);
    const growth = { widths: Uint32Array.of(active.length), wishes: new Uint32Array(1) };
    const fits = (_: number, width: number) => total + width - active.length <= most;
    const before = active.length;
    growFields(growth, logits, rule, fits);
    expect(growth.widths[0]).toBe(Math.min(before, expected)); // who wishes for more has to do so twice
    if (expected > before) growFields(growth, logits, rule, fits);
    expect(growth.widths[0]).toBe(expected);
  });

  test('a wish counts if the next test has it as well', () => {
    const growth = { widths: Uint32Array.of(1), wishes: new Uint32Array(1) };
    const tests = [0.2, 0.01, 0.2, 0.2, 0.2].map((logit) => {
      growFields(growth, Float32Array.of(logit, 0.5, 0.5), rule, () => true);
      return growth.widths[0];
    });
    expect(tests).toEqual([1, 1, 1, 2, 2]);
  });

  test('a field is neither wider than the model nor without a coordinate', () => {
    expect(wishOf([-9], rule)).toBe(0);
    const growth = { widths: Uint32Array.of(2), wishes: Uint32Array.of(5) };
    growFields(growth, Float32Array.of(9, 9), rule, () => true);
    expect(growth.widths[0]).toBe(2);
  });

  test('what is found are gates above a half; more is wanted by the mean gate and the place', () => {
    const logits = Float32Array.of(0.3, -0.1, 0, 0.4, 0.4, 0.4, -1, 0, 0);
    const { widths, wanted } = foundWidths(Uint32Array.of(2, 3, 1), logits, 5);
    expect(widths).toEqual([1, 3, 1]);
    const mean = (gateOf(0.3, 5) + gateOf(-0.1, 5)) / 2;
    expect(mean / 3).toBeGreaterThan(gateOf(-1, 5) / 2);
    expect(wanted).toEqual([0, 0, 2, 2]);
  });
});

describe('gates', () => {
  const active = (widths: number[], dim: number) => activeCoordinates(Uint32Array.from(widths), dim);

  test('mix a coordinate with that of another sample', () => {
    const x = tf.tensor3d([1, 2, 3, 4], [4, 1, 1]);
    const mixed = gated(x, () => tf.tensor3d([3, 1, 4, 2], [4, 1, 1]), tf.tensor2d([[0.2]]), active([1], 1), 5); // prettier-ignore
    [1.5378828, 1.7310586, 3.2689414, 3.4621172].forEach((expected, i) =>
      expect(mixed.dataSync()[i]).toBeCloseTo(expected, 6),
    );
  });

  test('have the gradients of finite differences, and other samples learn nothing', () => {
    const x = tf.tensor3d([1, 2, -3, 4, 0.5, 1, 2, 2], [2, 2, 2]);
    const other = tf.tensor3d([3, 1, 4, 2, 1, 0, -1, 2], [2, 2, 2]);
    const logits = tf.tensor2d([0.1, -0.2, 0.3, 0], [2, 2]);
    const slopes = tf.tensor3d([1, -2, 3, 0.5, 2, 1, -1, 1], [2, 2, 2]);
    const mask = active([2, 1], 2);
    const value = (x: tf.Tensor3D, logits: tf.Tensor2D) =>
      tf.sum(
        tf.mul(
          gated(x, () => other, logits, mask, 5),
          slopes,
        ),
      );
    const [dx, dLogits] = tf.grads((x, logits) => value(x as tf.Tensor3D, logits as tf.Tensor2D))([x, logits]); // prettier-ignore
    const gates = [0.1, -0.2, 0.3, 0].map((logit) => gateOf(logit, 5) * (logit === 0 ? 0 : 1));
    dx.dataSync().forEach((d, i) => expect(d).toBeCloseTo(slopes.dataSync()[i] * gates[i % 4], 5));
    for (const at of [0, 1, 2, 3]) {
      const nudge = (by: number) =>
        value(x, tf.add(logits, tf.tensor2d([0, 1, 2, 3].map((i) => (i === at ? by : 0)), [2, 2]))).dataSync()[0]; // prettier-ignore
      expect(dLogits.dataSync()[at]).toBeCloseTo((nudge(0.01) - nudge(-0.01)) / 0.02, 2);
    }
  });

  test('cost a tenth of their mean by place', () => {
    const logits = tf.tensor2d([0.1, 0.2, 0, -0.1, 5, 5, 0, 0, 0], [3, 3]);
    expect(gatePenalty(logits, active([2, 1, 3], 3), 5).dataSync()[0]).toBeCloseTo(0.0380366, 6);
  });

  test('other samples are a permutation of the batch for each coordinate, another one in another step', () => {
    const x = tf.tensor3d(Float32Array.from({ length: 7 * 3 * 4 }, (_, i) => i), [7, 3, 4]); // prettier-ignore
    const at = (index: number) => [...shuffled(x, 3, TrainingClock.at(index, 100)).dataSync()];
    const column = (values: number[], c: number) => values.filter((_, i) => i % 12 === c);
    const found = at(5);
    const turns = [...Array(12).keys()].map((c) => {
      const values = column(found, c);
      expect(values.slice().sort((a, b) => a - b)).toEqual(column([...x.dataSync()], c));
      return values[0];
    });
    expect(new Set(turns.map((first, c) => (first - c) / 12)).size).toBeGreaterThan(2);
    expect(at(5)).toEqual(found);
    expect(at(6)).not.toEqual(found);
  });
});

describe('the search', () => {
  const fields = zipfFields([3, 40, 700, 300, 6]);

  test('grows what the loss gains by, within the budget, and starts anew with every training', async () => {
    const layer = layerAt(fields, 8, 2);
    const plan = feasiblePlan(dimGrow, layer, { rate: 0.2, holdOut: 2, penalty: 0 });
    const [widthMap] = plan.maps!;
    const batches = randomBatches(fields, 4, 32, 1);
    const trainedWidths = async () => {
      const embedding = new Embedding(plan, backend, 'adagrad', 1);
      const network = dlrm.build({ denseFields: 4, fields: 5, dim: 8 }, { bottom: [8], top: [8] }, 2);
      const trainer = new Trainer(embedding, network, optimizers.adagrad);
      const widths: number[][] = [];
      for (let index = 0; index < 60; index++) {
        trainer.step(batches[0], 0.1, { index, steps: 60, heldOut: trainer.holdsOut(index) }).dispose();
        await trainer.afterStep();
        widths.push([...widthMap.values]);
      }
      trainer.dispose();
      return widths;
    };
    const first = await trainedWidths();
    expect(first[0]).toEqual([1, 1, 1, 1, 1]);
    expect(Math.max(...first.at(-1)!)).toBeGreaterThan(1);
    expect(await trainedWidths()).toEqual(first);
  });

  test('leads to a layer of the widths that were found, and of more as far as there are bytes', async () => {
    const layer = layerAt(zipfFields([1000, 50, 400]), 16, 4);
    const plan = feasiblePlan(dimGrow, layer);
    plan.maps![0].values.set([2, 4, 2]);
    const logits = new Float32Array(48);
    logits.set([0.5, 0.5], 0);
    logits.set([0.1, 0.1, 0.1, -0.1], 16);
    logits.set([-0.3, -0.2], 32);
    const stage = await plan.next!(trainedTo([[plan.weights![0], logits]]));
    expect([stage.network, stage.contents]).toEqual(['fresh', undefined]);
    expect(stage.plan.choices.found).toEqual([2, 3, 1]);
    const widths = stage.plan.choices.widths as number[][];
    widths.forEach((ofField, f) => expect(ofField.at(-1)).toBeGreaterThanOrEqual([2, 3, 1][f]));
    expect(sizeOf(stage.plan).servingBytes).toBeLessThanOrEqual(layer.budget);
    expect(sizeOf(stage.plan).servingBytes).toBeGreaterThan(0.999 * layer.budget);
  });

  test('starts with one coordinate of each field, or few ids of full width: beyond 16x there is none on Kaggle', () => {
    const least = kaggleCardinalities.reduce((sum, n) => sum + Math.min(n + 16, 16 * n), 0);
    const at = (budget: number) => dimGrow.plan({ fields: kaggleFields, dim: 16, budget, seed: 1 }, dimGrow.options.parse({})); // prettier-ignore
    expect(at(4 * least - 1)).toMatchObject({ smallestBytes: 4 * least });
    expect(isInfeasible(at(4 * least))).toBe(false);
  });
});
