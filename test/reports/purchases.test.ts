import { describe, expect, it } from 'vitest';
import { claimsOf } from '../../reports/claims.ts';
import { purchasesOf } from '../../reports/purchases.ts';
import { seriesOf } from '../../reports/series.ts';
import { summarize } from '../../reports/summary.ts';
import type { CompletedRun, RunRecord } from '../../results/record.ts';
import { completedRun, failedRun, plausibleRecording } from './recordings.ts';

const rowsOf = (runs: readonly RunRecord[]) => summarize(runs, seriesOf(runs));
/** A run that takes so many bytes of the full 33,762,048. */
const sized = (method: string, ratio: number, servingBytes: number, auc: number): CompletedRun => {
  const run = completedRun({ method, ratio, seed: 1, auc });
  return { ...run, size: { ...run.size, servingBytes } };
};
const full = completedRun({ method: 'full', ratio: 1, seed: 1, auc: 0.76 });

describe('what memory buys', () => {
  it('is at the budgets what the claims say of them', () => {
    const rows = rowsOf(plausibleRecording().runs);
    const purchases = purchasesOf(rows).filter(({ asked }) => asked);
    expect(purchases.map(({ ratio }) => Math.round(ratio))).toEqual([64, 16, 4]);
    for (const claim of claimsOf(rows).slice(1)) {
      const { standing } = purchases.find(({ ratio }) => `${Math.round(ratio)}x` === claim.budget)!.claim;
      expect(standing.best).toBe(claim.standing.best);
    }
  });

  it('changes where a smaller layer fits, and not where one merely fills its budget less well', () => {
    const purchases = purchasesOf(
      rowsOf([
        full,
        sized('robe', 4, 8_440_512, 0.75), // the whole budget
        sized('uniform', 4, 8_100_000, 0.751), // 96 % of it
        sized('deep-hash', 4, 6_000_000, 0.74), // 71 % of it
        sized('robe', 16, 2_110_128, 0.73),
      ]),
    );
    expect(purchases.map(({ bytes }) => bytes)).toEqual([2_110_128, 6_000_000, 8_440_512, 33_762_048]);
    const chosen = purchases.map(({ claim }) => claim.standing.best!.series.label);
    expect(chosen).toEqual(['robe', 'deep-hash', 'uniform', 'full']);
    // At 6 MB robe competes with its layer of 2.1 MB.
    expect(purchases[1].claim.details).toContain('Next is robe, 0.0100 behind');
  });

  it('goes by the largest layer of a method, whichever has the higher test AUC', () => {
    const [, larger] = purchasesOf(
      rowsOf([sized('robe', 4, 8_440_512, 0.75), sized('robe', 16, 2_110_128, 0.759)]),
    );
    expect(larger.claim.standing.best!.requested).toBe(4);
  });

  it('is nothing where no run completed', () => {
    expect(purchasesOf(rowsOf([failedRun({ method: 'robe', ratio: 4, seed: 1 })]))).toEqual([]);
  });
});
