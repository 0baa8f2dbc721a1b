import * as tf from '../../tensors/index.ts';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { isInfeasible, type Layer } from '../../harness/contract/method.ts';
import { keysOf } from '../../harness/contract/keys.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { random } from '../../base/random.ts';
import { initialFloats } from '../../harness/embedding/initial-rows.ts';
import { fieldSums, meansAndScores } from '../../methods/field-pruning/field-scores.ts';
import { fieldPruning } from '../../methods/field-pruning/index.ts';
import { keptFields } from '../../methods/field-pruning/kept-fields.ts';
import { fp8 } from '../../methods/post-training-quantization/index.ts';
import { kaggleCardinalities, kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
import { trainedTo } from './trained.ts';
import { vectorsOf } from './untrained.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

describe('scores', () => {
  /** Three samples, two fields, two coordinates; gradients of the loss of each sample: METHODS-2, section 37b. */
  const vectors = tf.tidy(() => tf.tensor3d([1, 0, 0.5, 0.5, 0, 1, 0.5, -0.5, 1, 1, -1, 0], [3, 2, 2]));
  const gradients = [0.1, -0.2, 0.3, 0, -0.1, 0.1, 0, 0.2, 0.2, 0, -0.1, 0.1];
  const ofMeanLoss = () => tf.tensor3d(gradients.map((g) => g / 3), [3, 2, 2]); // prettier-ignore
  const sumsAfter = (sums: number[]) => [...fieldSums(vectors, ofMeanLoss(), tf.tensor2d(sums, [2, 4])).dataSync()]; // prettier-ignore

  test('are the mean change of the loss where the mean stands in, by its slope', () => {
    // So far two steps whose mean is that of these samples.
    const found = sumsAfter([4 / 3, 4 / 3, 9, 2, 0, 0, 9, 2]);
    [2 / 3, 2 / 3, 0.1111111, 1, 0, 0, 0.1166667, 1].forEach((x, i) => expect(found[i]).toBeCloseTo(x, 6));
  });

  test('have no mean yet at the first step', () => {
    expect(sumsAfter([0, 0, 0, 0, 0, 0, 0, 0]).every(Number.isFinite)).toBe(true);
  });

  test('are read from the sums of many steps', () => {
    const { means, scores } = meansAndScores(Float32Array.of(2, 4, 1, 4, 0, 0, 0, 0), 2);
    expect([...means]).toEqual([0.5, 1, 0, 0]);
    expect(scores).toEqual([0.25, 0]);
  });
});

describe('fields that are kept', () => {
  const bytesOf = ({ fields, dim }: Pick<Layer, 'fields' | 'dim'>, kept: readonly boolean[]) =>
    fields.reduce((sum, { cardinality }, f) => sum + 4 * dim * (kept[f] ? cardinality : 1), 0);

  test('are worth most together, or go in the order of their scores', () => {
    const layer = { fields: zipfFields([100, 60, 50, 1]), dim: 2, budget: 8 * 113 };
    const scores = [10, 7, 6, 0];
    expect(keptFields(layer, scores, 'knapsack')).toEqual([false, true, true, true]); // 13 instead of 10
    expect(keptFields(layer, scores, 'rank')).toEqual([true, false, false, false]);
  });

  test('fit, and leave none out that would fit', () => {
    const asked = fc.record({
      rows: fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 6 }),
      more: fc.integer({ min: 0, max: 9000 }),
      seed: fc.integer({ min: 0, max: 99 }),
    });
    fc.assert(
      fc.property(asked, fc.constantFrom('knapsack', 'rank'), ({ rows, more, seed }, order) => {
        const layer = { fields: zipfFields(rows), dim: 3, budget: 12 * rows.length + more };
        const stream = random(seed);
        const kept = keptFields(layer, rows.map(() => stream.uniform()), order); // prettier-ignore
        expect(bytesOf(layer, kept)).toBeLessThanOrEqual(layer.budget);
        if (order === 'knapsack')
          rows.forEach((_, f) => {
            if (!kept[f]) expect(bytesOf(layer, kept.with(f, true))).toBeGreaterThan(layer.budget);
          });
      }),
      { numRuns: 80 },
    );
  });

  const stageOf = async (layer: Layer, scores: readonly number[], options = {}) => {
    const plan = feasiblePlan(fieldPruning, layer, options);
    const { dim } = layer;
    const sums = new Float32Array(scores.length * (dim + 2));
    scores.forEach((score, f) => {
      sums.fill(f + 1, f * (dim + 2), f * (dim + 2) + dim);
      sums.set([score, 1], f * (dim + 2) + dim);
    });
    return plan.next!(trainedTo([[plan.weights![0], sums]]));
  };

  test.each([true, false])('have rows, and the others a vector each (retrain: %s)', async (retrain) => {
    const fields = zipfFields([3, 50, 20]);
    const layer = { fields, dim: 4, budget: 16 * 25, seed: 1 };
    const stage = await stageOf(layer, [1, 9, 2], { retrain });
    const { plan, network } = stage;
    expect(plan.choices).toMatchObject({ widths: [4, 0, 4], scores: [0.0833, 0.75, 0.1667] });
    expect([network, plan.training?.share]).toEqual(retrain ? ['fresh', undefined] : ['kept', 0]);
    expect(sizeOf(plan)).toEqual({ parameters: 4 * 24, servingBytes: 16 * 24 });
    expect(keysOf(plan, fields)).toBe(23);
    expect(keysOf(feasiblePlan(fieldPruning, layer), fields)).toBe(25);
    const ids = { ids: Uint32Array.of(0, 0, 0, 1, 7, 1, 2, 49, 19), batch: 3 };
    const vectors = vectorsOf(stage, backend, ids);
    const cell = (at: number) => [...vectors.slice(4 * at, 4 * at + 4)];
    for (const at of [1, 4, 7]) expect(cell(at)).toEqual([2, 2, 2, 2]);
    expect(new Set([0, 3, 6, 2, 5, 8].map((at) => String(cell(at)))).size).toBe(6);
    if (retrain) return;
    const learned = initialFloats(feasiblePlan(fieldPruning, layer).tables[0], 1);
    const own = [learned.slice(0, 4 * 3), learned.slice(4 * 53)].flatMap((rows) => [...rows]);
    expect([...stage.contents!.get(plan.tables[0])!]).toEqual(own);
  });

  test('may be none', async () => {
    const fields = zipfFields([30, 50]);
    const stage = await stageOf({ fields, dim: 4, budget: 16 * 20, seed: 1 }, [1, 2]);
    expect(sizeOf(stage.plan).servingBytes).toBe(32);
    const vectors = vectorsOf(stage, backend, { ids: Uint32Array.of(0, 0, 29, 49), batch: 2 });
    expect([...vectors]).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1, 1, 2, 2, 2, 2]);
  });

  test('and their vectors keep a scale for each of both tables in 8-bit floats', async () => {
    const fields = zipfFields([30, 50]);
    for (let budget = 120; budget < 140; budget++) {
      const plan = feasiblePlan(fp8.wrap(fieldPruning), { fields, dim: 4, budget, seed: 1 });
      const sums = Float32Array.of(0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 1, 1);
      const { plan: last } = await plan.next!(trainedTo([[plan.weights![0], sums]]));
      expect(sizeOf(last).servingBytes).toBeLessThanOrEqual(budget);
      for (const { stored } of last.tables) expect(stored).toMatchObject({ kind: 'fp8', scaled: true });
    }
  });

  test.each([2, 4, 16, 64])('fit on Kaggle at %ix', async (ratio) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    const { plan } = await stageOf(layer, kaggleCardinalities.map((_, f) => 1 + (f % 7))); // prettier-ignore
    const { servingBytes } = sizeOf(plan);
    expect(servingBytes).toBeLessThanOrEqual(layer.budget);
    const dropped = (plan.choices.widths as number[]).flatMap((width, f) => (width === 0 ? [f] : []));
    for (const f of dropped) expect(servingBytes + 64 * (kaggleCardinalities[f] - 1)).toBeGreaterThan(layer.budget); // prettier-ignore
  });

  test('take a vector for each field at least: 1,664 bytes on Kaggle', () => {
    const at = (budget: number) => fieldPruning.plan({ fields: kaggleFields, dim: 16, budget, seed: 1 }, fieldPruning.options.parse({})); // prettier-ignore
    expect(at(1663)).toMatchObject({ smallestBytes: 1664 });
    expect(isInfeasible(at(1664))).toBe(false);
  });
});
