import { expect, test } from 'vitest';
import { isInfeasible } from '../../../harness/contract/method.ts';
import { UserError } from '../../../base/user-error.ts';
import {
  expandConfigurations,
  planOf,
  sizeOfConfiguration,
  titleOf,
} from '../../../suites/throughput/configurations.ts';
import { requireMemory } from '../../../suites/throughput/memory.ts';
import { expandReferences, referenceTitle, type Installed } from '../../../suites/throughput/references.ts';
import { findModel } from '../../../suites/find-model.ts';
import { raceSettings } from '../../../suites/throughput/race-models.ts';
import type { ThroughputSettings } from '../../../suites/throughput/settings.ts';

const settings: ThroughputSettings = {
  methods: [
    { name: 'full', options: {} },
    { name: 'md', options: {} },
  ],
  baseline: true,
  compressions: [4, 16],
  batches: [32],
  optimizers: ['sgd'],
  dims: [4],
  model: 'dlrm',
  modelOptions: { bottom: [8], top: [8] },
  scales: [0.001],
  rounds: 1,
  profile: false,
  tf32: false,
};
const openings = [
  { backend: 'wasm', threads: 1 },
  { backend: 'native', threads: 2 },
];
const titles = (changes: Partial<ThroughputSettings> = {}) =>
  expandConfigurations({ ...settings, ...changes }, openings).map(titleOf);

test('every method at every ratio on every backend; full once, uncompressed', () => {
  const on = (place: string) =>
    ['full 1x', 'mixed-dimension 4x', 'mixed-dimension 16x'].map(
      (what) => `${what}, ${place}, sgd, dim 4, scale 0.001`,
    );
  expect(titles()).toEqual([...on('wasm, 1 thread'), ...on('native, 2 threads')]);
});

test('every width, every scale and every rule, the rules in a fixed order', () => {
  const many = titles({ dims: [4, 8], scales: [1, 0.1], optimizers: ['adagrad', 'sgd'], compressions: [4] });
  expect(many).toHaveLength(32);
  expect(many[0]).toBe('full 1x, wasm, 1 thread, sgd, dim 4');
  expect(many.at(-1)).toBe('mixed-dimension 4x, native, 2 threads, adagrad, dim 8, scale 0.1');
});

test('full is timed unless it is left out; what is asked twice is timed once', () => {
  const [, md] = settings.methods;
  expect(titles({ methods: [md] })).toEqual(titles());
  expect(titles({ methods: [md], baseline: false })).toHaveLength(4);
  expect(titles({ methods: [...settings.methods, { name: 'mde', options: {} }] })).toEqual(titles());
  expect(() => titles({ methods: [{ name: 'mdd', options: {} }] })).toThrow('did you mean md?');
});

test('sizes: rows and what the optimizer keeps of them; an infeasible budget has none', () => {
  const [full] = expandConfigurations(settings, openings);
  const plan = planOf(full);
  if (isInfeasible(plan)) throw new Error(plan.reason);
  const sgd = sizeOfConfiguration(plan, 'sgd');
  expect(sgd.tableBytes).toBe(sgd.servingBytes);
  expect(sizeOfConfiguration(plan, 'adagrad').tableBytes).toBe(2 * sgd.tableBytes);
  expect(sizeOfConfiguration(plan, 'adam').tableBytes).toBe(3 * sgd.tableBytes);
  expect(isInfeasible(planOf({ ...full, method: 'uniform', compression: 64 }))).toBe(true);
});

const mkl: Installed = { python: 'p', version: '2', pythonVersion: '3', blas: 'MKL', compiles: true };
const onCpu = (...threads: number[]) => threads.map((count) => ({ device: 'cpu' as const, threads: count }));
const onGpu = { device: 'gpu' as const, threads: 1 };
const debian: Installed = { ...mkl, blas: 'openblas', compiles: false };

test('PyTorch eager and compiled; with OpenBLAS also with the threads of products alone', () => {
  const references = (installed: Installed) =>
    expandReferences(settings, [installed], onCpu(1, 2, 2), () => {}).map((reference) =>
      referenceTitle({ ...reference, scale: 1 }),
    );
  expect(references(mkl)).toEqual([
    'PyTorch 2 eager, 1 thread, sgd, dim 4',
    'PyTorch 2 compiled, 1 thread, sgd, dim 4',
    'PyTorch 2 eager, 2 threads, sgd, dim 4',
    'PyTorch 2 compiled, 2 threads, sgd, dim 4',
  ]);
  expect(
    expandReferences({ ...settings, referenceModes: ['compiled'] }, [mkl], onCpu(1), () => {}).map(
      ({ mode }) => mode,
    ),
  ).toEqual(['compiled']);
  expect(references(debian)).toEqual([
    'PyTorch 2 eager, 1 thread, sgd, dim 4',
    'PyTorch 2 eager, 2 threads, sgd, dim 4',
    'PyTorch 2 eager, 2 threads for products, 1 for the rest, sgd, dim 4',
  ]);
});

test('no PyTorch beside a rule that it has not for sparse rows, and it is said', () => {
  const notes: string[] = [];
  const asked = { ...settings, optimizers: ['adam', 'adagrad'] as const };
  const references = expandReferences(asked, [debian], onCpu(1), (line) => notes.push(line));
  expect(references.map(({ optimizer }) => optimizer)).toEqual(['adagrad']);
  expect(notes).toEqual([expect.stringContaining('no PyTorch beside adam')]);
});

test('beside a GPU: PyTorch with CUDA, with graphs, and with TF32 where asked; threads are for the CPU', () => {
  const cuda: Installed = { ...mkl, card: 'a card, CUDA 12' };
  const references = (openings: Parameters<typeof expandReferences>[2], tf32 = false) =>
    expandReferences({ ...settings, scales: [1], tf32 }, [cuda], openings, () => {});
  const plain = references([onGpu]);
  expect(plain.map(referenceTitle)).toEqual([
    'PyTorch 2 eager, CUDA, sgd, dim 4',
    'PyTorch 2 compiled, CUDA, sgd, dim 4',
    'PyTorch 2 compiled with CUDA graphs, CUDA, sgd, dim 4',
  ]);
  for (const reference of plain)
    expect(reference).toMatchObject({ card: 'a card, CUDA 12', precision: 'fp32' });
  const all = references([onGpu, ...onCpu(2)], true);
  expect(all).toHaveLength(2 + 6);
  expect(all.slice(0, 2).map(({ device, card }) => [device, card])).toEqual(
    Array(2).fill(['cpu', undefined]),
  );
  expect(referenceTitle(all.at(-1)!)).toBe('PyTorch 2 compiled with CUDA graphs, CUDA with TF32, sgd, dim 4');
});

test('a PyTorch without CUDA is not timed beside a GPU, and it is said', () => {
  const notes: string[] = [];
  expect(expandReferences(settings, [mkl], [onGpu], (line) => notes.push(line))).toEqual([]);
  expect(notes).toEqual(['p: its PyTorch has no CUDA here: nothing of it beside the GPU']);
});

test('configurations that do not fit together are refused, with what to do', () => {
  expect(() => requireMemory([2e9, 2e9], [2e9], 7e9)).not.toThrow();
  const tooMuch = () => requireMemory([2e9, 2e9], [2e9], 6e9);
  expect(tooMuch).toThrow(UserError);
  expect(tooMuch).toThrow(
    /3 configurations take 6\.9 GB at the same time \(1 of them PyTorch\), 6\.0 GB are free/,
  );
  expect(tooMuch).toThrow(/--no-peer.*--scale 0\.1/);
});

test('a race is of full tables at one thread beside the modes of PyTorch that were asked for', () => {
  const race = { python: 'p', modes: ['eager'] as const, batches: [256], rounds: 2, dim: 64, scale: 0.1 };
  const asked = raceSettings({ model: findModel('dcn-v2'), options: { rank: 64 } }, race);
  expect(asked.backends).toEqual(['native']);
  expect(asked.threads).toEqual([1]);
  const [only, ...others] = expandConfigurations(asked, [{ backend: 'native', threads: 1 }]);
  expect(others).toEqual([]);
  expect(only).toMatchObject({ method: 'full', compression: 1, model: 'dcn-v2', dim: 64, scale: 0.1 });
  expect(only.modelOptions).toMatchObject({ rank: 64, cross: 3 });
  const references = expandReferences(asked, [mkl], onCpu(1), () => {});
  expect(references.map(({ mode, model }) => [mode, model])).toEqual([['eager', 'dcn-v2']]);
  expect(raceSettings({ model: findModel('linear') }, race).dims).toEqual([1]);
});
