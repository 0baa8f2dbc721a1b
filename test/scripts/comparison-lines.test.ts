import { expect, test } from 'vitest';
import { comparisonLines } from '../../scripts/results/comparison-lines.ts';
import { catalogueRecording, completedRun, environment, failedRun, infeasibleRun, plausibleRecording } from '../reports/recordings.ts'; // prettier-ignore

const aucs = (method: string, ratio: number, values: readonly number[]) =>
  values.map((auc, i) => completedRun({ method, ratio, seed: i + 1, auc }));
const full = aucs('full', 1, [0.76, 0.761, 0.759]);

test('a line for each budget: the highest, who is equivalent, who is worse, who is missing', () => {
  const runs = [
    ...full,
    ...aucs('robe', 16, [0.7534, 0.7541, 0.7523]),
    ...aucs('uniform', 16, [0.7531, 0.7545, 0.7521]),
    ...aucs('hashing-trick', 16, [0.74, 0.741, 0.739]),
    failedRun({ method: 'lma', ratio: 16, seed: 1 }),
    infeasibleRun({ method: 'robe', ratio: 256, seed: 1 }),
  ];
  expect(comparisonLines({ environment, runs })).toEqual([
    'change of test AUC from full, 0.7600 ± 0.0025, 3 seeds:',
    '   16x  highest robe −0.0067 ± 0.0004 (at most 0.0009 below the best); equivalent: uniform −0.0068; worse: hashing-trick −0.0200; 1 failed',
    '  256x  no numbers; 1 infeasible',
    '  at 16x: Choose robe: among the 2 methods shown to be at most 0.001 below the best it trains fastest (× 0.94 of full).',
  ]);
});

test('one seed promises nothing; without a baseline there is no change', () => {
  const runs = [...aucs('robe', 4, [0.75]), ...aucs('lma', 4, [0.74])];
  expect(comparisonLines({ environment, runs })).toEqual([
    'test AUC, one seed, no error bars:',
    '    4x  highest robe 0.7500; then: lma 0.7400',
  ]);
});

test('the baseline alone is no change', () => {
  expect(comparisonLines({ environment, runs: full })).toEqual([
    'test AUC of full, 0.7600 ± 0.0025, 3 seeds',
  ]);
});

test('of many methods only the first are named', () => {
  const [, ...lines] = comparisonLines(catalogueRecording());
  expect(lines.slice(4).every((line) => /^ {2}at \d+x: (Choose|No method) /.test(line))).toBe(true);
  expect(lines).toHaveLength(8);
  for (const line of lines.slice(0, 4)) expect(line.length).toBeLessThan(260);
  expect(lines[0]).toMatch(
    /^ {4}4x {2}highest uniform .*; undecided: .* and \d+ more; worse: .* and \d+ more/,
  );
  expect(lines[3]).toMatch(/; 8 infeasible$/);
});

test('every comparison has lines of its own, with its setting', () => {
  const { runs } = plausibleRecording();
  const lines = comparisonLines({
    environment,
    runs: [...runs, ...runs.map((run) => ({ ...run, epochs: 2 }))],
  });
  expect(lines.filter((line) => line.endsWith(':')).map((line) => line.split(',')[0])).toEqual([
    '1 epoch',
    'up to 2 epochs',
  ]);
});
