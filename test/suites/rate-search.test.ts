import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../../results/record.ts';
import { expand, type Job, withRate } from '../../suites/job.ts';
import { batchesOfJobs } from '../../suites/rate-search.ts';
import type { ComparisonSettings } from '../../suites/settings.ts';
import { completedRun, failedRun, infeasibleRun, tooLargeRun } from '../reports/recordings.ts';
import { someSettings } from './settings.ts';

const jobsOf = (changes: Partial<ComparisonSettings> = {}) =>
  expand({ ...someSettings, compressions: [4], seeds: [1, 2, 3], ...changes }, 'f');
const grid = { learningRates: [0.01, 0.02, 0.05] };

type Result = (job: Job) => RunRecord;
const asked = ({ method, compression, seed, learningRate }: Job) => ({
  ...{ method, ratio: compression, seed, learningRate },
});

/** Best at a rate, and the better on test the lower the rate: that must not count. */
const bestAt =
  (best: (job: Job) => number): Result =>
  (job) => {
    const run = completedRun({ ...asked(job), auc: 0.8 - job.learningRate });
    const auc = 0.7 - Math.abs(job.learningRate - best(job));
    return { ...run, quality: { ...run.quality, validation: { ...run.quality.validation, auc } } };
  };

/** Carries every round out; what it ran, and what it expected at most. */
function carryOut(jobs: readonly Job[], result: Result, recorded = new Map<string, RunRecord>()) {
  const ran: string[][] = [];
  const expected: number[] = [];
  const schedule = batchesOfJobs(jobs, (job, rate) => withRate(job, rate, 'f'));
  for (let round = schedule.next(); !round.done; round = schedule.next(recorded)) {
    expected.push(ran.flat().length + round.value.jobs.length + round.value.later);
    ran.push(round.value.jobs.map((job) => `${job.method} ${job.seed} ${job.learningRate}`));
    for (const job of round.value.jobs)
      if (!recorded.has(job.id)) recorded.set(job.id, { ...result(job), id: job.id });
  }
  return { ran, expected };
}

const methods = ['full', 'mixed-dimension', 'hashing-trick'];
const seedAt = (seed: number, rate: (method: string) => number) =>
  methods.map((method) => `${method} ${seed} ${rate(method)}`);

test('one rate: the first seed, then the others, whatever failed', () => {
  const { ran, expected } = carryOut(jobsOf(), (job) => failedRun(asked(job)));
  expect(ran).toEqual([seedAt(1, () => 0.01), [...seedAt(2, () => 0.01), ...seedAt(3, () => 0.01)]]);
  expect(expected).toEqual([9, 9]);
});

test.each([
  ['has no plan', infeasibleRun],
  ['does not fit the memory', tooLargeRun],
])('what %s is not tried with another seed or rate', (_, without) => {
  const result: Result = (job) => (job.method === 'full' ? bestAt(() => 0.02)(job) : without(asked(job)));
  expect(carryOut(jobsOf(), result).ran).toEqual([seedAt(1, () => 0.01), ['full 2 0.01', 'full 3 0.01']]);
  const { ran, expected } = carryOut(jobsOf(grid), result);
  expect(ran).toEqual([
    seedAt(0, () => 0.01),
    ['full 0 0.02', 'full 0 0.05'],
    ['full 1 0.02', 'full 2 0.02', 'full 3 0.02'],
  ]);
  expect(expected).toEqual([18, 8, 8]);
});

describe('several rates', () => {
  const rate = (method: string) => (method === 'full' ? 0.01 : method === 'mixed-dimension' ? 0.02 : 0.05);
  /** The end of the grid leads by less than the noise of a trial: the rate inside the grid is taken. */
  const nearly: Result = (job) => {
    const run = bestAt(() => 0.02)(job) as ReturnType<typeof completedRun>;
    const auc = 0.7 + 0.02 * job.learningRate;
    return { ...run, quality: { ...run.quality, validation: { ...run.quality.validation, auc } } };
  };

  test('are tried with a seed of their own, which the others do not contain', () => {
    const { ran, expected } = carryOut(
      jobsOf(grid),
      bestAt(() => 0.02),
    );
    const others = methods.flatMap((method) => [`${method} 0 0.02`, `${method} 0 0.05`]);
    const reported = [1, 2, 3].flatMap((seed) => seedAt(seed, () => 0.02));
    expect(ran).toEqual([seedAt(0, () => 0.01), others, reported]);
    expect(expected).toEqual([18, 18, 18]);
  });

  test('at an end that leads are doubled or halved, twice at most, for that method alone', () => {
    const { ran } = carryOut(
      jobsOf(grid),
      bestAt(({ method }) => ({ full: 0.005, 'mixed-dimension': 0.02 })[method] ?? 9),
    );
    expect(ran.slice(2, 4)).toEqual([
      ['full 0 0.005', 'hashing-trick 0 0.1'],
      ['full 0 0.0025', 'hashing-trick 0 0.2'],
    ]);
    expect(ran[4].slice(0, 3)).toEqual(['mixed-dimension 1 0.02', 'full 1 0.005', 'hashing-trick 1 0.2']);
    expect(ran[4]).toHaveLength(9);
  });

  test('within the noise of a trial: one inside the grid, and no extension', () => {
    expect(carryOut(jobsOf({ ...grid, methods: [] }), nearly).ran.slice(2)).toEqual([
      ['full 1 0.02', 'full 2 0.02', 'full 3 0.02'],
    ]);
  });

  test('are chosen anew for every ratio', () => {
    const jobs = jobsOf({ ...grid, baseline: false, compressions: [4, 16], seeds: [1] });
    const result = bestAt(({ compression }) => (compression === 4 ? 0.02 : 0.05));
    expect(carryOut(jobs, result).ran.at(-1)).toEqual([
      ...['mixed-dimension 1 0.02', 'mixed-dimension 1 0.05'],
      ...['hashing-trick 1 0.02', 'hashing-trick 1 0.05'],
    ]);
  });

  test('that fail are not chosen; where all do, there are no other seeds', () => {
    const result: Result = (job) =>
      job.method === 'full' || job.learningRate === 0.02 ? failedRun(asked(job)) : bestAt(() => 0.02)(job);
    const { ran } = carryOut(jobsOf({ ...grid, seeds: [1, 2] }), result);
    expect(ran[1]).toHaveLength(6);
    expect(ran.at(-1)!.map((run) => run.split(' ')[0])).not.toContain('full');
    expect(ran.at(-1)!.filter((run) => run.endsWith(' 0.02'))).toEqual([]);
  });

  test('give the same runs however often it is stopped', () => {
    const jobs = jobsOf(grid);
    const result = bestAt(({ method }) => rate(method));
    const whole = new Map<string, RunRecord>();
    carryOut(jobs, result, whole);
    for (let kept = 0; kept <= whole.size; kept += 4) {
      const resumed = new Map([...whole].slice(0, kept));
      carryOut(jobs, result, resumed);
      expect(new Map([...resumed].sort())).toEqual(new Map([...whole].sort()));
    }
  });
});
