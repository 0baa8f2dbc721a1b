import { holm } from '../statistics/holm.ts';
import { type Estimate, intervalOf, pValueOf } from '../statistics/estimates.ts';
import type { TestRows } from '../statistics/test-rows.ts';
import { type CompletedRow, type SummaryRow, compressedBudgets, isCompleted } from '../summary/rows.ts';
import { commonGap, contrast, hasCommonNoise, isTie } from './gaps.ts';

/** The rows that compete for a budget, the best AUC first. */
export interface Ranking {
  /** Undefined if no row has a number. */
  readonly best: CompletedRow | undefined;
  /** Rows that cannot be separated from the best. */
  readonly tied: readonly CompletedRow[];
  readonly behind: readonly CompletedRow[];
  /** Infeasible and failed rows. */
  readonly missing: readonly SummaryRow[];
  /** The best and those tied with it. */
  readonly winners: ReadonlySet<SummaryRow>;
  /** AUC of the best row minus a rival's, with the interval it was judged by; undefined without a common seed. */
  readonly gaps: ReadonlyMap<CompletedRow, Estimate | undefined>;
}

/** The ranking of a budget that methods were asked for. */
export interface BudgetRanking extends Ranking {
  readonly requested: number;
}

/** The verdict on a row at its budget; empty for a row that is not ranked, such as the baseline's. */
export type RowVerdict = '' | 'winner' | 'tied' | 'behind' | 'infeasible' | 'failed';

export function rowVerdict(row: SummaryRow, rankings: readonly Ranking[]): RowVerdict {
  if (!isCompleted(row)) return row.status;
  if (rankings.some(({ best }) => best === row)) return 'winner';
  if (rankings.some(({ tied }) => tied.includes(row))) return 'tied';
  return rankings.some(({ behind }) => behind.includes(row)) ? 'behind' : '';
}

/**
 * The distinction of a row: `best`, `tied` with others for the best, or `highest` where one seed cannot say more.
 * Undefined for rows behind, and where there are no two rows to rank.
 */
export function badgeOf(
  row: SummaryRow,
  rankings: readonly Ranking[],
): 'best' | 'tied' | 'highest' | undefined {
  const ranking = rankings.find(({ winners }) => winners.has(row));
  if (ranking === undefined || ranking.winners.size + ranking.behind.length < 2) return undefined;
  if (ranking.winners.size > 1) return 'tied';
  return row.runs.length === 1 ? 'highest' : 'best';
}

/** One ranking per budget above 1x. Judges by seeds and, where scores were kept, by test rows. */
export function rankings(rows: readonly SummaryRow[], testRows?: TestRows): BudgetRanking[] {
  return compressedBudgets(rows).map((requested) => ({
    requested,
    ...rankingAmong(
      rows.filter((row) => row.requested === requested),
      testRows,
    ),
  }));
}

/** Ranks rows that compete for a budget, one per series. They come with the best AUC first. */
export function rankingAmong(rows: readonly SummaryRow[], testRows?: TestRows): Ranking {
  const missing = rows.filter((row) => !isCompleted(row));
  const [best, ...rivals] = rows.filter(isCompleted);
  if (best === undefined) return { best, tied: [], behind: [], missing, winners: new Set(), gaps: new Map() };
  const judge = hasCommonNoise(rivals.length) ? judgedByCommonNoise : judgedInPairs;
  const judged = judge(best, rivals, testRows);
  const tied = judged.filter((rival) => rival.tied).map(({ row }) => row);
  const behind = judged.filter((rival) => !rival.tied).map(({ row }) => row);
  const gaps = new Map(judged.map(({ row, gap }) => [row, gap]));
  return { best, tied, behind, missing, winners: new Set([best, ...tied]), gaps };
}

/** The smallest layer that a method of the ranking could make; undefined if no record says. */
export function smallestPossible({ missing }: Ranking): number | undefined {
  const known = missing.flatMap((row) => (isCompleted(row) ? [] : (row.smallestBytes ?? [])));
  return known.length === 0 ? undefined : Math.min(...known);
}

interface Judged {
  readonly row: CompletedRow;
  readonly gap: Estimate | undefined;
  readonly tied: boolean;
}

/**
 * The 5 % is shared by all rivals (Holm), because the best of many is likely to owe some of its lead to luck. The interval
 * of a gap has the level that it was judged at. One seed alone cannot show a tie, only exact equality can.
 */
function judgedInPairs(
  best: CompletedRow,
  rivals: readonly CompletedRow[],
  testRows: TestRows | undefined,
): Judged[] {
  const gaps = rivals.map((row) => ({ row, gap: contrast(best, row, testRows) }));
  const pValues = gaps.map(({ gap }) => gap && pValueOf(gap));
  // A rival without a test takes no share of the 5 % from the others.
  const judged = holm(pValues.map((p) => p ?? 0));
  return gaps.map(({ row, gap }, i) => ({
    row,
    gap: gap && intervalOf(gap, 1 - judged[i].level),
    tied: gap !== undefined && (gap.value <= 0 || (pValues[i] !== undefined && !judged[i].rejected)),
  }));
}

function judgedByCommonNoise(
  best: CompletedRow,
  rivals: readonly CompletedRow[],
  testRows: TestRows | undefined,
): Judged[] {
  const gapTo = commonGap([best, ...rivals], testRows);
  return rivals.map((row) => {
    const gap = gapTo(best, row);
    return { row, gap, tied: isTie(gap) };
  });
}
