import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CompletedRun, RunRecord } from '../../results/record.ts';
import { expand, type Job } from '../../suites/job.ts';
import type { ComparisonSettings, TargetSettings } from '../../suites/settings.ts';
import {
  firstRatio,
  nextJobs,
  nextRatio,
  searched,
  type Tried,
  triedOf,
} from '../../suites/target-search.ts';
import { completedRun, failedRun, infeasibleRun, tooLargeRun } from '../reports/recordings.ts';
import { someSettings } from './settings.ts';

const target: TargetSettings = { margin: 0.001, least: 1, most: 1024, steps: 5 };

/** Tries ratios until none is next. `limit`: the largest ratio that passes; `possible`: the largest that the method can make. */
function search(limit: number, possible = Infinity, range = target) {
  const tried: Tried[] = [];
  for (let next = nextRatio(tried, range); next !== undefined; next = nextRatio(tried, range)) {
    if (tried.length > 40) throw new Error('the search does not end');
    tried.push(
      next > possible ? { ratio: next, passes: false, possible } : { ratio: next, passes: next <= limit },
    );
  }
  return tried;
}

describe('the next ratio', () => {
  test('halves octaves: five steps of ten leave a third of one', () => {
    expect(search(20).map(({ ratio }) => ratio)).toEqual([32, 5.66, 13.5, 20.8, 16.8]);
    expect(search(0).map(({ ratio }) => ratio)).toEqual([32, 5.66, 2.38, 1.54, 1.24]);
    expect(search(1e9).map(({ ratio }) => ratio)).toEqual([32, 181, 431, 664, 825]);
  });

  test('beyond what a method can make, its largest ratio is tried itself, and what could not be made is no step', () => {
    expect(search(1e9, 15.97).map(({ ratio }) => ratio)).toEqual([32, 15.9]);
    expect(search(4, 15.97).map(({ ratio }) => ratio)).toEqual([32, 15.9, 3.99, 7.96, 5.64, 4.74]);
  });

  test('where training does not fit the memory, larger ratios are tried as long as they take less', () => {
    const tooLarge = (ratio: number, neededBytes: number): Tried => ({ ratio, passes: false, neededBytes });
    const passing = { ratio: 181, passes: true };
    expect(nextRatio([tooLarge(32, 10e9)], target)).toBe(181);
    expect(nextRatio([tooLarge(32, 10e9), tooLarge(181, 4e9)], target)).toBe(431);
    expect(nextRatio([tooLarge(32, 10e9), tooLarge(181, 9.9e9)], target)).toBeUndefined();
    expect(nextRatio([tooLarge(32, 10e9), passing], target)).toBe(431);
    // A ratio between both: the larger one costs too much, the smaller one does not fit.
    expect(nextRatio([tooLarge(32, 10e9), { ...passing, passes: false }], target)).toBe(76.1);
    const all = [32, 181, 431, 664, 825].map((ratio) => tooLarge(ratio, 1e12 / ratio));
    expect(nextRatio(all, target)).toBeUndefined();
  });

  test('stays between what passed and what did not, and ends after its steps', () => {
    const ratio = fc.double({ min: 1.01, max: 2000, noNaN: true });
    fc.assert(
      fc.property(ratio, ratio, fc.integer({ min: 1, max: 12 }), (limit, possible, steps) => {
        const tried = search(limit, possible, { ...target, steps });
        const trained = tried.filter((one) => one.possible === undefined);
        expect(trained.length).toBeLessThanOrEqual(steps);
        expect(new Set(tried.map((one) => one.ratio)).size).toBe(tried.length);
        const passed = Math.max(1, ...trained.filter((one) => one.passes).map((one) => one.ratio));
        const failed = Math.min(1024, ...trained.filter((one) => !one.passes).map((one) => one.ratio));
        expect(passed).toBeLessThanOrEqual(Math.min(limit, possible) + 1e-9);
        expect(failed).toBeGreaterThanOrEqual(Math.min(limit, 1024));
        for (const one of tried) expect(one.ratio).toBeGreaterThan(1);
      }),
    );
  });
});

describe('the jobs of a search', () => {
  const settings: ComparisonSettings = {
    ...someSettings,
    methods: [
      { name: 'md', options: {} },
      { name: 'hash', options: {} },
      { name: 'full', options: {} },
      { name: 'hash', options: {} },
    ],
    target,
    compressions: [firstRatio(target)],
  };
  /** Validation says that one method passes and that the other does not; test AUC says the opposite, and must not count. */
  const result = (job: Job): RunRecord => {
    const passes = job.method !== 'hashing-trick';
    const { method, options, compression: ratio, seed, learningRate } = job;
    const run = completedRun({ method, options, ratio, seed, learningRate, auc: passes ? 0.6 : 0.9 });
    const auc = passes ? 0.7 : 0.69;
    return {
      ...run,
      id: job.id,
      quality: { ...run.quality, validation: { ...run.quality.validation, auc } },
    };
  };
  const shown = (jobs: readonly Job[]) => jobs.map((job) => `${job.method} ${job.compression} ${job.seed}`);

  test('are the next ratio of every method, in the direction of validation', () => {
    const first = expand(settings, 'f').map(result);
    const second = nextJobs(settings, target, first, 'f');
    expect(shown(second)).toEqual(
      ['mixed-dimension 181', 'hashing-trick 5.66'].flatMap((text) =>
        [1, 2].map((seed) => `${text} ${seed}`),
      ),
    );
    const third = nextJobs(settings, target, [...first, ...second.map(result)], 'f');
    expect(shown(third).filter((text) => text.endsWith(' 1'))).toEqual([
      'mixed-dimension 431 1',
      'hashing-trick 2.38 1',
    ]);
  });

  test('are the same for the same records: a search resumes', () => {
    const first = expand(settings, 'f').map(result);
    expect(nextJobs(settings, target, [...first].reverse(), 'f')).toEqual(
      nextJobs(settings, target, first, 'f'),
    );
  });

  test('are none where the uncompressed tables failed: nothing can be compared', () => {
    const first = expand(settings, 'f').map((job) =>
      job.method === 'full'
        ? { ...failedRun({ method: 'full', ratio: 1, seed: job.seed }), id: job.id }
        : result(job),
    );
    expect(nextJobs(settings, target, first, 'f')).toEqual([]);
  });

  test('are none where the uncompressed tables do not fit the memory', () => {
    const first = expand(settings, 'f').map((job) =>
      job.method === 'full'
        ? { ...tooLargeRun({ method: 'full', ratio: 1, seed: 1 }), id: job.id }
        : result(job),
    );
    expect(nextJobs(settings, target, first, 'f')).toEqual([]);
  });

  test('are of methods that have something to compress, once each', () => {
    const methods = [...settings.methods, { name: 'no-ids', options: {} }];
    expect(searched({ methods }).map(({ name }) => name)).toEqual(['md', 'hash']);
  });

  test('a ratio is compared on the seeds that it has: a failed one tells seeds apart, not ratios', () => {
    const valid = (method: string, ratio: number, seed: number, auc: number): CompletedRun => {
      const run = completedRun({ method, ratio, seed, auc: 0.7 });
      return { ...run, quality: { ...run.quality, validation: { ...run.quality.validation, auc } } };
    };
    const full = [0.7, 0.71, 0.72].map((auc, i) => valid('full', 1, i + 1, auc));
    const runs = [
      ...[0.7, 0.71].map((auc, i) => valid('lma', 16, i + 1, auc)),
      failedRun({ method: 'lma', ratio: 16, seed: 3 }),
    ];
    expect(triedOf(runs, full, 0.001)).toEqual([{ ratio: 16, passes: true }]);
  });

  test('a ratio without a number does not pass; one that is infeasible says what is possible', () => {
    const full = [completedRun({ method: 'full', ratio: 1, seed: 1, auc: 0.7 })] as CompletedRun[];
    expect(triedOf([failedRun({ method: 'lma', ratio: 16, seed: 1 })], full, 0.001)).toEqual([
      { ratio: 16, passes: false },
    ]);
    expect(triedOf([tooLargeRun({ method: 'lma', ratio: 16, seed: 1 })], full, 0.001)).toEqual([
      { ratio: 16, passes: false, neededBytes: 91e9 },
    ]);
    const [one] = triedOf([infeasibleRun({ method: 'uniform', ratio: 32, seed: 1 })], full, 0.001);
    expect(one.possible).toBeCloseTo(full[0].size.fullBytes / 1_204_224, 9);
  });
});
