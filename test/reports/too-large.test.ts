import { describe, expect, it } from 'vitest';
import { analyze } from '../../analysis/recording.ts';
import { runCounts } from '../../analysis/progress/sweep.ts';
import { renderReport } from '../../reports/report.ts';
import { markdownTable } from '../../reports/markdown-table.ts';
import { summaryJson } from '../../reports/summary-json.ts';
import { needsText } from '../../reports/unfinished-view.ts';
import type { RunRecord } from '../../results/record.ts';
import type { Recording } from '../../results/recording.ts';
import { comparisonLines } from '../../scripts/results/comparison-lines.ts';
import { completedRun, environment, tooLargeRun } from './recordings.ts';

/** One method does not fit the memory at one budget; another one had more with its first seed. */
const runs: RunRecord[] = [1, 2, 3].flatMap((seed) => [
  completedRun({ method: 'full', ratio: 1, seed, auc: 0.76 + seed * 0.001 }),
  completedRun({ method: 'uniform', ratio: 4, seed, auc: 0.755 + seed * 0.0012 }),
  completedRun({ method: 'hashing-trick', ratio: 4, seed, auc: 0.75 + seed * 0.0011 }),
  ...(seed === 1 ? [completedRun({ method: 'lma', ratio: 4, seed, auc: 0.75 })] : []),
  ...(seed > 1 ? [tooLargeRun({ method: 'lma', ratio: 4, seed })] : []),
]);
const recording: Recording = {
  environment,
  runs: [...runs, tooLargeRun({ method: 'robe', ratio: 4, seed: 1 })],
};
const html = await renderReport(recording);
const text = html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

describe('runs that are too large', () => {
  it('stand in the tables with what they would take and what there was', () => {
    expect(text).toContain('robe too large needs 91.0 GB of memory, 25.0 GB are there');
    expect(text).toContain('Runs without a number');
    expect(text).toContain(
      'robe 4x all too large 91.0 GB of memory, 25.0 GB are there training would take 91 GB of memory, the run may take 25 GB',
    );
  });

  it('name their seeds where others gave a number', () => {
    expect(text).toContain('2 more without a number');
    expect(text).toContain('lma 4x 2, 3 too large');
  });

  it('can be filtered for, in one word', () => {
    expect(html).toContain('<option value="too-large">too large</option>');
    expect(html).toMatch(/data-standing="too-large"/);
  });

  it('have a cell in tables for documents, and numbers in JSON', () => {
    expect(markdownTable(recording)).toMatch(/`robe` \| too large/);
    const json = JSON.stringify(summaryJson(recording));
    expect(json).toContain('"status":"too large"');
    expect(json).toContain('"neededBytes":91000000000,"limitBytes":25000000000');
  });

  it('are counted at the end of a command and on the page of a sweep', () => {
    expect(comparisonLines(recording).join('\n')).toContain('1 too large');
    const finished = recording.runs.map((record) => ({ title: '', record }));
    expect(runCounts({ finished, running: [], total: 20 })).toMatchObject({ tooLarge: 3, failed: 0 });
  });

  it('have no place in rankings', () => {
    const [{ rankings }] = analyze(recording).comparisons;
    expect(rankings[0].missing.map(({ series }) => series.method)).toEqual(['robe']);
  });

  it('say nothing where nothing is known', () => {
    expect(needsText({ smallestBytes: undefined, memory: undefined })).toBeUndefined();
  });
});
