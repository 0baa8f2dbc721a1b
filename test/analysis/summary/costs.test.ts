import { expect, test } from 'vitest';
import { costsOf } from '../../../analysis/summary/costs.ts';
import type { CompletedRun } from '../../../results/record.ts';
import { completedRun } from '../../reports/recordings.ts';

const run = (seed: number, samples: readonly number[], bytes: number): CompletedRun => {
  const one = completedRun({ method: 'pep', ratio: 4, seed, auc: 0.75 });
  const kinds = { tableBytes: bytes, networkBytes: 1, stateBytes: 2, gradientBytes: 3, layerBytes: 4 };
  const measured = { ...kinds, rowGradientBytes: 5, otherBytes: 6 };
  return {
    ...one,
    size: { ...one.size, servingBytes: 100, keyBytes: bytes },
    memory: { ...one.memory, training: { measured, expected: kinds } },
    stages: samples.map((n, i) => ({ name: `${i}`, seconds: 10 * seed, samples: n, steps: 1 })),
  };
};

test('passes and seconds of all stages are medians, bytes the largest', () => {
  const costs = costsOf([run(1, [800_000, 800_000], 10), run(2, [800_000, 400_000], 20), run(3, [800_000, 800_000], 15)]); // prettier-ignore
  expect(costs.passes).toEqual({ value: 2, error: 0, count: 3 });
  expect(costs.trainSeconds).toEqual({ value: 40, error: 20, count: 3 });
  expect(costs.trainingMemory?.value).toBe(20 + 21);
  expect(costs.bytesWithKeys?.value).toBe(120);
});

test('older records have none of them', () => {
  const old = completedRun({ method: 'pep', ratio: 4, seed: 1, auc: 0.75 });
  expect(Object.values(costsOf([old]))).toEqual([undefined, undefined, undefined, undefined]);
});
