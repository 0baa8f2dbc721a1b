import { expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { subspaceTable } from '../../scripts/documents/subspace-table.ts';
import { type Algorithm, algorithms } from '../../suites/subspace/algorithms.ts';
import { measureSubspace } from '../../suites/subspace/measure.ts';

test('all algorithms find the same, sketches nearly so', () => {
  const [rows, width] = [20_000, 5];
  const stream = random(4);
  const floats = Float32Array.from({ length: rows * width }, (_, at) => stream.normal() / (1 + (at % width)));
  const found = (name: Algorithm) => algorithms[name]({ floats, width, size: 1000 });
  const exact = found('leverage, exact SVD');
  expect(exact.values[0] / Math.sqrt(rows)).toBeCloseTo(1, 1); // of normal numbers
  expect(exact.scores!.reduce((sum, x) => sum + x)).toBeCloseTo(width, 4);
  for (const name of Object.keys(algorithms) as Algorithm[]) {
    const { values, scores } = found(name);
    const sketched = /Sketch|SRHT/.test(name);
    values.forEach((x, k) => expect(Math.abs(x / exact.values[k] - 1)).toBeLessThan(sketched ? 0.15 : 1e-9));
    expect(scores !== undefined).toBe(name.startsWith('leverage'));
    const worst = scores?.reduce((most, x, row) => Math.max(most, Math.abs(x / exact.scores![row] - 1)), 0);
    expect(worst ?? 0).toBeLessThan(sketched ? 0.3 : 1e-6);
  }
});

test('one is measured in a process of its own', { timeout: 60_000 }, async () => {
  const task = { algorithm: 'leverage, CountSketch', rows: 3000, width: 4, size: 100 } as const;
  const { milliseconds, processorMilliseconds, bytes, values, scores } = await measureSubspace(task);
  expect(milliseconds).toBeGreaterThan(0);
  expect(processorMilliseconds).toBeGreaterThan(0);
  expect(bytes).toBeGreaterThanOrEqual(0);
  expect(values).toHaveLength(4);
  // Every third row: a third of the rank.
  expect(scores).toHaveLength(1000);
  expect(scores!.reduce((sum, x) => sum + x) / (4 / 3)).toBeCloseTo(1, 0);
});

test('a line per algorithm: medians, spread, and errors beside the exact ones', () => {
  const at = (milliseconds: number, values: number[], scores?: number[]) => ({
    milliseconds,
    processorMilliseconds: 2 * milliseconds,
    bytes: 4e6,
    values,
    ...(scores && { scores }),
  });
  const exact = at(5000, [2, 1], [0.5, 0.25]);
  const found = new Map([
    ['exact', [exact, at(3000, [2, 1], [0.5, 0.25]), at(4000, [2, 1], [0.5, 0.25])]],
    ['near', [at(100, [2.02, 1], [0.4, 0.25])]],
    ['far', [at(100, [2, 1], [0.5, 0.5625])]],
    ['axes', [at(250, [2, 1 + 1e-9])]],
  ]);
  expect(subspaceTable(found, exact).split('\n')).toEqual([
    '|  | seconds | processor seconds | memory | singular values | leverage |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    '| exact | 4.00 (3.00–5.00) | 8.00 (6.00–10.00) | 4.00 MB | 0 | 0 |',
    '| near | 0.10 (0.10–0.10) | 0.20 (0.20–0.20) | 4.00 MB | 1.0 % | 20 % |',
    '| far | 0.10 (0.10–0.10) | 0.20 (0.20–0.20) | 4.00 MB | 0 | 125 % |',
    '| axes | 0.25 (0.25–0.25) | 0.50 (0.50–0.50) | 4.00 MB | 1e-9 |  |',
  ]);
});
