import { describe, expect, it } from 'vitest';
import { gapAmong } from '../../../analysis/verdicts/gaps.ts';
import { rankings } from '../../../analysis/verdicts/ranking.ts';
import { pairsOf } from '../../../analysis/verdicts/pairs.ts';
import { seriesOf } from '../../../analysis/summary/series.ts';
import { isCompleted } from '../../../analysis/summary/rows.ts';
import { summarize } from '../../../analysis/summary/summary.ts';
import { catalogueRecording, plausibleRecording } from '../../reports/recordings.ts';

describe.each([
  ['few methods', plausibleRecording()],
  ['many methods', catalogueRecording()],
])('pairs of %s', (_, { runs }) => {
  const rows = summarize(runs, seriesOf(runs));
  const series = [...new Set(rows.filter(isCompleted).map((row) => row.series))];
  const pairs = pairsOf(rows, series);
  /** Finds a pair by its definition, not by its place in the list. */
  const pairsAt = (index: number) =>
    series.flatMap((a, i) =>
      series.slice(i + 1).map((b, j) => ({
        a,
        b,
        gap: pairs[index].gaps[
          series.slice(0, i).reduce((sum, __, before) => sum + series.length - 1 - before, 0) + j
        ],
      })),
    );

  it('are what the rankings judge by, at every budget', () => {
    rankings(rows).forEach(({ best, tied, behind }, index) => {
      const gap = gapAmong([best!, ...tied, ...behind]);
      for (const rival of [...tied, ...behind]) {
        const found = pairsAt(index).find(
          ({ a, b }) => [a, b].every((one) => one === best!.series || one === rival.series) && a !== b,
        )!;
        const sign = found.a === best!.series ? 1 : -1;
        expect(sign * found.gap!.value).toBeCloseTo(gap(best!, rival)!.value, 12);
        expect(found.gap!.error).toBeCloseTo(gap(best!, rival)!.error!, 12);
      }
    });
  });

  it('are with the baseline the changes of the tables', () => {
    for (const { a, b, gap } of pairsAt(0).filter(({ a, b }) =>
      [a, b].some(({ method }) => method === 'full'),
    )) {
      const other = a.method === 'full' ? b : a;
      const row = rows.find((one) => one.series === other && one.requested === 4)!;
      const change = isCompleted(row) ? row.change : undefined;
      expect(gap?.error).toBe(change?.error);
      expect(gap && Math.abs(gap.value)).toBe(change && Math.abs(change.value));
    }
  });
});
