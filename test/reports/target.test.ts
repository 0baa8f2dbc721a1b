import { expect, test } from 'vitest';
import { comparisonLines } from '../../scripts/results/comparison-lines.ts';
import { renderReport } from '../../reports/report.ts';
import { summaryJson } from '../../reports/summary-json.ts';
import type { Recording } from '../../results/recording.ts';
import { completedRun, environment, infeasibleRun } from './recordings.ts';

const aucs = [0.76, 0.7602, 0.7598, 0.7601, 0.7599];
const runs = (method: string, ratio: number, gap: number) =>
  aucs.map((auc, i) =>
    completedRun({ method, ratio, seed: i + 1, auc: auc + gap + 0.00002 * ((i * 3) % 5) }),
  );
const recording: Recording = {
  environment: { ...environment, target: { margin: 0.002, least: 1, most: 256, steps: 2 } },
  runs: [
    ...runs('full', 1, 0),
    ...runs('robe', 16, 0),
    ...runs('robe', 64, -0.01),
    infeasibleRun({ method: 'uniform', ratio: 32, seed: 1 }),
    ...runs('uniform', 16, 0.0001),
  ],
};

test('the report of a search opens with what is free, and decides at no budget', async () => {
  const html = await renderReport(recording);
  expect(html).toContain('How small for free?');
  expect(html).toContain('Compression that costs at most 0.002 of test AUC');
  expect(html).toMatch(/At most 2 ratios between 1x and 256x were trained/);
  expect(html).not.toContain('Choose among methods');
  expect(html).not.toContain('Quality against speed');
  const other = await renderReport({ ...recording, environment });
  expect(other).not.toContain('How small for free?');
  expect(other).toContain('Choose among methods');
});

test('the terminal has a line for each method, with the margin of the search', () => {
  expect(comparisonLines(recording)).toEqual([
    'compression that costs at most 0.002 of test AUC, full 0.7600 ± 0.0002, 5 seeds:',
    '  robe     estimate: about 21.2x; shown to be free up to 16x; shown to cost more at 64.1x',
    '  uniform  estimate: 16x, its most; shown to be free up to 16x; no ratio shown to cost more',
  ]);
});

test('a method that can make no ratio, and a recording of two seeds, say so', async () => {
  const memcom = infeasibleRun({ method: 'memcom', ratio: 64, seed: 1 });
  const two = { ...recording, runs: [...recording.runs.filter(({ seed }) => seed < 3), memcom] };
  const [, robe, , last] = comparisonLines(two);
  expect(robe).toMatch(/^ {2}robe .*estimate: about .*x; nothing is shown by fewer than three seeds$/);
  expect(last).toMatch(/^ {2}memcom +no ratio that was tried can be made, the most is [0-9.]+x$/);
  const html = await renderReport(two);
  expect(html).toMatch(/no ratio that was tried can be made, the most is/);
  const only = { ...recording, runs: [...runs('full', 1, 0), memcom] };
  expect(await renderReport(only)).toContain('How small for free?');
});

test('the numbers are there as JSON', () => {
  const { margin, free, target } = summaryJson(recording);
  expect(margin).toBe(0.002);
  expect(target).toMatchObject({ steps: 2 });
  const [robe, uniform] = free![0].methods;
  expect(robe).toMatchObject({ method: 'robe', open: false, costly: robe.tried[1].compression });
  expect(robe.tried.map(({ verdict }) => verdict)).toEqual(['free', 'costly']);
  expect(uniform).toMatchObject({ method: 'uniform', open: true, costly: null, infeasible: [32] });
});
