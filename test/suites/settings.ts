import type { ComparisonSettings } from '../../suites/settings.ts';
import { defaultSettings } from '../../datasets/index.ts';

/** A comparison of small networks on a few planted rows. */
export const someSettings: ComparisonSettings = {
  suite: 'bench',
  dataset: 'planted',
  request: { ...defaultSettings, options: { rows: 1000 }, cache: '.cache' },
  methods: [
    { name: 'md', options: {} },
    { name: 'hash', options: {} },
  ],
  compressions: [4, 16],
  seeds: [1, 2],
  baseline: true,
  model: 'dlrm',
  modelOptions: { bottom: [16], top: [16] },
  dim: 4,
  batchSize: 64,
  batchOrder: 'shuffled',
  epochs: 1,
  optimizer: 'adagrad',
  learningRates: [0.01],
  backend: 'wasm',
  threads: 1,
};
