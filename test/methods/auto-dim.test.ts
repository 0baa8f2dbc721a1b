import * as tf from '../../tensors/index.ts';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import { isInfeasible, type Weight } from '../../harness/contract/method.ts';
import { random } from '../../base/random.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { kaggleCardinalities, kaggleFields } from '../../suites/described/kaggle.ts';
import { autoDim } from '../../methods/auto-dim/index.ts';
import { type Choice, chooseWithin } from '../../methods/shared/budget/knapsack.ts';
import { TrainingClock } from '../../harness/embedding/training-clock.ts';
import { widthSearch } from '../../methods/auto-dim/width-search.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
import { trainedTo } from './trained.ts';

beforeAll(async () => {
  await cpu.open({});
});

describe('one of each list within a budget', () => {
  const sum = (lists: Choice[][], chosen: readonly number[], what: keyof Choice) =>
    chosen.reduce((total, choice, list) => total + lists[list][choice][what], 0);

  test('is worth as much as any other, and never over', () => {
    const choice = fc.record({
      value: fc.integer({ min: -20, max: 20 }),
      cost: fc.integer({ min: 0, max: 30 }),
    });
    const lists = fc.array(fc.array(choice, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(lists, fc.integer({ min: 0, max: 120 }), (lists, budget) => {
        const all = lists.reduce<number[][]>(
          (before, choices) => before.flatMap((chosen) => choices.map((_, i) => [...chosen, i])),
          [[]],
        );
        const allowed = all.filter((chosen) => sum(lists, chosen, 'cost') <= budget);
        const found = chooseWithin(lists, budget);
        if (allowed.length === 0) {
          expect(found).toBeUndefined();
          return;
        }
        expect(sum(lists, found!, 'cost')).toBeLessThanOrEqual(budget);
        // A choice that fits with a thousandth to spare is found whatever the rounding; so little is no whole number.
        const roomy = all.filter((chosen) => sum(lists, chosen, 'cost') < budget);
        const best = Math.max(...roomy.map((chosen) => sum(lists, chosen, 'value')));
        expect(sum(lists, found!, 'value')).toBeGreaterThanOrEqual(best);
      }),
      { numRuns: 40 },
    );
  });

  test('says that values are no numbers, where all were lost', () => {
    const lost = [{ value: NaN, cost: 5 }, { value: NaN, cost: 1 }]; // prettier-ignore
    expect(() => chooseWithin([[{ value: 1, cost: 0 }], lost], 3)).toThrow('values are not finite numbers');
  });
});

describe('candidates of a search', () => {
  const layer = layerAt(zipfFields([3, 40]), 4, 3);
  const search = widthSearch(layer, [1, 2, 4], { rate: 1, coolest: 0.01 });
  const stream = random(2);
  const values = new Map<Weight, tf.Tensor>(
    search.weights.map((weight) => [weight, tf.tensor(Float32Array.from({ length: weight.shape.reduce((a, b) => a * b) }, () => stream.normal()), [...weight.shape])]), // prettier-ignore
  );
  const matrices = (logits: number[], training?: { index: number; steps: number }) => [
    ...search
      .matrices({
        weight: (weight) => (weight === search.logits ? tf.tensor(logits, [2, 3]) : values.get(weight)!),
        ...(training && { training: TrainingClock.at(training.index, training.steps) }),
      })
      .dataSync(),
  ];
  const sure = (m: number) => [0, 0, 0, 0, 0, 0].map((_, i) => (i % 3 === m ? 1e4 : 0));

  test('look at the first coordinates alone, and keep the scale of a row', () => {
    [1, 2].forEach((width, m) => {
      const found = matrices(sure(m));
      for (const field of [0, 1])
        for (let column = 0; column < 4; column++) {
          const entries = [0, 1, 2, 3].map((row) => found[(field * 4 + row) * 4 + column]);
          expect(entries.slice(width).every((x) => x === 0)).toBe(true);
          expect(Math.hypot(...entries)).toBeCloseTo(1, 4);
        }
    });
    const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
    expect(matrices(sure(2))).toEqual([...identity, ...identity]);
  });

  test('are mixed where nothing is known', () => {
    const mean = [0, 1, 2].map((m) => matrices(sure(m)));
    matrices([0, 0, 0, 0, 0, 0]).forEach((x, i) =>
      expect(x).toBeCloseTo((mean[0][i] + mean[1][i] + mean[2][i]) / 3, 5),
    );
  });

  test('are drawn while training: the same in a step, others in another, one at a time in the end', () => {
    const at = (index: number) => matrices([0, 0, 0, 0, 0, 0], { index, steps: 1000 });
    expect(at(7)).toEqual(at(7));
    expect(at(7)).not.toEqual(at(8));
    // One candidate has nearly all at a temperature of .01.
    const drawn = new Set<number>();
    for (let index = 990; index < 1000; index++) {
      const found = at(index).slice(0, 16);
      const distances = [0, 1, 2].map(
        (m) =>
        Math.max(...matrices(sure(m)).slice(0, 16).map((x, i) => Math.abs(x - found[i]))), // prettier-ignore
      );
      expect(Math.min(...distances)).toBeLessThan(0.3);
      drawn.add(distances.indexOf(Math.min(...distances)));
    }
    expect(drawn.size).toBe(3);
  });
});

describe('the widths', () => {
  const logitsOf = (fields: number, wanted: (f: number) => number) =>
    Float32Array.from({ length: fields * 5 }, (_, i) => (i % 5 === wanted(Math.floor(i / 5)) ? 8 : 0));
  const retrained = async (layer: Parameters<typeof autoDim.plan>[0], logits: Float32Array) => {
    const plan = feasiblePlan(autoDim, layer);
    const weight = plan.weights!.find(({ architecture }) => architecture)!;
    return await plan.next!(trainedTo([[weight, logits]]));
  };

  test('are those wanted most where they fit, with matrices and a network as new', async () => {
    const layer = layerAt(zipfFields([1000, 50, 400]), 16, 2);
    const { plan, network, contents } = await retrained(
      layer,
      logitsOf(3, (f) => [1, 4, 3][f]),
    );
    expect(plan.choices.widths).toEqual([[2], [16], [8]]);
    // 1000 x 2 + 2 x 16, 50 x 16, 400 x 8 + 8 x 16.
    expect(sizeOf(plan).parameters).toBe(2032 + 800 + 3328);
    expect([network, contents]).toEqual(['fresh', undefined]);
  });

  test.each([2, 4, 8, 12])('fit the budget whatever is wanted, on Kaggle at %ix', async (ratio) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    const { plan } = await retrained(
      layer,
      logitsOf(26, () => 4),
    );
    const first = feasiblePlan(autoDim, layer);
    expect(sizeOf(plan).servingBytes).toBeLessThanOrEqual(sizeOf(first).servingBytes);
    expect(sizeOf(first).servingBytes).toBeLessThanOrEqual(layer.budget);
    expect(sizeOf(plan).servingBytes).toBeGreaterThan(0.75 * layer.budget);
  });

  test('are the wider ones where the search has learned nothing, as far as they fit', async () => {
    const layer = layerAt(zipfFields([10_000, 5]), 16, 4);
    const { plan } = await retrained(layer, new Float32Array(10));
    expect(plan.choices.widths).toEqual([[2], [16]]); // of width 4, matrices would be too much
  });

  test('are at least the cheapest of each field: 1 and a matrix, or for few ids 16', () => {
    const layer = layerAt(kaggleFields, 16, 17);
    const plan = autoDim.plan(layer, autoDim.options.parse({}));
    const least = kaggleCardinalities.reduce((sum, n) => sum + Math.min(n + 16, 16 * n), 0);
    expect(isInfeasible(plan) && plan.smallestBytes).toBe(4 * least);
  });

  test('are learned on training samples that rows are not learned from', () => {
    const plan = feasiblePlan(autoDim, layerAt(kaggleFields, 16, 4));
    expect(plan.training!.holdOutEvery).toBe(10);
    expect(plan.weights!.filter(({ architecture }) => architecture).map(({ shape }) => shape)).toEqual([
      [26, 5],
    ]);
  });
});
