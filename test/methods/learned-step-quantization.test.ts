import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { loadServing, saveServing } from '../../harness/serving/served-layer.ts';
import { kaggleCardinalities, kaggleFields } from '../../suites/described/kaggle.ts';
import { learnedStepQuantization as lsq } from '../../methods/learned-step-quantization/index.ts';
import { endsOf } from '../../methods/shared/precision/integer-grid.ts';
import { bitsPerField } from '../../methods/learned-step-quantization/integer-fields.ts';
import { feasiblePlan, layerAt, uncountedFields } from '../layers.ts';
import { readTables } from './small-layer.ts';
import { nextStage, vectorsOf } from './train-steps.ts';
import { trainAlone } from './train-alone.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const floats = 540_201_232;

describe('on Kaggle', () => {
  test.each([
    [8, floats],
    [4, floats / 2],
  ])('%i bits and a step for each of 26 fields', (bits, bytes) => {
    const plan = feasiblePlan(lsq, layerAt(kaggleFields, 16, 1), { bits });
    expect(sizeOf(plan)).toEqual({ parameters: floats + 26, servingBytes: bytes + 4 * 26 });
  });

  test.each([
    [4, 8],
    [8, 4],
  ])('at %dx all but a few small fields have %i bits', (ratio, bits) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    const plan = feasiblePlan(lsq, layer);
    const left = layer.budget - sizeOf(plan).servingBytes;
    const fewer = kaggleCardinalities.filter((_, f) => (plan.choices.bits as number[])[f] !== bits);
    expect(plan.choices.bits).toSatisfy((all: number[]) =>
      all.every((own) => own === bits || own === bits - 1),
    );
    // A bit of an id is two bytes: together no less than the steps, and no more than it takes.
    expect(2 * fewer.reduce((sum, n) => sum + n, 0)).toBe(4 * 26 + left);
    expect(left).toBeLessThan(2 * Math.min(...fewer));
    expect(Math.max(...fewer)).toBeLessThan(200);
  });

  test('two bits for all are the least', () => {
    const plan = lsq.plan(layerAt(kaggleFields, 16, 16), lsq.options.parse({}));
    expect(isInfeasible(plan) && plan.smallestBytes).toBe(floats / 4 + 4 * 26);
  });
});

test('the largest fields get a bit more where there is room for it', () => {
  const layer = { fields: uncountedFields([10, 1000, 100]), dim: 8, budget: 3.95 * 1110, seed: 1 };
  const bytesOf = (bits: readonly number[]) => bits[0] * 10 + bits[1] * 1000 + bits[2] * 100;
  expect(bitsPerField(layer, undefined, bytesOf)).toEqual([4, 4, 3]);
  expect(bitsPerField({ ...layer, budget: 4 * 1110 - 5 }, undefined, bytesOf)).toEqual([3, 4, 4]);
  expect(bitsPerField({ ...layer, budget: 1e9 }, undefined, bytesOf)).toEqual([16, 16, 16]);
  expect(bitsPerField(layer, 2, bytesOf)).toEqual([2, 2, 2]);
  expect(bitsPerField(layer, 5, bytesOf)).toMatchObject({ smallestBytes: 5550 });
});

const cardinalities = [3, 40];
const fields = uncountedFields(cardinalities);
const everyId = Uint32Array.from({ length: 80 }, (_, i) => Math.floor(i / 2) % cardinalities[i % 2]);
/** A budget at which 4 bits do not fit with the steps: the larger field alone has them. */
const mixed = { fields, dim: 4, budget: (4 * 43 * 4) / 8 + 7, seed: 1 };

test('looks up multiples of the first steps at first: 2 mean|w| / sqrt(highest)', () => {
  const plan = feasiblePlan(lsq, mixed);
  const embedding = new Embedding(plan, backend, 'sgd', 1);
  const vectors = vectorsOf(embedding, everyId, 2);
  expect(plan.choices.bits).toEqual([3, 4]);
  const found = cardinalities.map((n, f) => {
    const { lowest, highest } = endsOf(f === 0 ? 3 : 4);
    const step = 1 / Math.sqrt(n * highest);
    const integers = [...vectors].filter((_, at) => Math.floor(at / 4) % 2 === f).map((x) => x / step);
    for (const k of integers) {
      expect(Math.abs(k - Math.round(k))).toBeLessThan(1e-5);
      expect(Math.round(k)).toBeGreaterThanOrEqual(lowest);
      expect(Math.round(k)).toBeLessThanOrEqual(highest);
    }
    return new Set(integers.map((k) => Math.round(k) + 0)).size;
  });
  // Rows reach +-sqrt(highest) steps: 1.7 and 2.6 of them.
  expect(found[0]).toBeLessThanOrEqual(5);
  expect(found[1]).toBe(7);
  embedding.dispose();
});

test('is served as it was trained, from tables of three and of four bits', async () => {
  const plan = feasiblePlan(lsq, mixed);
  const embedding = await trainAlone(plan, { backend, cardinalities, rule: 'adagrad', rate: 0.1, steps: 20, batch: 5 }); // prettier-ignore
  const trained = vectorsOf(embedding, everyId, 2);
  const { plan: last, contents, network } = await nextStage(embedding);
  expect(last.tables.map(({ stored }) => stored)).toEqual([
    { kind: 'grid', bits: 3, step: 1 },
    { kind: 'grid', bits: 4, step: 1 },
  ]);
  expect(network).toBe('kept');
  const holding = new Embedding(last, backend, 'sgd', 1, contents);
  const served = loadServing(last, await saveServing(holding), backend);
  expect(vectorsOf(served, everyId, 2).map((x) => x + 0)).toEqual(trained.map((x) => x + 0));
  for (const one of [embedding, holding, served]) one.dispose();
});

describe('trained away from zero', () => {
  const trainUp = (stepRate: number) => {
    const plan = feasiblePlan(lsq, mixed, { stepRate });
    return trainAlone(plan, { backend, cardinalities, rule: 'sgd', rate: 0.5, steps: 30, batch: 40, slope: () => -0.05 }); // prettier-ignore
  };

  test('steps grow with the rows', async () => {
    const embedding = await trainUp(0.3);
    const stage = await nextStage(embedding);
    const steps = stage.plan.choices.steps as number[];
    expect(steps[0]).toBeGreaterThan(1.2 / Math.sqrt(3 * 3));
    expect(steps[1]).toBeGreaterThan(1.2 / Math.sqrt(40 * 7));
    embedding.dispose();
  });

  test('floats that are clipped stay where they are while their step does', async () => {
    const embedding = await trainUp(0);
    const [rows] = await readTables(embedding, embedding.plan.tables);
    const last = 3 / Math.sqrt(3 * 3); // three steps, of three bits
    // A row of the first field is looked up about 13 times in a step: none goes further than one update beyond it.
    for (const x of rows.subarray(0, 12)) {
      expect(x).toBeGreaterThanOrEqual(last);
      expect(x).toBeLessThan(last + 0.5 * 0.05 * 40);
    }
    embedding.dispose();
  });
});
