import { expect, test } from 'vitest';
import { publishedIds } from '../../datasets/criteo/terabyte/published-days.ts';
import { backends } from '../../backends/index.ts';
import { findNamed } from '../../base/find-named.ts';
import { growthOf, hoursOn } from '../../scripts/documents/growth.ts';
import {
  neededOnTerabyte,
  terabyteCardinalities,
  terabyteRows,
} from '../../scripts/documents/terabyte-memory.ts';
import type { RunRecord } from '../../results/record.ts';
import { completedRun, environment } from '../reports/recordings.ts';

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

test('the fields have the published ids', () => {
  expect(terabyteCardinalities).toHaveLength(26);
  expect(sum(terabyteCardinalities)).toBe(publishedIds);
  // datasets/criteo/README.md has the five large fields.
  expect(sum(terabyteCardinalities.filter((n) => n > 1e7))).toBe(878_589_971);
});

test('memory of all ids: twice the trained tables with Adagrad, and what does not depend on the budget', async () => {
  const backend = await findNamed(backends, 'backend', 'cpu').open({ threads: 1 });
  const needed = (method: string, dim: number, compression: number) => {
    const found = neededOnTerabyte({ method, options: {} }, { dim, compression }, backend);
    return 'bytes' in found ? found.bytes : NaN;
  };
  const full = (dim: number) => publishedIds * dim * 4;
  // Counts of ids, 40 bytes for each test row, and half a GB for process, runtime and batch.
  const constant = 4 * publishedIds + 40 * terabyteRows.validation;
  for (const dim of [16, 128]) {
    expect(needed('full', dim, 1) - constant - 2 * full(dim)).toBeLessThan(1e9);
    expect(needed('full', dim, 1) - constant - 2 * full(dim)).toBeGreaterThan(0);
    const hashed = needed('hashing-trick', dim, 16) - constant - (2 * full(dim)) / 16;
    expect(hashed).toBeLessThan(1e9);
    expect(hashed).toBeGreaterThan(-0.01 * (full(dim) / 16));
    expect(needed('product-quantization', dim, 64)).toBeGreaterThan(2 * full(dim));
  }
  const one = { dim: 16, compression: 16 };
  expect(neededOnTerabyte({ method: 'memcom', options: {} }, one, backend)).toEqual({ reason: 'infeasible' });
}, 60_000);

/** A recording of a method whose sample costs so many microseconds. */
function recordingOf(train: number, microseconds: number, cpu = environment.cpu) {
  const run = completedRun({ method: 'full', ratio: 1, seed: 1, auc: 0.76 });
  const rows = { ...run.dataset.rows, train };
  const stage = { name: 'training', samples: train, steps: 1, seconds: (train * microseconds) / 1e6 };
  const runs: RunRecord[] = [{ ...run, dataset: { ...run.dataset, rows }, stages: [stage] }];
  return { name: `rows-${train}`, recording: { environment: { ...environment, cpu }, runs } };
}

test('hours: as the largest measurement, and as costs grew with the logarithm of rows', () => {
  const [one] = growthOf([recordingOf(1e7, 30), recordingOf(1e5, 10), recordingOf(1e6, 20)]);
  expect(one.measured.map(({ rows }) => rows)).toEqual([1e5, 1e6, 1e7]);
  const { least, grown } = hoursOn(1e9, one);
  expect(least).toBeCloseTo((1e9 * 30e-6) / 3600, 9);
  expect(grown).toBeCloseTo((1e9 * 50e-6) / 3600, 9); // 10 microseconds a decade
  const [falling] = growthOf([recordingOf(1e5, 30), recordingOf(1e6, 20)]);
  expect(hoursOn(1e9, falling).grown).toBe(hoursOn(1e9, falling).least);
  expect(growthOf([recordingOf(1e5, 30)])).toEqual([]);
});

test('speeds of two machines are not put together', () => {
  expect(() => growthOf([recordingOf(1e5, 30), recordingOf(1e6, 20, 'Other 1')])).toThrow(
    /made on several machines \(Example 9000.*; Other 1.*\); speeds are compared on one alone/,
  );
});
