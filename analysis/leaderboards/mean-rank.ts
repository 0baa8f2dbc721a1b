import { type Estimate, mean, meanInterval } from '../statistics/estimates.ts';
import { isCompleted } from '../summary/rows.ts';
import type { BudgetRanking } from '../verdicts/ranking.ts';

/** The ranks of a method at the budgets of one data set. */
export interface Ranks {
  readonly ranks: readonly number[];
  /** Budgets at which it has no number: the last rank there. */
  readonly missing: number;
}

/** The ranks of a series in the rankings of one data set; undefined if it is in none. */
export function ranksOf(key: string, rankings: readonly BudgetRanking[]): Ranks | undefined {
  const found = rankings.flatMap(({ leader, rivals, missing }) => {
    const rows = [...(leader === undefined ? [] : [leader]), ...rivals, ...missing];
    const row = rows.find(({ series }) => series.key === key);
    if (row === undefined) return [];
    return [{ rank: isCompleted(row) ? 1 + rows.indexOf(row) : rows.length, missing: !isCompleted(row) }];
  });
  if (found.length === 0) return undefined;
  return { ranks: found.map(({ rank }) => rank), missing: found.filter(({ missing }) => missing).length };
}

/**
 * The mean rank over data sets. A data set is the unit: its budgets share rows, seeds and tables, and are averaged first. The
 * Student interval covers 95 % from three data sets on; fewer give none (a bootstrap over so few covers half).
 */
export function meanRankOver(dataSets: readonly Ranks[]): Estimate {
  const means = dataSets.map(({ ranks }) => mean(ranks));
  const found = meanInterval(means);
  return means.length < 3 ? { ...found, error: undefined } : found;
}
