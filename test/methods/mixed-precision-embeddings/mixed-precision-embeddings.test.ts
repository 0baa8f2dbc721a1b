import * as tf from '../../../tensors/index.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import type { OpenBackend } from '../../../harness/contract/backend.ts';
import {
  isInfeasible,
  type Plan,
  type Stage,
  type Table,
  type Weight,
} from '../../../harness/contract/method.ts';
import { sizeOf } from '../../../harness/contract/size.ts';
import { initialFloats } from '../../../harness/embedding/initial-rows.ts';
import { loadServing, saveServing } from '../../../harness/serving/served-layer.ts';
import { Embedding } from '../../../harness/embedding/embedding.ts';
import { kaggleFields } from '../../../suites/described/kaggle.ts';
import { mixedPrecisionEmbeddings as mpe } from '../../../methods/mixed-precision-embeddings/index.ts';
import { equalGroups } from '../../../methods/mixed-precision-embeddings/equal-groups.ts';
import { mixedPrecision, onePrecision } from '../../../methods/mixed-precision-embeddings/quantize.ts';
import {
  firstSteps,
  quantizerWeights,
} from '../../../methods/mixed-precision-embeddings/quantizer-weights.ts';
import { servedWidths, widthBytes } from '../../../methods/mixed-precision-embeddings/served-widths.ts';
import {
  chooseWidths,
  widen,
  widestProbable,
  worthOf,
} from '../../../methods/mixed-precision-embeddings/width-choice.ts';
import { trainedWidths } from '../../../methods/mixed-precision-embeddings/trained-widths.ts';
import { priceOfBits } from '../../../methods/mixed-precision-embeddings/width-search.ts';
import { fullTable } from '../../../methods/shared/rows/full-table.ts';
import { endsOf } from '../../../methods/shared/precision/integer-grid.ts';
import { feasiblePlan, layerAt, uncountedFields, zipfFields } from '../../layers.ts';
import { nextStage, vectorsOf } from '../train-steps.ts';
import { trainAlone } from '../train-alone.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const widths = [0, 1, 2, 3, 4, 5, 6];
const bits = widths.slice(1);

describe('widths of groups', () => {
  const logits = [
    [0, 0, 0, 0, 0, 0, 0],
    [0.01, 0, 0, 0, 0, 0, 0],
    [0.004, 0.004, 0, 0, -0.004, -0.004, -0.004],
    [0, 0.002, 0.004, 0.006, 0.003, -0.003, -0.01],
    [0.02, 0.01, 0, 0, 0, 0, 0],
  ];
  const groups = { sizes: logits.map(() => 1), lookUps: logits.map(() => 1), dim: 16, widths };
  const scaled = Float32Array.from(logits.flat(), (x) => x / 3e-3);
  const probabilities = worthOf(scaled, groups, 0).map((logs) => logs.map(Math.exp));

  test("by the authors' rule", () => {
    expect(probabilities.map(widestProbable)).toEqual([6, 0, 3, 4, 0]);
    expect(probabilities[1][0]).toBeCloseTo(0.823693, 5);
    expect(probabilities[3].slice(3, 6).map((p) => Number(p.toFixed(6)))).toEqual([0.428294, 0.157561, 0.021324]); // prettier-ignore
  });

  test('cost their expected bits, frequent ids less', () => {
    const shares = tf.tensor2d(probabilities);
    const prices = { ofGroups: [1, 2, 4, 8, 100].map((count) => 1 / count) };
    const price = (of: number) => priceOfBits(shares, tf.scalar(of), widths, prices).dataSync()[0];
    expect(price(1)).toBeCloseTo(3.939557, 5);
    expect(price(-1)).toBe(0);
    const expected = probabilities.map((p) => p.reduce((sum, x, b) => sum + b * x, 0));
    [3, 0.617073, 1.228317, 2.586833, 0.058661].forEach((x, g) => expect(expected[g]).toBeCloseTo(x, 5));
  });

  const sized = {
    sizes: [10, 40, 150, 600, 2400, 9600],
    lookUps: [0.3, 0.25, 0.18, 0.12, 0.09, 0.06],
    dim: 16,
    widths,
  };
  const bytesOf = (chosen: readonly number[]) => chosen.reduce((sum, b, g) => sum + Math.ceil((sized.sizes[g] * 16 * b) / 8), 0); // prettier-ignore

  test.each([
    [1_000, [6, 3, 2, 0, 0, 0], 960],
    [4_000, [6, 6, 3, 2, 0, 0], 3_900],
    [16_000, [6, 6, 6, 3, 2, 0], 15_600],
    [64_000, [6, 6, 6, 6, 3, 2], 62_400],
  ])('follow from look-ups without a search: %i bytes', (budget, expected, bytes) => {
    const found = widen(sized.sizes.map(() => 0), sized, budget); // prettier-ignore
    expect(found).toEqual(expected);
    expect(bytesOf(found)).toBe(bytes);
  });

  test.each([
    [1_000, [6, 6, 1, 0, 0, 0], 900],
    [4_000, [6, 6, 3, 2, 0, 0], 3_900],
    [16_000, [6, 6, 4, 3, 0, 0], 5_400],
  ])('are worth most together: %i bytes', (budget, expected, bytes) => {
    const learned = [
      [-3, -2, -1, 0, 1, 2, 3],
      [-2, -1, 0, 1, 2, 2, 2],
      [0, 0.5, 1, 1.5, 1.5, 1, 0.5],
      [1, 1, 1, 1, 0.5, 0, -0.5],
      [2, 1, 0.5, 0, -1, -2, -3],
      [3, 2, 1, 0, -1, -2, -3],
    ];
    const found = chooseWidths(worthOf(Float32Array.from(learned.flat()), sized, 0.05), sized, budget);
    expect(found).toEqual(expected);
    expect(bytesOf(found)).toBe(bytes);
  });
});

describe('quantizers', () => {
  test.each([
    [1, 0.004, [0.001, -0.004, -0.001, 0]],
    [2, 0.004, [0.005, -0.004, -0.001, 0.004]],
    [3, 0.002, [0.007, -0.004, 0.001, 0.006]],
    [6, 0.0005, [0.01, -0.004, 0.0005, 0.0155]],
  ])('round to %i bits beside an offset', (b, step, expected) => {
    const x = tf.tensor3d([0.01, -0.004, 0.0005, 0.02], [1, 1, 4]);
    const quantizers = {
      steps: tf.tensor3d([step], [1, 1, 1]),
      offsets: tf.tensor3d([0.001, 0, -0.001, 0], [1, 1, 4]),
    };
    const shares = tf.tensor3d([0, 1], [1, 1, 2]);
    const { lowest, highest } = endsOf(b);
    const [low, high, scale] = [lowest, highest, 1].map((one) => tf.tensor3d([one], [1, 1, 1]));
    const mixed = mixedPrecision(x, shares, quantizers, [b]).dataSync();
    const one = onePrecision(x, { shares, lowest: low, highest: high, scale }, quantizers).dataSync();
    expected.forEach((value, k) => expect(mixed[k]).toBeCloseTo(value, 7));
    expect([...one]).toEqual([...mixed]);
  });

  test('start with the steps of LSQ', () => {
    const expected = [0.01, 0.00707107, 0.005, 0.00353553, 0.0025, 0.00176777];
    firstSteps([{ cardinality: 10_000 }], bits).forEach((step, at) =>
      expect(step).toBeCloseTo(expected[at], 8),
    );
  });
});

/** Numbers of the authors' code, see the script beside them. */
const reference = JSON.parse(readFileSync(join(import.meta.dirname, 'authors.json'), 'utf8')) as Record<
  'counts' | 'batch' | 'slopes' | 'weight' | 'gamma' | 'alpha' | 'beta' | 'group of' | 'widths',
  number[]
> &
  Record<'dim' | 'groups' | 'temperature', number> &
  Record<'search' | 'retraining', Record<string, number[]> & { price: number }>;

describe("as the authors' code", () => {
  const cardinalities = [11, 12];
  const counts = Uint32Array.from(reference.counts);
  const fields = [
    { name: 'a', cardinality: 11, counts: counts.subarray(0, 11) },
    { name: 'b', cardinality: 12, counts: counts.subarray(11) },
  ];
  const { dim, groups, temperature } = reference;
  const layer = { fields, dim, budget: 69, seed: 1 };
  const ids = Uint32Array.from(reference.batch, (row, at) => row - (at % 2) * cardinalities[0]);
  const first = firstSteps(fields, bits);
  const contents = ([logs, offsets, logits]: readonly Weight[]) =>
    new Map<Table | Weight, Float32Array>([
      [logs, Float32Array.from(first, (step, at) => Math.log(reference.alpha[at % 6] / step))],
      [offsets, Float32Array.from(reference.beta)],
      ...(logits ? [[logits, Float32Array.from(reference.gamma)] as const] : []),
    ]);
  // Their floats are those of the table, ours those of the batch.
  const scale = Math.sqrt((8 * 2 * dim) / (23 * dim));

  const compare = async (plan: Plan, expected: (typeof reference)['search']) => {
    const given = contents(plan.weights!);
    given.set(plan.tables[0], Float32Array.from(reference.weight));
    const embedding = new Embedding(plan, backend, 'sgd', 1, given);
    const slopes = tf.tensor3d(reference.slopes, [8, 2, dim]);
    const { value, grads } = tf.variableGrads(() => {
      const vectors = embedding.embed(ids, 8, 2, { index: 0, steps: 1 });
      const found = vectors.dataSync();
      expected.vectors.forEach((x, i) => expect(Math.abs(found[i] - x)).toBeLessThan(1e-6));
      const [penalty] = embedding.takePenalties();
      const loss = tf.sum<tf.Scalar>(tf.mul(vectors, slopes));
      if (penalty === undefined) return loss;
      expect(penalty.dataSync()[0] / 3e-4).toBeCloseTo(expected.price, 5);
      return tf.add<tf.Scalar>(loss, penalty);
    }, [...embedding.variables]);
    const near = (found: ArrayLike<number>, name: string, unit = 1) => {
      expect(found.length).toBe(expected[name].length);
      expected[name].forEach((x, i) => expect(Math.abs(found[i] - unit * x) / (1 + Math.abs(unit * x)), `${name} ${i}`).toBeLessThan(1e-6)); // prettier-ignore
    };
    const gradientOf = (at: number) => grads[embedding.variableOf(plan.weights![at]).name].dataSync();
    const byLogs = gradientOf(0);
    // The step of a width is one of all fields there.
    const bySteps = bits.map((_, at) => (scale * (byLogs[at] + byLogs[6 + at])) / reference.alpha[at]);
    near([0, ...bySteps], 'gradient of alpha');
    near([...gradientOf(1)].map((x) => scale * x), 'gradient of beta'); // prettier-ignore
    if (plan.weights!.length > 2)
      near(
        [...gradientOf(2)].map((x) => temperature * x),
        'gradient of gamma',
        temperature,
      ); // by γ / τ
    const before = reference.weight;
    embedding.update(1);
    const after = await embedding.rowsOf(plan.tables[0]).read(0, 23);
    near([...after].map((x, i) => Math.fround(before[i]) - x), 'gradient of weight'); // prettier-ignore
    value.dispose();
    embedding.dispose();
  };

  const plan = feasiblePlan(mpe, layer, { groups, temperature, penalty: 3e-4 });

  test('groups', () => {
    expect([...equalGroups(fields, groups).map.values]).toEqual(reference['group of']);
  });

  test('search', () => compare(plan, reference.search));

  test('retraining', () => {
    const widths = [...reference.widths];
    const known = equalGroups(fields, groups);
    expect(worthOf(Float32Array.from(reference.gamma, (x) => x / temperature), { ...known, dim, widths: [0, ...bits] }, 0).map((logs) => widestProbable(logs.map(Math.exp)))).toEqual(widths); // prettier-ignore
    const weights = quantizerWeights(2, bits.length, dim, { steps: 0.01, offsets: 0.001 });
    const { table, offsets } = fullTable(layer, dim);
    return compare(trainedWidths(layer, { table, offsets, weights, groups: known.map, bits, widths }), reference.retraining); // prettier-ignore
  });
});

test('groups are of equal size, the rarest ids first, ranges of ids in each field', () => {
  const fields = zipfFields([3, 40, 7]);
  const { sizes, map, lookUps } = equalGroups(fields, 8);
  expect(sizes).toEqual([7, 7, 7, 7, 7, 7, 7, 1]);
  expect(lookUps.slice(0, 7)).toEqual(lookUps.slice(0, 7).sort((a, b) => a - b));
  const groups = [...map.values];
  for (const [from, to] of [
    [0, 3],
    [3, 43],
    [43, 50],
  ]) {
    // prettier-ignore
    const ofField = groups.slice(from, to);
    expect(ofField).toEqual([...ofField].sort((a, b) => b - a));
  }
  expect(sizes.map((_, g) => groups.filter((one) => one === g).length)).toEqual(sizes);
  expect(equalGroups(uncountedFields([5]), 2).lookUps).toEqual([1, 1]);
});

test('bytes of groups: 100 ids of 6 bits, 1,000 of 3, 10,000 of 1', () => {
  const fields = uncountedFields([111_100]);
  const ids = [100_000, 10_000, 0, 1_000, 0, 0, 100];
  const maps = Math.ceil(3 / 8) + Math.ceil((4 * 17) / 8) + Math.ceil((4 * 3) / 8); // of one field, 4 runs
  expect(widthBytes({ fields, dim: 16 }, bits, ids, [4]) - 4 * (6 + 16) - maps).toBe(27_200);
  const classes = Uint8Array.from({ length: 111_100 }, (_, id) => (id < 100 ? 6 : id < 1_100 ? 3 : id < 11_100 ? 1 : 0)); // prettier-ignore
  const { plan } = servedWidths({ fields, dim: 16, budget: 0, seed: 1 }, bits, classes);
  expect(sizeOf(plan).servingBytes).toBe(27_200 + 4 * (6 + 16) + maps);
});

describe('on Kaggle', () => {
  test('the least is no bit for any id', () => {
    const plan = mpe.plan({ fields: kaggleFields, dim: 16, budget: 100, seed: 1 }, mpe.options.parse({}));
    const weights = 4 * (26 * 6 + 16);
    expect(isInfeasible(plan) && plan.smallestBytes).toBe(weights);
  });

  test.each([4, 16, 64, 256])('at %ix a search spends the budget', (ratio) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    expect(sizeOf(feasiblePlan(mpe, layer)).servingBytes).toBe(layer.budget);
  });
});

test('widths go on above 6 bits where there is room', () => {
  const layer = layerAt(zipfFields([50, 400]), 8, 4);
  expect(feasiblePlan(mpe, layer).choices.widths).toEqual([0, 3, 4, 5, 6, 7, 8]);
  expect(feasiblePlan(mpe, { ...layer, budget: layer.budget / 2 }).choices.widths).toEqual(widths);
});

describe('the price of a bit', () => {
  const cardinalities = [30, 200];
  const layer = layerAt(zipfFields(cardinalities), 8, 16);
  const trained = (penalty: 'budget' | number, rise = 1e-3) =>
    trainAlone(feasiblePlan(mpe, layer, { groups: 8, penalty, rise }), { backend, cardinalities, rule: 'sgd', rate: 0.01, steps: 60, batch: 20 }); // prettier-ignore

  test('rises while bytes are over the budget, and stays where it is given', async () => {
    const learned = await trained('budget');
    const [, , logits, price] = learned.plan.weights!;
    expect(learned.variableOf(price).dataSync()[0]).toBeGreaterThan(0.001);
    const shares = tf.softmax<tf.Tensor2D>(tf.div(learned.variableOf(logits), 0.003));
    const expected = tf.sum(tf.mul(shares, tf.tensor2d(widths, [1, 7])), 1).dataSync();
    // Rare ids pay most.
    expect(expected[0]).toBeLessThan(1.5);
    learned.dispose();
    const given = await trained(0.25);
    expect(given.plan.weights![3].frozen).toBe(true);
    expect(given.variableOf(given.plan.weights![3]).dataSync()[0]).toBe(0.25);
    given.dispose();
  });
});

describe('stages', () => {
  const cardinalities = [30, 200];
  const layer = layerAt(zipfFields(cardinalities), 8, 16);
  const everyId = Uint32Array.from({ length: 400 }, (_, i) => Math.floor(i / 2) % cardinalities[i % 2]);
  const train = (plan: Plan, contents?: Stage['contents']) =>
    trainAlone(plan, { backend, cardinalities, rule: 'adagrad', rate: 0.05, steps: 20, batch: 40, ...(contents && { contents }) }); // prettier-ignore

  test('search, retraining from the first rows with what quantizers learned, and integers that give the same vectors', async () => {
    const search = feasiblePlan(mpe, layer, { groups: 8 });
    const searched = await train(search);
    const first = initialFloats(search.tables[0], 1);
    const [, , logits] = search.weights!;
    const stage = await search.next!({
      rows: (table) => searched.rowsOf(table).read(0, 230),
      initialRows: () => first,
      weight: async (weight) => (await searched.variableOf(weight).data<'float32'>()).slice(),
      vectors: () => Promise.reject(new Error('not asked for')),
      auc: () => Promise.resolve(0.5),
    });
    expect(stage.network).toBe('kept');
    expect(stage.plan.tables[0]).not.toBe(search.tables[0]); // the optimizer begins anew
    expect(stage.contents!.get(stage.plan.tables[0])).toEqual(first);
    expect(stage.plan.weights).toEqual(search.weights!.filter((weight) => weight !== logits).slice(0, 2));
    const retrained = await train(stage.plan, stage.contents);
    const vectors = vectorsOf(retrained, everyId, 2);
    const { plan: last, contents } = await nextStage(retrained);
    expect(sizeOf(last).servingBytes).toBeLessThanOrEqual(layer.budget);
    expect(sizeOf(last).servingBytes).toBeGreaterThan(0.9 * layer.budget);
    const holding = new Embedding(last, backend, 'sgd', 1, contents);
    const served = loadServing(last, await saveServing(holding), backend);
    expect(vectorsOf(served, everyId, 2).map((x) => x + 0)).toEqual(vectors.map((x) => x + 0));
    for (const one of [searched, retrained, holding, served]) one.dispose();
  });

  test('ids in no order of their counts are labelled, and served alike', async () => {
    const fields = zipfFields(cardinalities).map((field) => ({ ...field, counts: field.counts.map((_, id) => field.counts[(id * 77) % field.cardinality]) })); // prettier-ignore
    const plan = feasiblePlan(mpe, { ...layer, fields, budget: 700 }, { groups: 8, search: false });
    const trained = await train(plan);
    const vectors = vectorsOf(trained, everyId, 2);
    const { plan: last, contents } = await nextStage(trained);
    expect(last.maps!.map(({ length }) => length)).toEqual([230, 6]);
    expect(sizeOf(last)).toEqual(sizeOf(plan));
    const served = new Embedding(last, backend, 'sgd', 1, contents);
    expect(vectorsOf(served, everyId, 2).map((x) => x + 0)).toEqual(vectors.map((x) => x + 0));
    for (const one of [trained, served]) one.dispose();
  });
});
