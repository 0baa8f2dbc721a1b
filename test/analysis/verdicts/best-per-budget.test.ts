import { describe, expect, it } from 'vitest';
import { noiseAmong } from '../../../analysis/recording.ts';
import type { SummaryRow } from '../../../analysis/summary/rows.ts';
import { rankings } from '../../../analysis/verdicts/ranking.ts';
import * as bought from '../../../analysis/verdicts/best-per-budget.ts';
import { seriesOf } from '../../../analysis/summary/series.ts';
import { summarize } from '../../../analysis/summary/summary.ts';
import type { CompletedRun, RunRecord } from '../../../results/record.ts';
import { completedRun, failedRun, plausibleRecording } from '../../reports/recordings.ts';

const bestPerBudget = (rows: readonly SummaryRow[]) => bought.bestPerBudget(rows, noiseAmong(rows), 0.001);
const rowsOf = (runs: readonly RunRecord[]) => summarize(runs, seriesOf(runs));
/** A run that takes so many bytes of the full 33,762,048. */
const sized = (method: string, ratio: number, servingBytes: number, auc: number): CompletedRun => {
  const run = completedRun({ method, ratio, seed: 1, auc });
  return { ...run, size: { ...run.size, servingBytes } };
};
const full = completedRun({ method: 'full', ratio: 1, seed: 1, auc: 0.76 });

describe('the best per budget', () => {
  it('is at the budgets that were asked for the best of their rankings', () => {
    const rows = rowsOf(plausibleRecording().runs);
    const choices = bestPerBudget(rows).filter(({ asked }) => asked);
    expect(choices.map(({ ratio }) => Math.round(ratio))).toEqual([64, 16, 4]);
    for (const { requested, leader } of rankings(rows, noiseAmong(rows), 0.001).slice(1)) {
      const { ranking } = choices.find(({ ratio }) => Math.round(ratio) === requested)!;
      expect(ranking.leader).toBe(leader);
    }
  });

  it('changes where a smaller layer fits, and not where one merely fills its budget less well', () => {
    const choices = bestPerBudget(
      rowsOf([
        full,
        sized('robe', 4, 8_440_512, 0.75), // the whole budget
        sized('uniform', 4, 8_100_000, 0.751), // 96 % of it
        sized('deep-hash', 4, 6_000_000, 0.74), // 71 % of it
        sized('robe', 16, 2_110_128, 0.73),
      ]),
    );
    expect(choices.map(({ bytes }) => bytes)).toEqual([2_110_128, 6_000_000, 8_440_512, 33_762_048]);
    const chosen = choices.map(({ ranking }) => ranking.leader.series.label);
    expect(chosen).toEqual(['robe', 'deep-hash', 'uniform', 'full']);
    // Its layer of 2.1 MB is robe's at 6 MB.
    const [next] = choices[1].ranking.rivals;
    expect(next).toMatchObject({ requested: 16, series: { label: 'robe' } });
  });

  it('goes by the largest layer of a method, whichever has the higher test AUC', () => {
    const [, larger] = bestPerBudget(
      rowsOf([sized('robe', 4, 8_440_512, 0.75), sized('robe', 16, 2_110_128, 0.759)]),
    );
    expect(larger.ranking.leader.requested).toBe(4);
  });

  it('is nothing where no run completed', () => {
    expect(bestPerBudget(rowsOf([failedRun({ method: 'robe', ratio: 4, seed: 1 })]))).toEqual([]);
  });
});
