import { describe, expect, it } from 'vitest';
import { random } from '../../base/random.ts';
import { analyze, noiseAmong } from '../../analysis/recording.ts';
import { claimOf, detailsOf } from '../../reports/claim-text.ts';
import { placements } from '../../analysis/statistics/delong.ts';
import { pairsOf } from '../../analysis/verdicts/pairs.ts';
import { bestPerBudget } from '../../analysis/verdicts/best-per-budget.ts';
import { renderReport } from '../../reports/report.ts';
import { seriesOf } from '../../analysis/summary/series.ts';
import { isCompleted } from '../../analysis/summary/rows.ts';
import { summarize } from '../../analysis/summary/summary.ts';
import { testRowsOf } from '../../analysis/statistics/test-rows.ts';
import type { CompletedRun } from '../../results/record.ts';
import type { Recording } from '../../results/recording.ts';
import { completedRun, environment } from './recordings.ts';

const labels = Uint8Array.from({ length: 300 }, (_, i) => Number(i % 4 === 0));

/** Three methods whose seeds hardly differ, but which rows a method is good at is luck. */
function scoredRecording(
  seeds = 3,
): Required<Pick<Recording, 'scores'>> & { runs: CompletedRun[] } & Recording {
  const noise = random(7);
  const common = [...labels].map((label) => label + noise.normal());
  const kept = new Map<string, Float32Array>();
  const runs = Object.entries({ full: 0.5, robe: 0.5, uniform: 3 }).flatMap(([method, spread]) => {
    const own = common.map((x) => x + spread * noise.normal());
    return Array.from({ length: seeds }, (_, i) => {
      const scores = Float32Array.from(own, (x) => x + 0.02 * noise.normal());
      const { auc } = placements(scores, labels);
      const run = completedRun({ method, ratio: method === 'full' ? 1 : 4, seed: i + 1, auc });
      kept.set(run.id, scores);
      return run;
    });
  });
  return { environment, runs, scores: { labels, of: (id) => kept.get(id) } };
}

const recording = scoredRecording();
const rowsOf = (one: Recording) => summarize(one.runs, seriesOf(one.runs), { testRows: testRowsOf(one) });
const comparisonOf = (one: Recording) => analyze(one).comparisons[0];
const claim = (one: Recording) => claimOf(comparisonOf(one).rankings[0]);

describe('test rows', () => {
  it('give the change from the baseline a wider interval than seeds that hardly differ', () => {
    const robe = rowsOf(recording)
      .filter(isCompleted)
      .find((row) => row.series.method === 'robe')!;
    const { overRows, overBoth, rows } = robe.changeOnRows!;
    expect(rows).toBe(300);
    expect(overRows.value).toBeCloseTo(robe.change!.value, 12);
    expect(overRows.standardError).toBeGreaterThan(robe.change!.error!);
    expect(overBoth.standardError).toBeGreaterThan(0.9 * overRows.standardError!);
  });

  it('are the same of a pair asked for twice, and opposite the other way round', () => {
    const of = (method: string) => recording.runs.filter((run) => run.method === method);
    const [full, robe] = [of('full'), of('robe')];
    const fresh = () => testRowsOf(recording)!;
    const rows = fresh();
    const there = rows.difference(full, robe)!;
    expect(rows.difference(full, robe)).toBe(there);
    expect(there.overRows.value).not.toBe(0);
    expect(rows.difference(robe, full)).toEqual(fresh().difference(robe, full));
    expect(rows.difference(robe, full)).not.toEqual(there);
  });

  it('are in the noise of pairs and of what memory buys, as in that of the claims', () => {
    const { rows, noise } = comparisonOf(recording);
    const series = ['full', 'robe', 'uniform'].map(
      (name) => rows.find((r) => r.series.method === name)!.series,
    );
    const [pairs, ofSeeds] = [
      pairsOf(rows, series, noise, 0.001),
      pairsOf(rows, series, noiseAmong(rows), 0.001),
    ];
    pairs[0].gaps.forEach((gap, i) => {
      expect(gap!.error, `pair ${i}`).toBeGreaterThan(3 * (ofSeeds[0].gaps[i]?.error ?? 0));
    });
    const bought = bestPerBudget(rows, noise, 0.001).find(({ asked }) => asked)!.ranking;
    expect(detailsOf(bought)).toContain(claim(recording).details);
  });

  it('do without scores that are missing, or that do not give the AUC of their record', () => {
    const { runs, scores } = recording;
    const of = (some: Recording['scores']) =>
      rowsOf({ environment, runs, ...(some && { scores: some }) }).filter(isCompleted);
    expect(of(undefined).every(({ changeOnRows }) => changeOnRows === undefined)).toBe(true);
    const [robe] = runs.filter(({ method }) => method === 'robe');
    const [uniform] = runs.filter(({ method }) => method === 'uniform');
    const without = (id: string, instead?: Float32Array) =>
      of({ labels, of: (asked) => (asked === id ? instead : scores.of(asked)) })
        .filter(({ changeOnRows }) => changeOnRows !== undefined)
        .map(({ series }) => series.method);
    expect(without(robe.id)).toEqual(['uniform']);
    expect(without(robe.id, scores.of(uniform.id))).toEqual(['uniform']);
  });

  it('make a claim of what seeds alone would call settled no surer than the rows are', () => {
    const { runs } = recording;
    expect(claim({ environment, runs }).details).toMatch(/(below|above) full \(paired over 3 seeds\)/);
    expect(claim(recording).details).toMatch(
      /undecided against full \(difference [^()]*, paired over 3 seeds and 300 test rows\)/,
    );
    expect(claim(scoredRecording(1)).details).toContain(
      ' full (one seed: the error bar is of 300 test rows alone)',
    );
  });
});

describe('the report', () => {
  it('shows the interval over rows beside that over seeds, and says what each holds', async () => {
    const page = await renderReport(recording);
    expect(page).toContain('>± test rows</th>');
    expect(page).toMatch(/<td class="number"[^>]*>± 0\.0\d+ <small>both ± 0\.0\d+<\/small><\/td>/);
    expect(page).toContain('the scores of all 300 test rows');
    const plain = await renderReport({ environment, runs: recording.runs });
    expect(plain).not.toContain('test rows</th>');
    expect(plain).toContain('their noise is assumed');
  });
});
