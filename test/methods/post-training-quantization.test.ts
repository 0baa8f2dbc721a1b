import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import { native } from '../../backends/native/index.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { isInfeasible, type Method, type Plan, type Table } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { type Outcome, run, type RunSettings } from '../../harness/run.ts';
import { full } from '../../methods/full.ts';
import { hashingTrick } from '../../methods/hashing-trick.ts';
import { methods, wrappers } from '../../methods/index.ts';
import { fp16, int2, int4, int8 } from '../../methods/post-training-quantization/index.ts';
import { uniform } from '../../methods/uniform.ts';
import { findMethod } from '../../suites/find-method.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt, uncountedFields, zipfFields } from '../layers.ts';
import { smallData } from '../small-data.ts';
import { type Log, stagedMethod } from './staged-method.ts';

const bytesOf = (name: string, dim: number, options = {}) => {
  const layer = { fields: uncountedFields([1600]), dim, budget: Number.MAX_SAFE_INTEGER, seed: 1 };
  return sizeOf(feasiblePlan(findMethod(name), layer, options)).servingBytes;
};

describe('bytes of a full table per row', () => {
  test.each([
    ['fp16', 16, 32],
    ['int8', 16, 24],
    ['int4', 16, 12],
    ['int2', 16, 8],
    ['fp16', 64, 128],
    ['int8', 64, 72],
    ['int4', 64, 36],
    ['int2', 64, 20],
    ['int8', 128, 136],
    ['int4', 128, 68],
    ['int4', 17, 13], // nine bytes for 17 codes
    ['int2', 18, 9],
    ['mxfp8', 16, 16.5],
    ['mxint8', 16, 16.5],
    ['mxfp6', 16, 12.5],
    ['mxfp4', 16, 8.5],
    ['nf4', 16, 9],
    ['mxfp4', 4, 2.125], // eight rows share an exponent
    ['nf4', 10, 5.625],
  ])('%s, dim %i: %i', (name, dim, bytes) => {
    expect(bytesOf(`${name}(full)`, dim)).toBe(1600 * bytes);
  });

  test.each([
    ['fp8', { scaled: true }, 16 * 1600 + 4],
    ['fp8', { scaled: false }, 16 * 1600],
    ['fp8-e5m2', {}, 16 * 1600 + 4],
    ['nf4', { scales: 'fp16' }, 8.5 * 1600],
    ['nf4', { scales: 'double' }, 8.25 * 1600 + 2 * 4 + 4], // 400 blocks
    ['nf4', { floatsPerScale: 16 }, 12 * 1600],
    ['mxfp8', { element: 'e5m2' }, 16.5 * 1600],
    ['mxfp6', { element: 'e3m2' }, 12.5 * 1600],
  ])('%s with %o: %i in all', (name, options, bytes) => {
    expect(bytesOf(`${name}(full)`, 16, options)).toBe(bytes);
  });

  test.each([
    ['int8', 12],
    ['int4', 6],
  ])('%s, dim 4: %i where every row has its own scale', (name, bytes) => {
    expect(bytesOf(`${name}(full)`, 4, { floatsPerScale: 1 })).toBe(1600 * bytes);
  });

  test.each([
    ['int8', 4, 5], // 8 rows of 4: 32 + 8 bytes
    ['int4', 4, 2.5],
    ['int2', 4, 1.5],
    ['int8', 1, 1.25],
    ['int8', 8, 10],
    ['int8', 10, 12], // 4 rows of 10: 40 + 8 bytes
  ])('%s, dim %i: %d where narrow rows share one', (name, dim, bytes) => {
    expect(bytesOf(`${name}(full)`, dim)).toBe(1600 * bytes);
  });

  test('a table that would take more stays as it is', () => {
    const layer = layerAt(uncountedFields([1]), 1, 1);
    expect(feasiblePlan(int8.wrap(full), layer).tables[0].stored).toBeUndefined();
    expect(feasiblePlan(fp16.wrap(full), layer).tables[0].stored).toEqual({ kind: 'fp16' });
  });
});

const layers = fc.record({
  cardinalities: fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 }),
  dim: fc.integer({ min: 2, max: 20 }),
  ratio: fc.double({ min: 1, max: 300, noNaN: true }),
  seed: fc.nat(99),
});

/** Expects a plan within the budget, or an infeasible one as conformance wants it. */
function expectWithinBudgets(wrapped: Method, numRuns: number) {
  const options = wrapped.options.parse({});
  fc.assert(
    fc.property(layers, ({ cardinalities, dim, ratio, seed }) => {
      const asked = layerAt(zipfFields(cardinalities), dim, ratio, seed);
      const plan = wrapped.plan(asked, options);
      if (!isInfeasible(plan)) {
        expect(sizeOf(plan).servingBytes).toBeLessThanOrEqual(asked.budget);
        return;
      }
      expect(plan.smallestBytes).toBeGreaterThan(asked.budget);
      expect(isInfeasible(wrapped.plan({ ...asked, budget: plan.smallestBytes }, options))).toBe(false);
      const half = { ...asked, budget: Math.floor(asked.budget / 2) };
      expect(isInfeasible(wrapped.plan(half, options))).toBe(true);
    }),
    { numRuns, seed: 11 },
  );
}

describe('a plan is within its budget, or says what it would take', () => {
  test.each([
    ...['int8(full)', 'int4(hash)', 'int2(md)', 'fp16(qr)'],
    ...['fp8(md)', 'fp8-e5m2(hash)', 'mxfp8(full)', 'mxfp6(md)', 'mxfp4(qr)', 'mxint8(hash)', 'nf4(md)'],
  ])('%s', (name) => expectWithinBudgets(findMethod(name), 60));
  test('of several stages', () => expectWithinBudgets(int8.wrap(stagedMethod()), 60));
  test.each(methods)('int4($name)', (method) => expectWithinBudgets(int4.wrap(method), 8));
});

describe('the budget', () => {
  test.each([
    ...['int8(hash)', 'int4(hash)', 'int2(qr)', 'fp16(hash)'],
    ...['fp8(hash)', 'mxfp8(qr)', 'mxfp6(hash)', 'mxfp4(qr)', 'mxint8(hash)', 'nf4(qr)'],
  ])('of %s is used up', (name) => {
    const fields = zipfFields([40_000, 300, 9000, 20]);
    for (const ratio of [8, 32, 100]) {
      const layer = layerAt(fields, 16, ratio);
      const { servingBytes } = sizeOf(feasiblePlan(findMethod(name), layer));
      expect(servingBytes / layer.budget).toBeGreaterThan(0.99);
    }
  });

  test('at which a method as it is keeps every id whole holds its full table', () => {
    const layer = layerAt(zipfFields([500, 90]), 16, 2);
    expect(sizeOf(feasiblePlan(int8.wrap(hashingTrick), layer)).parameters).toBe(590 * 16);
  });

  test('may be smaller than any that the method itself could use', () => {
    const layer = layerAt(zipfFields([500, 90]), 16, 20);
    expect(isInfeasible(uniform.plan(layer, { lift: 'pad' }))).toBe(true);
    expect(isInfeasible(int8.wrap(uniform).plan(layer, { lift: 'pad', floatsPerScale: 32 }))).toBe(false);
  });

  test('of a Kaggle layer is met in seconds', () => {
    const start = performance.now();
    const layer = layerAt(kaggleFields, 16, 32);
    const { servingBytes } = sizeOf(feasiblePlan(int4.wrap(hashingTrick), layer));
    expect(servingBytes / layer.budget).toBeGreaterThan(0.998);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

test('tables that have a form of their own keep it', () => {
  const table: Table = {
    width: 4,
    parts: [{ rows: 9, init: { mean: 0, halfWidth: 1 } }],
    stored: { kind: 'sparse', nonZeros: 8 },
  };
  const method: Method = {
    ...full,
    plan: () => ({ tables: [table], choices: {}, embed: () => expect.fail() }),
  };
  const plan = feasiblePlan(int4.wrap(method), layerAt(zipfFields([9]), 4, 1));
  expect(plan.tables).toEqual([table]);
});

test('is called by name, with the options of both', () => {
  const method = findMethod('int4(md)');
  expect(method.name).toBe('int4(mixed-dimension)');
  expect(method.options.parse({ blocks: 3, range: 'min-max' })).toMatchObject({
    blocks: 3,
    range: 'min-max',
    floatsPerScale: 32,
  });
});

const data = smallData(1, [5, 20, 40]);
const settings: RunSettings = {
  dim: 8,
  modelOptions: { bottom: [8], top: [8] },
  optimizer: 'adagrad',
  learningRate: 0.05,
  batchSize: 60,
  epochs: 10,
  order: 'shuffled',
  seed: 3,
};
let backend: OpenBackend;
beforeAll(async () => {
  backend = await ((await native.probe()).usable ? native : cpu).open({});
});
const runOf = (plan: Plan) => run(data, plan, dlrm, backend, settings);
const layer = layerAt(data.fields, 8, 0.7);

describe('trained, stored and scored', () => {
  const outcomeOf = (method: Method) => runOf(feasiblePlan(method, layer));

  test('eight bits cost nothing to speak of, two bits do', async () => {
    const whole = await outcomeOf(full);
    const eight = await outcomeOf(int8.wrap(full));
    const two = await outcomeOf(int2.wrap(full));
    expect(eight.curve).toEqual(whole.curve); // it is trained as floats
    for (const part of ['test', 'validation'] as const) {
      const aucOf = ({ quality }: Outcome) => (part === 'test' ? quality.auc : quality.validation.auc);
      expect(aucOf(eight)).not.toBe(aucOf(whole));
      expect(Math.abs(aucOf(eight) - aucOf(whole))).toBeLessThan(0.001);
      expect(aucOf(two)).toBeLessThan(aucOf(whole) - 0.005);
    }
    expect(two.size.servingBytes).toBeLessThan(eight.size.servingBytes / 1.9);
    expect(two.size.trainingBytes).toBe(whole.size.trainingBytes);
  });

  test('a method of several stages asks for its own tables, and gets them', async () => {
    const [plain, wrapped]: Log[] = [0, 0].map(() => ({ steps: [], aucs: [] }));
    const whole = await outcomeOf(stagedMethod(plain));
    const { size, quality, choices, stages } = await outcomeOf(int8.wrap(stagedMethod(wrapped)));
    expect(Math.abs(quality.auc - whole.quality.auc)).toBeLessThan(0.001);
    expect(wrapped.aucs).toEqual(plain.aucs);
    expect(wrapped.steps.length).toBe(plain.steps.length);
    wrapped.steps.forEach(({ gradients, tables }, i) => {
      expect(gradients).toEqual(plain.steps[i].gradients);
      expect(tables.every(({ stored }) => stored === undefined)).toBe(true);
    });
    expect(choices).toEqual({ served: true });
    expect(stages.map(({ name }) => name)).toEqual(['search', 'retraining', 'conversion']);
    // 65 rows of 8 in blocks of four rows, the last of one, and a map at 16 bits.
    expect(size.servingBytes).toBe(16 * (32 + 8) + (8 + 8) + 2 * 65);
  });

  test.each([
    ['int8', { floatsPerScale: 1 }],
    ['mxfp8', {}],
    ['nf4', { floatsPerScale: 4 }],
  ])(
    '%s: where the last stage has narrower rows than were promised, more floats share a scale',
    async (name, options) => {
      const wrapper = wrappers.find((one) => one.name === name)!;
      const promised = feasiblePlan(wrapper.wrap(stagedMethod()), layer, { narrow: true, ...options });
      const { size } = await runOf(promised);
      expect(size.servingBytes).toBeLessThanOrEqual(sizeOf(promised).servingBytes);
    },
  );

  test('floats of few bits cost as much as their error: mantissa before exponent', async () => {
    const whole = await outcomeOf(full);
    const lost = async (name: string, options = {}) => {
      const wrapper = wrappers.find((one) => one.name === name)!;
      const method = wrapper.wrap(full);
      const plan = feasiblePlan(method, layer, method.options.parse(options) as Record<string, unknown>);
      const outcome = await runOf(plan);
      expect(outcome.curve, name).toEqual(whole.curve); // it is trained as floats
      return Math.abs(outcome.quality.logloss - whole.quality.logloss);
    };
    for (const name of ['fp8', 'mxfp8', 'mxfp6', 'mxint8'])
      expect(await lost(name), name).toBeLessThan(0.004);
    for (const name of ['fp8-e5m2', 'mxfp4', 'nf4']) expect(await lost(name), name).toBeLessThan(0.02);
  });
});
