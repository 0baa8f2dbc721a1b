import { expect, test } from 'vitest';
import { comparisons } from '../../../analysis/comparisons/comparable.ts';
import { type AnalyzedComparison, analyze } from '../../../analysis/recording.ts';
import { againstLinear, linearAt } from '../../../analysis/references/against-linear.ts';
import { isCompleted } from '../../../analysis/summary/rows.ts';
import type { CompletedRun } from '../../../results/record.ts';
import { markdownTable } from '../../../reports/markdown-table.ts';
import { behindTexts } from '../../../reports/page/references-view.ts';
import { summaryJson } from '../../../reports/summary-json.ts';
import { completedRun, environment } from '../../reports/recordings.ts';

const seeds = [1, 2, 3];
const runs = (method: string, ratio: number, auc: number, change: Partial<CompletedRun> = {}) =>
  seeds.map((seed) => {
    const run = { ...completedRun({ method, ratio, seed, auc: auc + 0.0003 * (seed % 2) }), ...change };
    return { ...run, id: `${change.reference ?? ''}${change.epochs ?? ''} ${run.id}` };
  });
/** A layer of so many bytes, of a model whose uncompressed table takes a sixteenth of that of the comparison. */
const linear = (method: string, ratio: number, auc: number) => {
  const [{ size }] = runs(method, 1, auc);
  const fullBytes = size.fullBytes / 16;
  const small = {
    ...size,
    fullBytes,
    servingBytes: Math.floor(fullBytes / ratio),
    fullParameters: fullBytes / 4,
  };
  const own = {
    reference: 'linear',
    model: 'linear',
    network: 'no layers',
    dim: 1,
    epochs: 15,
    optimizer: 'ftrl',
  };
  return runs(method, ratio, auc, { ...own, size: small });
};
const noIds = runs('no-ids', 1, 0.71, {
  reference: 'no-ids',
  size: {
    ...completedRun({ method: 'full', ratio: 1, seed: 1, auc: 0.7 }).size,
    servingBytes: 0,
    parameters: 0,
  },
});
const recording = {
  environment: { ...environment, references: ['no-ids', 'topk'] },
  runs: [
    ...[
      ...runs('full', 1, 0.763),
      ...runs('robe', 64, 0.762),
      ...runs('topk', 64, 0.757),
      ...runs('qr', 64, 0.7583),
    ],
    ...[...noIds, ...linear('full', 1, 0.7605), ...linear('hashing-trick', 4, 0.7582)],
    ...runs('full', 1, 0.7633, { reference: 'equal-compute', epochs: 2 }),
  ],
};
const { comparisons: analyzed, series } = analyze(recording);

test('references stand beside the one comparison, and compete for no budget', () => {
  expect(analyzed).toHaveLength(1);
  const [{ rows, references, rankings }] = analyzed;
  expect(rows.map((row) => row.series.label)).toEqual(['full', 'robe', 'qr', 'topk']);
  expect(references.map(({ kind, row }) => [kind, row.series.label])).toEqual([
    ['dense', 'no-ids'],
    ['model', 'linear (hashing-trick)'],
    ['model', 'linear'],
    ['compute', 'full, 2 epochs'],
  ]);
  expect(rankings).toMatchObject([{ requested: 64, leader: { series: { method: 'robe' } } }]);
  expect([...series.values()].map(({ method }) => method)).not.toContain('hashing-trick');
});

test('their changes are from the baseline of the comparison, paired by seed', () => {
  const changes = analyzed[0].references.map(({ row }) => isCompleted(row) && row.change?.value.toFixed(4));
  expect(changes).toEqual(['-0.0530', '-0.0048', '-0.0025', '0.0003']);
});

test('the linear model of a budget is the largest that fits it, in bytes', () => {
  const auc = (requested: number) => linearAt(analyzed[0], requested)?.runs[0].size.servingBytes;
  const [{ size }] = runs('full', 1, 0.7);
  expect(auc(16)).toBe(size.fullBytes / 16);
  expect(auc(64)).toBe(size.fullBytes / 64);
  expect(auc(65)).toBeUndefined();
});

const verdictOn = (comparison: AnalyzedComparison, method: string) =>
  [...againstLinear(comparison, 0.001)].find(([row]) => row.series.method === method)?.[1].verdict;

test('a method beats it only where a verdict says so, simultaneous over the methods of the budget', () => {
  const [comparison] = analyzed;
  expect([verdictOn(comparison, 'robe'), verdictOn(comparison, 'topk')]).toEqual(['better', 'worse']);
  const noisy = [0.002, -0.002, 0.0005].map((noise, i) => completedRun({ method: 'qr', ratio: 64, seed: i + 1, auc: 0.7583 + noise })); // prettier-ignore
  const others = recording.runs.filter(({ method }) => method !== 'qr');
  const [again] = analyze({ ...recording, runs: [...others, ...noisy] }).comparisons;
  expect(verdictOn(again, 'qr')).toBe('undecided');
  expect(behindTexts(again, 0.001)).toEqual([
    'At 64x, 2 of 3 methods are not shown to beat linear in as many bytes (0.7584): qr, topk.',
  ]);
});

test('too few seeds have no verdict: nothing is said', () => {
  const [comparison] = analyze({
    ...recording,
    runs: recording.runs.filter(({ seed }) => seed === 1),
  }).comparisons;
  expect(verdictOn(comparison, 'robe')).toBe('unjudged');
  expect(behindTexts(comparison, 0.001)).toEqual([]);
});

test('of the same model, those of other settings belong to another comparison', () => {
  const other = recording.runs.map((run) => ({ ...run, id: `b${run.id}`, batchSize: 64 }));
  const both = comparisons({ ...recording, runs: [...recording.runs, ...other] });
  expect(both.map(({ references }) => references.runs.length)).toEqual([18, 18]);
});

test('a recording of references alone has a comparison without rows', () => {
  const alone = analyze({ ...recording, runs: noIds }).comparisons;
  expect(alone).toMatchObject([{ rows: [], references: [{ kind: 'dense' }] }]);
});

test('the Markdown table has them below the methods, and a second one the costs', () => {
  const text = markdownTable(recording, { costs: true });
  expect(text).toContain('| `topk` (reference) | −0.0060 |');
  expect(text).toContain('| *linear* | −0.0048 |');
  expect(text).toContain('| *no-ids* | −0.0530 |');
  expect(text).toContain('| *full, 2 epochs* | +0.0003 |');
  expect(text).toMatch(/\| cost \| budget \| passes \|/);
});

test('JSON has the direction of every quantity, references apart, and what is not known as absent', () => {
  const { better, comparisons: found } = JSON.parse(JSON.stringify(summaryJson(recording))) as ReturnType<
    typeof summaryJson
  >;
  expect(better).toMatchObject({ auc: 'higher', passes: 'lower', trainSeconds: 'lower', trainingMemory: 'lower', bytesWithKeys: 'lower', inferenceSpeed: 'higher' }); // prettier-ignore
  expect(found[0].rows.map(({ label, reference }) => [label, reference])).toEqual([
    ['full', true],
    ['robe', false],
    ['qr', false],
    ['topk', true],
  ]);
  expect(found[0].rows.map((row) => 'verdict' in row && row.verdict)).toEqual([
    false,
    ...found[0].rows.slice(1).map(({ label }) => (label === 'robe' ? 'best' : 'worse')),
  ]);
  expect(found[0].rows[1].againstLinear).toMatchObject({ verdict: 'better' });
  expect(found[0].references.map(({ kind }) => kind)).toEqual(['dense', 'model', 'model', 'compute']);
});
