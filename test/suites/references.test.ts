import { describe, expect, test } from 'vitest';
import { completedRun } from '../reports/recordings.ts';
import { budgetFor } from '../../harness/contract/size.ts';
import type { CompletedRun, RunRecord } from '../../results/record.ts';
import { equalComputeJobs } from '../../suites/equal-compute.ts';
import { expand, type Job, withRate } from '../../suites/job.ts';
import { batchesOfJobs } from '../../suites/rate-search.ts';
import { expectedRuns, referenceJobs, referenceMethods } from '../../suites/references.ts';
import type { ComparisonSettings } from '../../suites/settings.ts';
import { fields } from '../methods/small-layer.ts';
import { someSettings } from './settings.ts';

const settings: ComparisonSettings = { ...someSettings, dim: 16, references: true, seeds: [1, 2] };
const criteoLike = { denseFields: ['I1'], lacksRules: undefined };
const named = (job: Job) =>
  `${job.reference ?? ''} ${job.model} ${job.method} ${job.compression} ${job.seed} ${job.learningRate}`;
const jobs = (
  changes: Partial<ComparisonSettings> = {},
  trainable = criteoLike as Parameters<typeof referenceJobs>[1],
) => referenceJobs({ ...settings, ...changes }, trainable, 'f');

test('are dense features alone, truncation at every budget, and the linear model; the methods of the comparison share them', () => {
  const found = jobs({ compressions: [16], seeds: [1] }).map(named);
  expect(found).toEqual([
    'no-ids dlrm no-ids 1 1 0.01',
    ' dlrm frequency-truncation 16 1 0.01',
    ...[0.1, 0.2, 0.4].map((rate) => `linear linear full 1 0 ${rate}`),
    ...[0.1, 0.2, 0.4].map((rate) => `linear linear full 1 1 ${rate}`),
  ]);
  expect(jobs({ methods: [{ name: 'md', options: {} }] }).map(({ id }) => id)).toEqual(
    jobs().map(({ id }) => id),
  );
});

test.each([undefined, 'keys'] as const)(
  'the linear model is hashed to the bytes of the budget (%s)',
  (count) => {
    const hashed = jobs({ compressions: [4, 16, 64, 256], ...(count && { count }) }).filter(
      ({ method }) => method === 'hashing-trick',
    );
    const ratios = [...new Set(hashed.map(({ compression }) => compression))];
    const expected = count === 'keys' ? [16, 64, 256] : [64, 256];
    expect(ratios).toHaveLength(expected.length);
    ratios.forEach((ratio, i) => {
      const own = budgetFor({ fields, dim: 1 }, ratio, count);
      expect(Math.abs(own - budgetFor({ fields, dim: 16 }, expected[i], count))).toBeLessThanOrEqual(1);
    });
  },
);

test('are none unless they are asked for, and change no id of a method', () => {
  expect(jobs({ references: false })).toEqual([]);
  const ids = (references: boolean) => expand({ ...settings, references }, 'f').map(({ id }) => id);
  expect(ids(true)).toEqual(ids(false));
  expect(ids(true)).toEqual(expand({ ...someSettings, dim: 16 }, 'f').map(({ id }) => id));
});

test('the linear model chooses its rate once, for all of its sizes', () => {
  const batches = batchesOfJobs(jobs({ compressions: [64, 256] }), (job, rate) => withRate(job, rate, 'f'));
  const recorded = new Map<string, RunRecord>();
  const ran: string[] = [];
  for (let round = batches.next(); !round.done; round = batches.next(recorded))
    for (const job of round.value.jobs) {
      const { method, seed, learningRate } = job;
      if (job.reference === 'linear') ran.push(`${method} ${job.compression} ${seed} ${learningRate}`);
      recorded.set(job.id, completedRun({ method, ratio: 4, seed, auc: 0.75 - Math.abs(learningRate - 0.2), learningRate })); // prettier-ignore
    }
  expect(ran).toEqual([
    ...['full 1 0 0.1', 'full 1 0 0.2', 'full 1 0 0.4'],
    ...[1, 2].flatMap((seed) => [
      `full 1 ${seed} 0.2`,
      `hashing-trick 4 ${seed} 0.2`,
      `hashing-trick 16 ${seed} 0.2`,
    ]),
  ]);
  expect(
    expectedRuns(jobs({ compressions: [64, 256] }).filter(({ reference }) => reference === 'linear')),
  ).toBe(9);
});

test('truncation that is asked for is the same run', () => {
  const asked = expand({ ...settings, methods: [{ name: 'topk', options: {} }] }, 'f').map(({ id }) => id);
  const own = jobs().filter(({ method }) => method === 'frequency-truncation');
  expect(own.every(({ id }) => asked.includes(id))).toBe(true);
});

describe('are left out where they mean nothing', () => {
  const kinds = (found: readonly Job[]) => [
    ...new Set(found.map(({ model, method }) => `${model} ${method}`)),
  ];
  test('dense features alone on a log that has none', () => {
    expect(kinds(jobs({}, { ...criteoLike, denseFields: [] }))).not.toContain('dlrm no-ids');
    expect(referenceMethods(settings, { ...criteoLike, denseFields: [] })).toEqual(['frequency-truncation']);
  });
  test('truncation and hashing where the uncompressed table alone is asked for', () => {
    expect(kinds(jobs({ methods: [{ name: 'full', options: {} }] }))).toEqual(['dlrm no-ids', 'linear full']);
  });
  test('the linear model beside itself, and on a backend without its optimizer', () => {
    const linear = { model: 'linear', modelOptions: {}, dim: 1 };
    expect(kinds(jobs(linear)).filter((kind) => kind.endsWith('full'))).toEqual([]);
    expect(kinds(jobs({}, { ...criteoLike, lacksRules: ['ftrl'] }))).not.toContain('linear full');
  });
});

describe('equal compute', () => {
  const train = 800_000;
  const run = (method: string, samples: readonly number[], seed = 1): CompletedRun => ({
    ...completedRun({ method, ratio: 4, seed, auc: 0.75 }),
    stages: samples.map((n) => ({ name: 'stage', seconds: 1, samples: n, steps: 1 })),
  });
  const epochs = (...records: CompletedRun[]) => [
    ...new Set(
      equalComputeJobs(settings, records, 'f').map((job) => `${job.reference} ${job.method} ${job.epochs}`),
    ),
  ];
  test('is the uncompressed table with the epochs of the costliest method', () => {
    expect(epochs(run('md', [train]), run('pep', [train, train]))).toEqual(['equal-compute full 2']);
    expect(epochs(run('pep', [train, 1.4 * train]))).toEqual(['equal-compute full 3']);
  });
  test('is nothing where no method took more than the comparison gives it; batches that overlap are no pass', () => {
    expect(epochs(run('md', [train]), run('lsq', [1.02 * train]))).toEqual([]);
    expect(epochs({ ...run('full', [9 * train]), reference: 'linear' }, run('pep', [9 * train], 0))).toEqual(
      [],
    );
  });
});
