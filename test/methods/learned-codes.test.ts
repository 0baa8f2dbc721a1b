import * as tf from '../../tensors/index.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import type { Field } from '../../harness/contract/data.ts';
import type { Plan } from '../../harness/contract/method.ts';
import { permutation, random } from '../../base/random.ts';
import { sizeOf, trainedFloats } from '../../harness/contract/size.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { runStages, type RunSettings } from '../../harness/training/stages/run-stages.ts';
import { dpq } from '../../methods/dpq.ts';
import { mgqe } from '../../methods/mgqe.ts';
import { closeness } from '../../harness/ops/nearest-codewords.ts';
import {
  bestCodes,
  distortion,
  softChoice,
  straightThrough,
  sumByCode,
  take,
} from '../../methods/shared/learned-codes/codeword-choice.ts';
import { kaggleCardinalities, kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt } from '../layers.ts';
import { smallData } from '../small-data.ts';
import { allIds, dim, fields } from './small-layer.ts';
import { columnOf, nextStage, vectorsOf } from './untrained.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const small = kaggleCardinalities.filter((n) => n <= 200).reduce((sum, n) => sum + n, 0);
const codedCardinalities = kaggleCardinalities.filter((n) => n > 200);
const coded = codedCardinalities.reduce((sum, n) => sum + n, 0);
const books = (codewords: number) => 18 * codewords * 16;

test.each([
  [4, 256, 15.8, 4],
  [2, 256, 31, 2],
  [4, 16, 31, 2],
])(
  'dpq on Kaggle: %i parts of %i codewords serve at %f x, with a query per id to train',
  (parts, codewords, ratio, perId) => {
    const plan = feasiblePlan(dpq, layerAt(kaggleFields, 16, ratio), { parts, codewords });
    expect(sizeOf(plan).servingBytes).toBe(perId * coded + 4 * (books(codewords) + 16 * small));
    // The start of codebooks, and how far they have moved.
    expect(trainedFloats(plan)).toBe(16 * (coded + small) + 2 * books(codewords));
  },
);

test('mgqe on Kaggle: a tenth of the ids has 8 bits per part, the others 6', () => {
  const plan = feasiblePlan(mgqe, layerAt(kaggleFields, 16, 16), { parts: 4, codewords: 256, hot: 0.1 });
  const hot = Math.ceil(coded / 10); // of all fields together
  const bytes = Math.ceil((4 * 8 * hot) / 8) + Math.ceil((4 * 6 * (coded - hot)) / 8);
  expect(sizeOf(plan).servingBytes).toBe(bytes + 4 * (books(256) + 16 * small));
});

/** Ids in no order of their counts, some of them never seen. */
const shuffled: Field[] = fields.map((field, f) => {
  const places = permutation(field.cardinality, f);
  return {
    ...field,
    counts: field.counts.map((_, id) => (places[id] % 5 === 0 ? 0 : field.counts[places[id]])),
  };
});

const layouts: [string, Plan][] = [fields, shuffled].flatMap((of, i): [string, Plan][] => {
  const name = i === 0 ? 'sorted' : 'not sorted';
  const at = (ratio: number) => layerAt(of, dim, ratio);
  return [
    [`vq, ${name}`, feasiblePlan(dpq, at(4))],
    [`sx, ${name}`, feasiblePlan(dpq, at(4), { form: 'sx' })],
    [`some ids only, ${name}`, feasiblePlan(dpq, at(30), { keep: 0 })],
    [`some ids only, sx, ${name}`, feasiblePlan(dpq, at(30), { keep: 0, form: 'sx' })],
    [`two tiers, ${name}`, feasiblePlan(mgqe, at(4), { keep: 0, hot: 0.2 })],
    [`a part that sticks out, ${name}`, feasiblePlan(dpq, at(6), { parts: 3, keep: 0 })],
  ];
});

describe('what is served are the vectors that the network was trained on', () => {
  test.each(layouts)('%s', async (_, plan) => {
    const stage = await nextStage(plan, backend);
    expect(sizeOf(stage.plan)).toEqual(sizeOf(plan));
    expect(vectorsOf(stage, backend, allIds)).toEqual(vectorsOf({ plan }, backend, allIds));
  });

  test('of ids that no row of the log has, too: they have codes of their own after training', async () => {
    const data = smallData(1, [3, 40, 700, 300]);
    const settings: RunSettings = {
      dim,
      modelOptions: { bottom: [8], top: [8] },
      optimizer: 'adagrad',
      learningRate: 0.05,
      batchSize: 90,
      epochs: 1,
      order: 'log',
      seed: 1,
    };
    const plan = feasiblePlan(dpq, layerAt(data.fields, dim, 4), { parts: 4, codewords: 16 });
    expect(plan.choices.coded).toEqual([0, 0, 700, 300]);
    const { trainer, costs } = await runStages(data, plan, dlrm, backend, settings);
    expect(costs.map(({ steps }) => steps)).toEqual([10, 0]);
    const unseen = [...data.fields[2].counts.keys()].filter((id) => data.fields[2].counts[id] === 0);
    const { ids, batch } = columnOf(2, 4, unseen);
    const vectors = tf.tidy(() => trainer.embedding.embed(ids, batch, 4).dataSync<'float32'>());
    const different = new Set(
      unseen.map((_, row) => vectors.slice((4 * row + 2) * dim, (4 * row + 3) * dim).join()),
    );
    expect(unseen.length).toBeGreaterThan(50);
    expect(different.size).toBeGreaterThan(unseen.length / 4);
    trainer.dispose();
  });
});

describe('two tiers', () => {
  test('rare ids choose among the first codewords only, frequent ones among all', async () => {
    const asked = { keep: 0, hot: 0.2, parts: 4, codewords: 8 };
    const plan = feasiblePlan(mgqe, layerAt(fields, dim, 32), asked);
    type Numbers = Record<'codewords' | 'warmCodewords' | 'hot' | 'warm', number[]>;
    const { codewords, warmCodewords, hot, warm } = plan.choices as Numbers;
    const stage = await nextStage(plan, backend);
    const total = (counts: readonly number[]) => counts.reduce((sum, n) => sum + n);
    const most = (values: Uint32Array) => values.reduce((most, code) => Math.max(most, code), 0);
    expect([codewords[2], warmCodewords[2]]).toEqual([8, 2]);
    expect([hot[2], warm[2]]).toEqual([54, 377]);
    const maps = stage.plan.maps!.filter(({ holds }) => holds === 'codes');
    const [hotMaps, warmMaps] = [maps.filter(({ bits }) => bits > 1), maps.filter(({ bits }) => bits === 1)];
    expect(total(hotMaps.map(({ length }) => length))).toBe(4 * total(hot));
    expect(total(warmMaps.map(({ length }) => length))).toBe(4 * total(warm));
    expect(Math.max(...hotMaps.map(({ values }) => most(values)))).toBeGreaterThan(2);
    // The rest of a field shares one vector.
    const rest = 700 - hot[2] - warm[2];
    expect(rest).toBeGreaterThan(100);
    const { ids, batch } = columnOf(
      2,
      fields.length,
      [...Array(rest).keys()].map((i) => 700 - rest + i),
    );
    const vectors = vectorsOf(stage, backend, { ids, batch });
    const ofField = [...Array(rest).keys()].map((row) => {
      const at = (row * fields.length + 2) * dim;
      return vectors.slice(at, at + dim).join();
    });
    expect(new Set(ofField).size).toBe(1);
  });
});

describe('choosing codewords', () => {
  const stream = random(3);
  const tensor = (...shape: [number, number, number]) =>
    tf.tensor3d(
      Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, () => stream.normal()),
      shape,
    );
  const [groups, batch, codewords, width] = [2, 30, 5, 3];
  const numbers = (x: tf.Tensor) => [...x.dataSync<'float32'>()];

  test('takes the nearest one, in training as afterwards', () => {
    const [queries, codebooks] = [tensor(groups, batch, width), tensor(groups, codewords, width)];
    const codes = numbers(tf.argMax(closeness(queries, codebooks), 2));
    const [q, c] = [numbers(queries), numbers(codebooks)];
    codes.forEach((code, at) => {
      const distance = (code: number) => {
        const from = (Math.floor(at / batch) * codewords + code) * width;
        return [0, 1, 2].reduce((sum, k) => sum + (q[at * width + k] - c[from + k]) ** 2, 0);
      };
      for (let other = 0; other < codewords; other++)
        expect(distance(code)).toBeLessThanOrEqual(distance(other) + 1e-6);
    });
    const firstGroup = bestCodes(Float32Array.from(q.slice(0, batch * width)), Float32Array.from(c.slice(0, codewords * width)), width, 'vq'); // prettier-ignore
    expect([...firstGroup]).toEqual(codes.slice(0, batch));
  });

  test('passes gradients on to queries, and draws codewords to the queries that chose them', () => {
    const [queries, codebooks, slopes] = [
      tensor(groups, batch, width),
      tensor(groups, codewords, width),
      tensor(groups, batch, width),
    ];
    const codes = tf.argMax<tf.Tensor2D>(closeness(queries, codebooks), 2);
    const [ofQueries] = tf.grads((q) => tf.sum(tf.mul(straightThrough(q as tf.Tensor3D, codebooks, codes), slopes)))([queries]); // prettier-ignore
    expect(numbers(ofQueries)).toEqual(numbers(slopes));
    const [ofCodebooks] = tf.grads((c) => distortion(queries, c as tf.Tensor3D, codes))([codebooks]);
    const taken = numbers(take(codebooks, codes));
    const expected = new Float32Array(groups * codewords * width);
    numbers(codes).forEach((code, at) => {
      for (let k = 0; k < width; k++)
        expected[(Math.floor(at / batch) * codewords + code) * width + k] +=
          (2 / batch) * (taken[at * width + k] - numbers(queries)[at * width + k]);
    });
    numbers(ofCodebooks).forEach((x, i) => expect(x).toBeCloseTo(expected[i], 5));
  });

  test('sums by code alike with and without a kernel for it', () => {
    const values = tensor(groups, batch, width);
    const codes = tf.tensor2d(Array.from({ length: groups * batch }, () => stream.next() % codewords), [groups, batch], 'int32'); // prettier-ignore
    const kernel = tf.getKernel('UnsortedSegmentSum', 'cpu');
    const summed = numbers(sumByCode(values, codes, codewords));
    tf.unregisterKernel('UnsortedSegmentSum', 'cpu');
    const without = numbers(sumByCode(values, codes, codewords));
    tf.registerKernel(kernel);
    without.forEach((x, i) => expect(x).toBeCloseTo(summed[i], 5));
  });

  test('by softmax: the gradient of queries and keys is that of the mixture, of codewords that of those chosen', () => {
    const [queries, keys, codebooks, slopes] = [
      tensor(groups, batch, width),
      tensor(groups, codewords, width),
      tensor(groups, codewords, width),
      tensor(groups, batch, width),
    ];
    const barred = tf.tensor3d([0, 0, 0, 0, 0, 0, 0, 0, -1e9, -1e9], [groups, 1, codewords]);
    const scores = tf.add(tf.matMul(queries, keys, false, true), barred);
    const codes = tf.argMax<tf.Tensor2D>(scores, 2);
    const temperature = 0.7;
    const hard = (q: tf.Tensor, k: tf.Tensor, c: tf.Tensor) =>
      softChoice({
        queries: q as tf.Tensor3D,
        keys: k as tf.Tensor3D,
        codebooks: c as tf.Tensor3D,
        codes,
        barred,
        temperature,
        hot: undefined,
      });
    const soft = (q: tf.Tensor, k: tf.Tensor, c: tf.Tensor) =>
      tf.matMul(tf.softmax(tf.div(tf.add(tf.matMul(q, k, false, true), barred), temperature)), c);
    expect(numbers(hard(queries, keys, codebooks))).toEqual(numbers(take(codebooks, codes)));
    const slope = (of: typeof hard) =>
      tf.grads((q, k, c) => tf.sum(tf.mul(of(q, k, c), slopes)))([queries, keys, codebooks]);
    const [found, mixture] = [slope(hard), slope(soft as typeof hard)];
    for (const i of [0, 1]) {
      const expected = numbers(mixture[i]);
      numbers(found[i]).forEach((x, at) => expect(x).toBeCloseTo(expected[at], 4));
    }
    expect(numbers(found[2])).toEqual(numbers(sumByCode(slopes, codes, codewords)));
  });
});

test('codebooks are trained through the loss that is added in training, and nothing else', () => {
  const plan = feasiblePlan(dpq, layerAt(fields, dim, 4));
  const moved = (training: boolean) => {
    const embedding = new Embedding(plan, backend, 'sgd', 1);
    const place = training ? { index: 0, steps: 1 } : undefined;
    const { grads } = tf.variableGrads(() => {
      const sum = tf.sum<tf.Scalar>(embedding.embed(allIds.ids, allIds.batch, fields.length, place));
      return embedding.takePenalties().reduce((sum, penalty) => tf.add(sum, penalty), sum);
    }, [embedding.variableOf(plan.weights![1]), embedding.anchor]);
    const gradient = grads[embedding.variableOf(plan.weights![1]).name] as tf.Tensor | null | undefined;
    const largest = gradient ? tf.max(tf.abs(gradient)).dataSync()[0] : 0;
    embedding.dispose();
    return largest;
  };
  expect(moved(false)).toBe(0);
  expect(moved(true)).toBeGreaterThan(0);
});
