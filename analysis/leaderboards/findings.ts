import { isExact } from '../comparisons/exact-training.ts';
import { type LinearThere, linearThere } from '../decisions/linear-would-do.ts';
import type { CompletedRow, SummaryRow } from '../summary/rows.ts';
import type { BudgetRanking } from '../verdicts/ranking.ts';
import type { DataResults, JudgedComparison } from './results.ts';

/** The choice at one budget of a data set. */
export interface Decision {
  readonly requested: number;
  /** Undefined if no method has a number. */
  readonly leader: CompletedRow | undefined;
  /** True if all others are shown to be worse. */
  readonly best: boolean;
  /** The most that the leader is below the best, whichever that is; undefined if it is not judged. */
  readonly bound: number | undefined;
  /** Rows that are not shown to be below the best by more than the margin, the leader first; empty without verdicts. */
  readonly open: readonly CompletedRow[];
  /** Rows with a number, and those that are shown to be below the best by more than the margin. */
  readonly count: number;
  readonly behind: number;
  readonly missing: readonly SummaryRow[];
  /** The linear model that fits the budget; undefined if the recording has none. */
  readonly linear: LinearThere | undefined;
}

/** The choices on a data set, by the one of its recordings that compares most methods. */
export interface Findings {
  readonly lead: JudgedComparison;
  readonly decisions: readonly Decision[];
}

/** Undefined if no recording of the data compares methods at a budget. */
export function findingsOf({ comparisons }: Pick<DataResults, 'comparisons'>): Findings | undefined {
  const usable = comparisons.filter(
    ({ comparison }) => comparison.rankings.length > 0 && isExact(comparison.setting),
  );
  // The newest wins among equally large ones: they come in the order of time.
  const [lead] = usable.toReversed().sort((a, b) => sizeOf(b) - sizeOf(a));
  if (lead === undefined) return undefined;
  return { lead, decisions: lead.comparison.rankings.map((ranking) => decisionOf(ranking, lead)).sort((a, b) => a.requested - b.requested) }; // prettier-ignore
}

/** Methods, not their variants: many options of a few methods are no wide comparison. */
const sizeOf = ({ comparison: { rows } }: JudgedComparison) =>
  new Set(rows.map(({ series }) => series.method)).size;

/** The one reading of a ranking as a choice. No method is chosen for its cost here. */
function decisionOf(ranking: BudgetRanking, { comparison }: JudgedComparison): Decision {
  const { requested, leader, rivals, standings, missing, bound } = ranking;
  const all = leader === undefined ? [] : [leader, ...rivals];
  const judged = all.filter((row) => standings.get(row)!.verdict !== 'unjudged');
  const open = judged.filter((row) => !standings.get(row)!.byMargin);
  return {
    requested,
    leader,
    best: leader !== undefined && standings.get(leader)!.verdict === 'best',
    bound: leader && bound(leader),
    open,
    count: all.length,
    behind: judged.length - open.length,
    missing,
    linear: linearThere(ranking, comparison),
  };
}
