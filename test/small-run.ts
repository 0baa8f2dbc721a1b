import type { RunSettings } from '../harness/run.ts';

/** One epoch of the small log, on a network as small. */
export const smallRun: RunSettings = {
  dim: 4,
  modelOptions: { bottom: [8], top: [8] },
  optimizer: 'adagrad',
  learningRate: 0.05,
  batchSize: 60,
  epochs: 1,
  order: 'shuffled',
  seed: 3,
};
