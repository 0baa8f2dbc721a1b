import { expect, test } from 'vitest';
import { drawnRuns } from '../../../suites/contributed/drawn-runs.ts';
import { completedRun, infeasibleRun } from '../../reports/recordings.ts';

const runs = Array.from({ length: 20 }, (_, i) =>
  completedRun({ method: 'full', ratio: 1, seed: i + 1, auc: 0.7 }),
);
const drawing = { count: 3, seed: 5, backends: ['wasm'], mostSamples: 1e6 };
const ids = (seed: number, list = runs) => drawnRuns(list, { ...drawing, seed }).drawn.map(({ id }) => id);

test('a seed draws the same runs in whatever order they stand, each once', () => {
  expect(ids(5)).toHaveLength(3);
  expect(new Set(ids(5)).size).toBe(3);
  expect(ids(5, runs.toReversed())).toEqual(ids(5));
  expect(new Set([1, 2, 3, 4].map((seed) => ids(seed).join())).size).toBeGreaterThan(1);
});

test('every run is drawn by some seed', () => {
  const seen = new Set(Array.from({ length: 200 }, (_, seed) => ids(seed)).flat());
  expect(seen.size).toBe(runs.length);
});

test('runs that take long, runs of other backends and runs without a result are not drawn', () => {
  const others = [
    { ...runs[0], id: 'long', epochs: 2 },
    { ...runs[0], id: 'elsewhere', backend: 'webgpu' },
    infeasibleRun({ method: 'robe', ratio: 64, seed: 1 }),
  ];
  const { drawn, left } = drawnRuns([...others, runs[1]], { ...drawing, count: 9 });
  expect(drawn).toEqual([runs[1]]);
  expect(left).toEqual(['1 run of backends that do not work here', '1 run of more than 1000000 samples']);
});
