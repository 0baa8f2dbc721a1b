import { expect, test } from 'vitest';
import type { Job } from '../../../suites/job.ts';
import type { PreparedLog } from '../../../suites/running/plan-process.ts';
import { plannedParts } from '../../../suites/stages/planned-parts.ts';
import { planKey } from '../../../suites/stages/sharing-jobs.ts';

const jobOf = (method: string) =>
  ({ method, options: {}, compression: 4, dim: 4, seed: 1 }) as unknown as Job;
const jobsOf = (...methods: string[]) => methods.map(jobOf);

const partsOf = async (jobs: readonly Job[], dataset = 'there') => {
  const log = { dataset, request: {} } as unknown as PreparedLog;
  const program = 'test/suites/stages/planning-process.ts';
  const parts = await plannedParts(jobs, log, new AbortController().signal, program);
  return jobs.map((job) => parts.get(planKey(job)));
};

test('a plan that ends its process has no part, and all others have theirs', async () => {
  const jobs = jobsOf('full', 'leaves', 'svd', 'is-killed', 'leverage');
  expect(await partsOf(jobs)).toEqual([
    'part of full',
    undefined,
    'part of svd',
    undefined,
    'part of leverage',
  ]);
});

test('the last plan may be the one', async () => {
  expect(await partsOf(jobsOf('full', 'svd', 'leaves'))).toEqual(['part of full', 'part of svd', undefined]);
});

test('without data there are no parts, and one plan alone needs no process', async () => {
  expect(await partsOf(jobsOf('full', 'svd'), 'gone')).toEqual([undefined, undefined]);
  expect(await partsOf(jobsOf('full'))).toEqual([undefined]);
});
