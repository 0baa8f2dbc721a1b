import { expect, test } from 'vitest';
import { markdownTable } from '../../reports/markdown-table.ts';
import { completedRun, environment, failedRun, infeasibleRun } from './recordings.ts';

const at = (method: string, ratio: number, aucs: readonly number[]) =>
  aucs.map((auc, i) => completedRun({ method, ratio, seed: i + 1, auc }));

test('changes from full tables, what is not to be told from the best in bold, and why there is no number', () => {
  const runs = [
    ...at('full', 1, [0.76, 0.762, 0.764]),
    ...at('robe', 4, [0.7599, 0.7618, 0.764]),
    ...at('uniform', 4, [0.75, 0.7521, 0.754]),
    ...at('mgqe', 4, [0.7598, 0.7619, 0.7638]),
    infeasibleRun({ method: 'uniform', ratio: 64, seed: 1 }),
    failedRun({ method: 'mgqe', ratio: 64, seed: 1 }),
    ...at('robe', 64, [0.74, 0.743, 0.743]),
  ];
  const [{ size }] = at('full', 1, [0.76]);
  expect(size.servingBytes).toBe(size.fullBytes);
  expect(markdownTable({ environment, runs }).split('\n')).toEqual([
    '| change of test AUC | 4x | 64x |',
    '| --- | ---: | ---: |',
    expect.stringMatching(/^\| `full` \([\d.]+ [kMG]B: 0\.7620 ± 0\.0050\) \| {2}\| {2}\|$/),
    '| `robe` | **−0.0001** | **−0.0200** |',
    '| `mgqe` | **−0.0002** | failed |',
    '| `uniform` | −0.0100 | infeasible |',
    '',
    expect.stringMatching(
      /^- 4x: Choose robe: among the 2 methods shown to be at most 0.001 below the best, none trains faster/,
    ),
  ]);
});

test('says below the table what to choose at each budget', () => {
  const runs = [
    ...at('full', 1, [0.76, 0.762, 0.764]),
    ...at('robe', 4, [0.7599, 0.7618, 0.764]),
    ...at('uniform', 4, [0.75, 0.7521, 0.754]),
  ];
  const lines = markdownTable({ environment, runs }, { margin: 0.02 }).split('\n');
  const last = lines.slice(lines.indexOf('') + 1);
  expect(last).toEqual([expect.stringMatching(/^- 4x: Choose (robe|uniform): among the 2 methods shown/)]);
});

test('AUC itself where full tables were not run; a method that is missing at a budget has no cell', () => {
  const runs = [...at('robe', 4, [0.75]), ...at('mgqe', 4, [0.76]), ...at('mgqe', 16, [0.74])];
  expect(markdownTable({ environment, runs })).toBe(
    [
      ...['| test AUC | 4x | 16x |', '| --- | ---: | ---: |'],
      ...['| `mgqe` | **0.7600** | **0.7400** |', '| `robe` | 0.7500 |  |'],
    ].join('\n'),
  );
});
