import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { idMap } from '../../harness/contract/indices.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { runStages } from '../../harness/training/stages/run-stages.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { shark } from '../../methods/shark/index.ts';
import { RowPriorities } from '../../methods/shark/row-priority.ts';
import { formsFor, servedTiers, tierBytes } from '../../methods/shark/served-tiers.ts';
import { fillTiers, tiersByThreshold, type TierSizes } from '../../methods/shark/tier-layout.ts';
import { labelMaps } from '../../methods/shared/id-sets/class-forms.ts';
import { mapBytes } from '../../methods/shared/id-sets/id-set.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
import { smallData } from '../small-data.ts';
import { trainedTo } from './trained.ts';
import { vectorsOf } from './untrained.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const words = (ids: number) => idMap(ids, 32, () => new Uint32Array(ids));

describe('priorities', () => {
  const rule = { positive: 5, decay: 0.1, updates: 4 };
  const stepAt = (index: number, positives: number, negatives: number, id = 0) => ({
    index,
    steps: 4,
    ids: Uint32Array.from({ length: positives + negatives }, () => id),
    labels: () => Float32Array.from({ length: positives + negatives }, (_, i) => Number(i < positives)),
  });

  test('decay, and weigh clicks', () => {
    for (const [updates, expected] of [
      [1, 0.8],
      [2, 0.72],
      [3, 1.748],
      [4, 2.0732],
    ]) {
      // prettier-ignore
      const priorities = new RowPriorities([words(2), words(2)], { ...rule, updates });
      const seen: [number, number][] = [[1, 3], [0, 0], [2, 1], [0, 5]]; // prettier-ignore
      seen.slice(0, updates).forEach(([positives, negatives], update) => priorities.count({ ...stepAt(update, positives, negatives), steps: updates }, [0])); // prettier-ignore
      expect(priorities.atEnd()[0]).toBeCloseTo(expected, 5);
      expect(priorities.atEnd()[1]).toBe(0);
    }
  });

  test('are those of every id, in steps of an update together, without cells that fill rows', () => {
    const priorities = new RowPriorities([words(5), words(5)], { ...rule, updates: 2 });
    const step = { ids: Uint32Array.from([1, 0, 1, 2]), steps: 4 };
    priorities.count({ ...step, index: 0, labels: () => Float32Array.from([1, 1, 0, 0]) }, [0, 2]);
    priorities.count({ ...step, index: 1, counted: Uint8Array.from([1, 1, 1, 0]) }, [0, 2]);
    priorities.count({ ...step, index: 2, ids: Uint32Array.from([0, 0]) }, [0, 2]);
    const [a, b, c, d, e] = priorities.atEnd();
    expect([a, b, c, d, e].map((x) => Number(x.toFixed(6)))).toEqual([0.1, 0.72, 0.64, 0, 0.09]);
  });
});

test('priorities of a training do not remember another one of the same plan', () => {
  const priorities = new RowPriorities([words(3), words(3)], { positive: 5, decay: 0.1, updates: 4 });
  const course = () => {
    for (let index = 0; index < 4; index++)
      priorities.count({ index, steps: 4, ids: Uint32Array.from([index % 2, 2]) }, [0]);
    return [...priorities.atEnd()];
  };
  const first = course();
  expect(course()).toEqual(first);
});

describe('tiers', () => {
  const paper = formsFor(16, false);
  const ofMap = (ids: number) => Math.ceil((2 * ids) / 8) + 3 * 4 * Math.ceil(ids / 512);
  const bytes = ([a, b, c]: TierSizes) => 64 * a + 32 * b + 24 * c;

  test('take 4 d, 2 d and d + 8 bytes a row, and d / 2 + 4 of 4 bits', () => {
    const layer = { fields: zipfFields([100_000]), dim: 16 };
    const rows = tierBytes(layer, paper, [2_000, 8_000, 40_000]);
    expect(mapBytes(labelMaps({ fields: layer.fields, classes: 4, stored: 3 }))).toBe(ofMap(100_000));
    expect(bytes([2_000, 8_000, 40_000]) + ofMap(100_000)).toBe(1_371_352);
    // A bit for each id, and labels of those that have rows, take less.
    const ofSet =
      4 * 3_125 + Math.ceil((195 * 16) / 8) + Math.ceil((2 * 50_000) / 8) + 12 * Math.ceil(50_000 / 512);
    expect(rows).toBe(bytes([2_000, 8_000, 40_000]) + ofSet + 4 * 16);
    const more = (sizes: TierSizes) => tierBytes(layer, formsFor(16, true), sizes);
    expect(more([0, 0, 0, 100_000]) - more([0, 0, 100_000, 0])).toBe(-1_200_000);
    expect(formsFor(2, true)).toHaveLength(2); // rows of integers would take more than floats
  });

  test.each([
    [4_000, 120.3008, [8, 25, 100], 3_986],
    [8_000, 57.971, [17, 52, 207], 7_994],
    [16_000, 28.5205, [35, 105, 421], 15_978],
  ])('%i bytes: from a priority of %f on', (budget, threshold, sizes, taken) => {
    const sorted = Float32Array.from({ length: 1_000 }, (_, r) => 1_000 / (r + 1));
    const total = (sizes: TierSizes) => bytes(sizes) + ofMap(1_000);
    const found = tiersByThreshold({ sorted, tiers: 3, ratio: 4, fits: (sizes) => total(sizes) <= budget });
    expect(found.sizes).toEqual(sizes);
    expect(found.threshold).toBeCloseTo(threshold, 3);
    expect(total(found.sizes)).toBe(taken);
  });

  test('are filled where priorities are equal, and ids never seen come last', () => {
    const fits = (sizes: TierSizes) => bytes(sizes) <= 1_000;
    const alike = tiersByThreshold({ sorted: new Float32Array(100).fill(1), tiers: 3, ratio: 4, fits });
    expect(alike.sizes).toEqual([0, 0, 0]);
    expect(fillTiers(alike.sizes, 100, fits)).toEqual([0, 2, 39]);
    const unseen = tiersByThreshold({ sorted: new Float32Array(3), tiers: 3, ratio: 4, fits });
    expect(fillTiers(unseen.sizes, 3, fits)).toEqual([3, 0, 0]);
  });
});

test('rows are stored in the form of their tier, dropped ids share the mean of their field', () => {
  const fields = zipfFields([4, 3]);
  const layer = { fields, dim: 4, budget: 0, seed: 1 };
  const forms = formsFor(4, false);
  expect(forms).toHaveLength(2);
  const served = servedTiers(layer, forms, Uint8Array.from([0, 2, 1, 2, 2, 2, 0]));
  const rows = Float32Array.from({ length: 28 }, (_, i) => i);
  const ids = Uint32Array.from([0, 0, 1, 1, 2, 2, 3, 0]);
  const found = vectorsOf({ plan: served.plan, contents: served.contents(rows) }, backend, { ids, batch: 4 });
  const vector = (row: number) => [...found.subarray(4 * row, 4 * row + 4)];
  const [, second, , fourth] = fields[0].counts;
  const mean = (4 * second + 12 * fourth) / (second + fourth);
  expect(vector(0)).toEqual([0, 1, 2, 3]);
  expect(vector(4)).toEqual([8, 9, 10, 11]);
  for (const dropped of [2, 6]) vector(dropped).forEach((x, k) => expect(x).toBeCloseTo(mean + k, 5)); // prettier-ignore
  expect(vector(5)).toEqual([24, 25, 26, 27]);
  expect(vector(1)).toEqual(vector(3));
  expect(served.plan.toldApart).toEqual({ byField: [2, 1] });
});

describe('on Kaggle', () => {
  test('the least is a row per field', () => {
    const plan = shark.plan({ fields: kaggleFields, dim: 16, budget: 100, seed: 1 }, shark.options.parse({}));
    expect(isInfeasible(plan) && plan.smallestBytes).toBe(26 * 4 * 16);
  });

  test.each([4, 64])('at %ix the budget is spent', (ratio) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    expect(sizeOf(feasiblePlan(shark, layer)).servingBytes).toBe(layer.budget);
  });
});

test('a training tells labels: clicks raise an id above one that is seen as often', async () => {
  const data = smallData(1, [3, 40, 500, 300]);
  const layer = layerAt(data.fields, 8, 8);
  const plan = feasiblePlan(shark, layer, { positive: 100 });
  const clicks = data.fields.map(({ cardinality }) => new Uint32Array(cardinality));
  for (const { ids, labels, size } of data.batches('train', { batchSize: 1000 }))
    for (let at = 0; at < size * 4; at++) clicks[at % 4][ids[at]] += labels[Math.floor(at / 4)];
  const settings = { dim: 8, optimizer: 'adagrad', learningRate: 0.05, batchSize: 100, epochs: 1, order: 'log', seed: 3 } as const; // prettier-ignore
  const { trainer } = await runStages(data, plan, dlrm, backend, { ...settings, modelOptions: { bottom: [8], top: [16] } }); // prettier-ignore
  const { plan: last } = trainer.embedding;
  expect(sizeOf(last).servingBytes).toBeLessThanOrEqual(layer.budget);
  expect(sizeOf(last).servingBytes).toBeGreaterThan(0.97 * layer.budget);
  const rows = last.choices.rows as number[];
  expect(rows.every((count) => count > 0)).toBe(true);
  // The state of the training is that of its plan: what was clicked has the highest priorities.
  const found = new Float32Array(plan.maps![0].values.buffer);
  const best = [...found.keys()].sort((a, b) => found[b] - found[a]).slice(0, 20);
  const all = clicks.flatMap((ofField) => [...ofField]);
  expect(Math.min(...best.map((row) => all[row]))).toBeGreaterThan(0);
  trainer.dispose();
});

test('is trained as full is, and converted without further training', async () => {
  const layer = layerAt(zipfFields([30, 200]), 8, 8);
  const plan = feasiblePlan(shark, layer);
  const { plan: last, network } = await plan.next!(trainedTo([]));
  expect(network).toBe('kept');
  expect(last.training).toEqual({ share: 0 });
  expect(sizeOf(last).servingBytes).toBeLessThanOrEqual(layer.budget);
});
