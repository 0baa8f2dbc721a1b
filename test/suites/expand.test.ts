import { expect, test } from 'vitest';
import { mixedDimension } from '../../methods/mixed-dimension/index.ts';
import { approximations } from '../../harness/contract/training-approximation.ts';
import { expand, hashOf } from '../../suites/job.ts';
import type { ComparisonSettings } from '../../suites/settings.ts';
import { someSettings } from './settings.ts';

const ids = (changes: Partial<ComparisonSettings> = {}, fingerprint = 'f') =>
  expand({ ...someSettings, ...changes }, fingerprint).map(({ id }) => id);

test('the baseline first, then method by ratio, seed by seed', () => {
  const order = expand(someSettings, 'f').map((job) => `${job.method} ${job.compression} ${job.seed}`);
  const ofSeed = (seed: number) => [
    `full 1 ${seed}`,
    `mixed-dimension 4 ${seed}`,
    `mixed-dimension 16 ${seed}`,
    `hashing-trick 4 ${seed}`,
    `hashing-trick 16 ${seed}`,
  ];
  expect(order).toEqual([...ofSeed(1), ...ofSeed(2)]);
});

test('every run has an id of its own', () => {
  expect(new Set(ids()).size).toBe(10);
  expect(ids()[0]).toMatch(/^[0-9a-f]{16}$/);
});

// Each of these decides numbers, so no id may survive its change.
const decides: Partial<ComparisonSettings>[] = [
  { modelOptions: { bottom: [17], top: [16] } },
  { modelOptions: { bottom: [16], top: [17] } },
  { modelOptions: { bottom: [16, 16], top: [16] } },
  { dim: 8 },
  { batchSize: 65 },
  { batchOrder: 'log' },
  { epochs: 2 },
  { optimizer: 'sgd' },
  { learningRates: [0.02] },
  { backend: 'cpu' },
  { threads: 2 },
  { seeds: [3, 4] },
  { count: 'keys' },
  { ways: [{ activations: 8 }] },
  { ways: [{ gradients: 'sbpca:4' }] },
  { epochs: 2, patience: 1 },
  { epochs: 2, reduceOnPlateau: 10 },
  { warmUp: 0.05 },
  { decay: 'linear:0.01' },
  { l2Rows: 1e-5 },
  { l2Network: 1e-5 },
  { dropout: 0.1 },
  { average: 0.1 },
  { optimizerOptions: { epsilon: 1e-8 } },
  { model: 'dcn-v2', modelOptions: {} },
  { model: 'wide-deep', modelOptions: {} },
];
test.each(decides)('%o changes every id', (changes) => {
  expect(ids().filter((id) => ids(changes).includes(id))).toEqual([]);
});

test('exact training changes no id; of several ways, every run is there with each', () => {
  expect(ids({ ways: [{}] })).toEqual(ids());
  const both = expand({ ...someSettings, ways: [{}, { gradients: 'sbpca:1', activations: 4 }] }, 'f');
  const exact = both.filter((job) => !('activations' in job || 'gradients' in job));
  expect(exact.map(({ id }) => id)).toEqual(ids());
  expect(both.filter(({ gradients }) => gradients === 'sbpca:1').map(({ id }) => id)).toEqual(
    ids({ ways: [{ activations: 4, gradients: 'sbpca:1' }] }),
  );
});

test('ways are every kind of gradients with every kind of activations, each once', () => {
  expect(approximations(['exact', 'sbpca:2', 'exact'], [32, 4])).toEqual([
    {},
    { activations: 4 },
    { gradients: 'sbpca:2' },
    { gradients: 'sbpca:2', activations: 4 },
  ]);
});

test.each([
  ['adagrad', { epsilon: 0 }, /^--set adagrad.epsilon=0: a weight without a gradient would be 0 \/ 0/],
  ['adam', { epsilon: 0 }, /^--set adam.epsilon=0: /],
  ['ftrl', { beta: 0, l2: 0 }, /^--set ftrl.beta=0 --set ftrl.l2=0: /],
] as const)('%s with %o is refused', (optimizer, optimizerOptions, message) => {
  expect(() => ids({ optimizer, optimizerOptions })).toThrow(message);
});

test('a setting of training that is off changes no id, nor does a default written out', () => {
  const off = { patience: undefined, warmUp: undefined, decay: undefined, dropout: undefined };
  expect(ids({ ...off, optimizerOptions: {} })).toEqual(ids());
  expect(ids({ optimizerOptions: { epsilon: 1e-10 } })).toEqual(ids());
});

test('other data change every id', () => {
  expect(ids().filter((id) => ids({}, 'g').includes(id))).toEqual([]);
});

test('an option changes the ids of its method alone', () => {
  const [md, hash] = someSettings.methods;
  const changed = ids({ methods: [{ ...md, options: { rounding: 'power-of-two' } }, hash] });
  const kept = expand(someSettings, 'f').filter(({ id }) => changed.includes(id));
  expect(new Set(kept.map(({ method }) => method))).toEqual(new Set(['full', 'hashing-trick']));
});

test('a ratio changes the ids at that ratio alone', () => {
  const kept = expand({ ...someSettings, compressions: [4, 8] }, 'f').filter(({ id }) => ids().includes(id));
  expect(new Set(kept.map(({ compression }) => compression))).toEqual(new Set([1, 4]));
});

// None of these decides a number, so a recording resumes after their change.
const irrelevant: Partial<ComparisonSettings>[] = [
  { suite: 'other' },
  { request: { ...someSettings.request, cache: 'elsewhere', options: { rows: 900 } } },
  { methods: [{ name: 'mixed-dimension', options: {} }, { name: 'HASH', options: {} }] }, // prettier-ignore
  { methods: [{ name: 'md', options: mixedDimension.options.parse({}) }, someSettings.methods[1]] },
  { model: 'DLRM', backend: 'Wasm' },
];
test.each(irrelevant)('%o changes no id', (changes) => {
  expect(ids(changes)).toEqual(ids());
});

test('more seeds, ratios and methods keep the ids of those before', () => {
  const more = ids({
    seeds: [1, 2, 3],
    compressions: [2, 4, 16],
    methods: [...someSettings.methods, { name: 'qr', options: {} }],
  });
  expect(ids().filter((id) => !more.includes(id))).toEqual([]);
});

test('what is asked twice runs once', () => {
  const [md, hash] = someSettings.methods;
  expect(ids({ methods: [md, hash, { name: 'mde', options: {} }], compressions: [4, 16, 4] })).toEqual(ids());
});

test('the baseline: once, uncompressed, unless it is left out', () => {
  const full = { name: 'full', options: {} };
  expect(ids({ methods: [full, ...someSettings.methods] })).toEqual(ids());
  const without = expand({ ...someSettings, baseline: false }, 'f');
  expect(without.filter(({ method }) => method === 'full')).toEqual([]);
  expect(without).toHaveLength(8);
});

const mistakes: [Partial<ComparisonSettings>, string][] = [
  [{ methods: [{ name: 'mdd', options: {} }] }, 'did you mean md?'],
  [{ model: 'dlmr' }, 'did you mean dlrm?'],
  [{ backend: 'wsm' }, 'did you mean wasm?'],
  [{ methods: [{ name: 'md', options: { temprature: 1 } }] }, 'did you mean temperature?'],
  [
    { methods: [{ name: 'md', options: { temperature: 2 } }] },
    '--set mixed-dimension.temperature=2: Expected: number, 0 to 1',
  ],
  [{ methods: [{ name: 'full', options: { x: 1 } }] }, 'full has no options'],
  [{ patience: 2 }, '--patience ends training between epochs, and there is one: add --epochs'],
  [{ reduceOnPlateau: 10 }, '--reduce-on-plateau acts between epochs, and there is one: add --epochs'],
  [{ epochs: 3, reduceOnPlateau: 10, decay: 'linear:0' }, 'leave one of them out'],
  [{ l2Network: 1e-5, ways: [{}, { gradients: 'sbpca:1' }] }, '--gradients sbpca does not form'],
  [{ optimizerOptions: { l2: 1 } }, 'adagrad has no option "l2"'],
  [
    { optimizer: 'adam', optimizerOptions: { beta1: 1 } },
    '--set adam.beta1=1: Expected: number, at least 0, below 1',
  ],
];
test.each(mistakes)('%o is refused', (changes, message) => {
  expect(() => ids(changes)).toThrow(message);
});

test('a hash does not depend on the order of keys, nor on what is undefined', () => {
  expect(hashOf({ a: 1, b: { c: 2, d: [1, 2] } })).toBe(
    hashOf({ b: { d: [1, 2], c: 2 }, a: 1, e: undefined }),
  );
  expect(hashOf([1, 2])).not.toBe(hashOf([2, 1]));
});
