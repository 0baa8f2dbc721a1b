import { describe, expect, it } from 'vitest';
import { analyze } from '../../../analysis/recording.ts';
import { badgeOf, rankings, rowVerdict, smallestPossible } from '../../../analysis/verdicts/ranking.ts';
import { seriesOf } from '../../../analysis/summary/series.ts';
import { summarize } from '../../../analysis/summary/summary.ts';
import type { RunRecord } from '../../../results/record.ts';
import { markdownTable } from '../../../reports/markdown-table.ts';
import { renderReport } from '../../../reports/report.ts';
import { comparisonLines } from '../../../scripts/results/comparison-lines.ts';
import { completedRun, failedRun, infeasibleRun, plausibleRecording } from '../../reports/recordings.ts';

const runsOf = (method: string, ratio: number, aucs: readonly number[]) =>
  aucs.map((auc, i) => completedRun({ method, ratio, seed: i + 1, auc }));
const full = runsOf('full', 1, [0.7608, 0.7612, 0.7604]);

describe('a ranking', () => {
  const runs: RunRecord[] = [
    ...full,
    ...runsOf('robe', 16, [0.7534, 0.7531, 0.7533]),
    ...runsOf('uniform', 16, [0.7531, 0.7535, 0.7531]),
    ...runsOf('hashing-trick', 16, [0.74, 0.7401, 0.7399]),
    failedRun({ method: 'md', ratio: 16, seed: 1 }),
    infeasibleRun({ method: 'qr', ratio: 16, seed: 1 }),
  ];
  const rows = summarize(runs, seriesOf(runs));
  const found = rankings(rows);
  const labels = (some: readonly { readonly series: { readonly label: string } }[]) =>
    some.map(({ series }) => series.label);

  it('has the best, the tied, those behind and those without a number', () => {
    expect(found).toHaveLength(1);
    const [{ requested, best, tied, behind, missing, winners, gaps }] = found;
    expect(requested).toBe(16);
    expect(labels([best!, ...tied])).toEqual(['robe', 'uniform']);
    expect(labels(behind)).toEqual(['hashing-trick']);
    expect(labels(missing).sort()).toEqual(['md', 'qr']);
    expect(winners.size).toBe(2);
    expect(gaps.get(behind[0])!.value).toBeCloseTo(0.01327, 4);
    expect(smallestPossible(found[0])).toBe(1_204_224);
  });

  it('gives every row a verdict, and the best ones a badge', () => {
    const verdicts = rows.map((row) => `${row.series.label} ${rowVerdict(row, found)}`);
    expect(verdicts.sort()).toEqual([
      'full ',
      'hashing-trick behind',
      'md failed',
      'qr infeasible',
      'robe winner',
      'uniform tied',
    ]);
    expect(rows.map((row) => badgeOf(row, found)).filter((badge) => badge !== undefined)).toEqual([
      'tied',
      'tied',
    ]);
    const single = [...runsOf('robe', 16, [0.75]), ...runsOf('uniform', 16, [0.74])];
    const few = summarize(single, seriesOf(single));
    expect(badgeOf(few[0], rankings(few))).toBe('highest');
  });
});

/** One recording, four readers: who is best and who is tied must be the same for all. */
describe('report, table and terminal read the same ranking', () => {
  const recording = plausibleRecording();
  const [{ rankings: found }] = analyze(recording).comparisons;

  it('in the Markdown table', () => {
    const bold = [...markdownTable(recording).matchAll(/\| `([^`]+)` \|([^\n]*)/g)].flatMap(
      ([, label, cells]) =>
        cells.split('|').flatMap((cell, i) => (cell.includes('**') ? [`${label} ${i}`] : [])),
    );
    const winners = found.flatMap((ranking, i) =>
      [...ranking.winners].map(({ series }) => `${series.label} ${i}`),
    );
    expect(bold.sort()).toEqual(winners.sort());
  });

  it('in the lines of the terminal', () => {
    const lines = comparisonLines(recording).slice(1);
    found.forEach(({ best, tied }, i) => {
      if (best === undefined) return expect(lines[i]).toContain('no numbers');
      expect(lines[i]).toContain(`best ${best.series.label} `);
      expect(lines[i].includes('within noise')).toBe(tied.length > 0);
    });
  });

  it('in the badges of the report', async () => {
    const page = await renderReport(recording);
    const badges = page.match(/<span class="badge">(best|tied|highest)<\/span>/g) ?? [];
    const winners = found.filter(({ winners, behind }) => winners.size + behind.length > 1);
    expect(badges).toHaveLength(winners.reduce((sum, ranking) => sum + ranking.winners.size, 0));
  });
});
