import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { runsTableDownload, tableDownload } from '../../reports/page/downloads.ts';
import { columnsFor } from '../../reports/page/table-columns.ts';
import { renderReport } from '../../reports/report.ts';
import { seriesOf } from '../../analysis/summary/series.ts';
import { isCompleted } from '../../analysis/summary/rows.ts';
import { summarize } from '../../analysis/summary/summary.ts';
import { comparisons } from '../../analysis/comparisons/comparable.ts';
import { budgetSpent, bytesWithKeys, compressionOf } from '../../results/counted-bytes.ts';
import type { CompletedRun, RunRecord } from '../../results/record.ts';
import { completedRun, environment } from './recordings.ts';

const run = (method: string, ratio: number, size: Partial<CompletedRun['size']>, count?: 'keys'): CompletedRun => {
  const one = completedRun({ method, ratio, seed: 1, auc: 0.75 });
  return { ...one, size: { ...one.size, ...size }, ...(count && { count }) };
}; // prettier-ignore
const { fullBytes } = completedRun({ method: 'full', ratio: 1, seed: 1, auc: 0.75 }).size;
const rowsOf = (runs: readonly RunRecord[]) => summarize(runs, seriesOf(runs));
const csv = (file: { readonly href: string } | undefined) => {
  const [head, ...lines] = gunzipSync(Buffer.from(file!.href.split(',')[1], 'base64'))
    .toString()
    .trimEnd()
    .split('\n');
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.match(/("[^"]*(?:""[^"]*)*"|[^,]*)(?:,|$)/g)!.map((cell, i) => [names[i], cell.replace(/,$/, '')]))); // prettier-ignore
};

describe('the share of a budget', () => {
  const quarter = Math.floor(fullBytes / 4);
  const filled = run('robe', 4, { servingBytes: quarter });
  const left = run('uniform', 4, { servingBytes: Math.floor(0.85 * quarter) });

  it('is what is served of it', () => {
    expect(budgetSpent(filled)).toBeCloseTo(1, 4);
    expect(budgetSpent(left)).toBeCloseTo(0.85, 4);
  });

  it('is a column, marked where much is left', () => {
    const rows = rowsOf([filled, left]).filter(isCompleted);
    const spent = columnsFor(rows, []).find(({ label }) => label === 'Spent')!;
    const cells = Object.fromEntries(rows.map((row) => [row.series.method, spent.cell(row)]));
    expect(cells.robe).toMatchObject({ text: '100.0 %', error: undefined });
    expect(cells.uniform).toMatchObject({ text: '84.9 %', error: 'underspent', low: true });
  });

  it('is in both CSV files', () => {
    const recording = { environment, runs: [filled, left] };
    for (const lines of [
      csv(runsTableDownload(recording)),
      csv(tableDownload(rowsOf(recording.runs), 'x')),
    ]) {
      const of = (method: string) => lines.find((line) => line.method === method)!;
      expect(of('robe').underspent).toBe('false');
      expect(of('uniform').underspent).toBe('true');
      expect(Number(of('uniform').budgetSpent)).toBeCloseTo(0.85, 4);
    }
  });
});

describe('keys', () => {
  const keyed = (count?: 'keys') => [
    run('full', 1, { servingBytes: fullBytes, keys: 10, keyBytes: 40_000, fullKeyBytes: 40_000 }, count),
    run('robe', 4, { servingBytes: fullBytes / 4, keys: 3, keyBytes: 12_000, fullKeyBytes: 40_000 }, count),
  ];

  it('are in both sides of a ratio or in neither', () => {
    const [, { size }] = keyed();
    expect(compressionOf(size, undefined)).toBe(4);
    expect(compressionOf(size, 'keys')).toBe((fullBytes + 40_000) / (fullBytes / 4 + 12_000));
    expect(bytesWithKeys({ size })).toBe(fullBytes / 4 + 12_000);
  });

  it('stand beside serving bytes in tables, CSV and cards', async () => {
    const runs = keyed();
    const rows = rowsOf(runs).filter(isCompleted);
    expect(columnsFor(rows, []).map(({ label }) => label)).toContain('With keys');
    expect(csv(tableDownload(rows, 'x'))[1].servingBytesWithKeys).toBe(String(fullBytes / 4 + 12_000));
    expect(await renderReport({ environment, runs })).toMatch(/served, [\d.]+ [kM]?B with keys/);
    const older = rowsOf([run('robe', 4, {})]).filter(isCompleted);
    expect(columnsFor(older, []).map(({ label }) => label)).not.toContain('With keys');
  });

  it('count for a recording or not at all', async () => {
    const [full, robe] = [keyed()[0], keyed('keys')[1]];
    expect(() => comparisons({ environment, runs: [full, robe] })).toThrow(
      /holds keys, that of run .* does not; make one recording for each: they are never compared/,
    );
    const page = await renderReport({ environment, runs: keyed('keys') });
    expect(page).toContain('budgets with keys');
    expect(page).toContain('those bytes hold the keys of all ids');
  });
});
