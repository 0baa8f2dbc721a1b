import type { Estimate } from '../analysis/statistics/estimates.ts';
import type { CompletedRow } from '../analysis/summary/rows.ts';
import type { Ranking } from '../analysis/verdicts/ranking.ts';

/**
 * The verdict on a row of a ranking for machines. `bound`: the most that it is below the best, true for all rows at once. Differences
 * are of AUC; what is not known is null.
 */
export function standingJson(row: CompletedRow, ranking: Ranking) {
  const { verdict, byMargin, within, gap } = ranking.standings.get(row)!;
  const against = ranking.toFull.get(row);
  return {
    verdict,
    leader: row === ranking.leader,
    worseByMargin: byMargin,
    within,
    bound: ranking.bound(row) ?? null,
    places: ranking.places(row) ?? null,
    belowLeader: intervalJson(gap),
    againstFull: against
      ? { verdict: against.verdict, notBelow: against.notBelow, difference: intervalJson(against.gap) }
      : null,
  };
}

function intervalJson(interval: Estimate | undefined) {
  return interval === undefined ? null : { value: interval.value, error: interval.error ?? null };
}
