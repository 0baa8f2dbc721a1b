import { expect, test } from 'vitest';
import type { Job } from '../../../suites/job.ts';
import { planKey, sharingAmong } from '../../../suites/stages/sharing-jobs.ts';
import { trainedPart } from '../../../suites/stages/trained-part.ts';
import { smallData } from '../../small-data.ts';

const data = smallData();
const partsOf = (jobs: readonly Job[]) => new Map(jobs.map((one) => [planKey(one), trainedPart(one, data)]));
const job = (method: string, compression: number, more: Partial<Job> = {}): Job => ({
  ...{ id: `${method} ${compression} ${JSON.stringify(more)}`, method, options: {}, compression },
  ...{ model: 'dlrm', modelOptions: {}, dim: 4, batchSize: 60, batchOrder: 'shuffled', epochs: 1 },
  ...{ optimizer: 'adagrad', learningRate: 0.05, backend: 'cpu', threads: 1, seed: 1 },
  ...more,
});

test('full tables of one seed and rate are a group, whatever follows', () => {
  const alike = [job('full', 1), job('svd', 2), job('svd', 3), job('int8(full)', 2), job('leverage', 3)];
  const others = [
    job('full', 1, { seed: 2 }),
    job('full', 1, { learningRate: 0.1 }),
    job('hashing-trick', 3),
  ];
  const groupOf = sharingAmong([...alike, ...others], partsOf([...alike, ...others]));
  const [group, ...same] = alike.map(groupOf);
  expect(group).toBeDefined();
  expect(new Set(same)).toEqual(new Set([group]));
  const [seed, rate, hash] = others.map(groupOf);
  expect(new Set([group, seed, rate]).size).toBe(3);
  expect([seed, rate]).not.toContain(undefined);
  expect(hash).toBeUndefined();
});

test('a stage that one plan alone has is in no group, however many seeds train it', () => {
  const jobs = [job('full', 1), job('full', 1, { seed: 2 }), job('hashing-trick', 3), job('auto-srh', 3)];
  expect(jobs.map(sharingAmong(jobs, partsOf(jobs)))).toEqual([undefined, undefined, undefined, undefined]);
});

test('other settings are another group: a reference of another model', () => {
  const jobs = [job('full', 1), job('svd', 3, { model: 'linear', reference: 'linear' })];
  expect(jobs.map(sharingAmong(jobs, partsOf(jobs)))).toEqual([undefined, undefined]);
});

test('a plan that cannot be made, or does not fit, is in no group', () => {
  const jobs = [job('full', 1), job('svd', 1e6), job('svd', 3, { options: { keep: 'nonsense' } })];
  expect(jobs.map(sharingAmong(jobs, partsOf(jobs)))).toEqual([undefined, undefined, undefined]);
});
