import { linearThere } from '../analysis/decisions/linear-would-do.ts';
import { showsLess } from '../analysis/decisions/shows-less.ts';
import type { findableIn } from '../analysis/power/found.ts';
import type { AnalyzedComparison } from '../analysis/recording.ts';
import { baselineRow } from '../analysis/summary/rows.ts';
import type { BudgetRanking } from '../analysis/verdicts/ranking.ts';
import { type Told, decisionLine, decisionText } from './decision-text.ts';

/** The facts that the decision of a budget is told with. */
export function toldAt(
  ranking: BudgetRanking,
  comparison: AnalyzedComparison,
  found: ReturnType<typeof findableIn>,
): Told {
  return {
    full: baselineRow(comparison.rows),
    linear: linearThere(ranking, comparison),
    showsLess: (tolerance) => showsLess(found, ranking.requested, tolerance),
  };
}

/** The decision of a budget in a line: the margin as tolerance, by training time, as a page shows it at first. Empty without verdicts. */
export function decisionAt(
  ranking: BudgetRanking,
  comparison: AnalyzedComparison,
  found: ReturnType<typeof findableIn>,
): string {
  const { leader } = ranking;
  if (leader === undefined || ranking.bound(leader) === undefined) return '';
  const rule = { kind: 'within', tolerance: ranking.margin } as const;
  return decisionLine(
    decisionText(ranking, { rule, cost: 'trainSeconds' }, toldAt(ranking, comparison, found)),
  );
}
