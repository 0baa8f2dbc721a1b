import { countedFullBytes } from '../../results/counted-bytes.ts';
import type { TestRows } from '../statistics/test-rows.ts';
import { metrics } from '../summary/metrics.ts';
import { type CompletedRow, type SummaryRow, isCompleted } from '../summary/rows.ts';
import { type Ranking, rankingAmong } from './ranking.ts';

/** The methods to choose from when serving memory is at least `bytes`, and below the next entry's. */
export interface BestAtBytes {
  readonly bytes: number;
  /** Full fp32 bytes / `bytes`. */
  readonly ratio: number;
  /** True for a budget above 1x that methods were asked for. */
  readonly asked: boolean;
  /** Ranks the largest layer of every series that fits into the bytes; it has a best row. */
  readonly ranking: Ranking & { readonly best: CompletedRow };
}

/**
 * The amounts of memory at which a choice changes, rising: the budgets that were asked for, and the sizes of layers that
 * leave more of their budget unused than sizes may differ and count as equal (5 %). A layer that fills its budget is taken
 * to need all of it. The largest layer of a series that fits competes, whatever its AUC: the test part has no say.
 */
export function bestPerBudget(rows: readonly SummaryRow[], testRows?: TestRows): BestAtBytes[] {
  const completed = rows.filter(isCompleted);
  if (completed.length === 0) return [];
  const fullBytes = countedFullBytes(completed[0].runs[0]);
  const needed = new Map(completed.map((row) => [row, neededBytes(row, fullBytes)]));
  const budgets = new Set(rows.map(({ requested }) => budgetOf(requested, fullBytes)));
  const amounts = [...new Set(needed.values())].sort((a, b) => a - b);
  return amounts.map((bytes) => {
    const affordable = completed.filter((row) => needed.get(row)! <= bytes);
    const candidates = [...new Set(affordable.map(({ series }) => series))].map((series) =>
      affordable
        .filter((row) => row.series === series)
        .reduce((a, b) => (needed.get(b)! > needed.get(a)! ? b : a)),
    );
    candidates.sort((a, b) => b.estimates.auc.value - a.estimates.auc.value);
    const asked = bytes < fullBytes && budgets.has(bytes);
    const ranking = { ...rankingAmong(candidates, testRows), best: candidates[0] };
    return { bytes, ratio: fullBytes / bytes, asked, ranking };
  });
}

/** Size and speed among rows that AUC cannot tell apart. */
export interface TieBreakers {
  /** Undefined if no other is smaller than the best by more than the few rows in which full budgets differ. */
  readonly smallest: CompletedRow | undefined;
  /** The row that scores the most samples per second. */
  readonly fastest: CompletedRow;
}

/** Undefined if nothing is tied with the best. */
export function tieBreakers({ best, tied }: BestAtBytes['ranking']): TieBreakers | undefined {
  if (tied.length === 0) return undefined;
  const rows = [best, ...tied];
  const bytesOf = ({ estimates }: CompletedRow) => estimates.servingBytes.value;
  const speedOf = ({ estimates }: CompletedRow) => estimates.inferenceSpeed.value;
  const smallest = rows.reduce((a, b) => (bytesOf(b) < bytesOf(a) ? b : a));
  const fastest = rows.reduce((a, b) => (speedOf(b) > speedOf(a) ? b : a));
  const isSmaller = bytesOf(smallest) < bytesOf(best) * (1 - metrics.servingBytes.slack);
  return { smallest: isSmaller ? smallest : undefined, fastest };
}

function neededBytes({ requested, estimates }: CompletedRow, fullBytes: number): number {
  const budget = budgetOf(requested, fullBytes);
  const bytes = estimates.servingBytes.value;
  return bytes < budget * (1 - metrics.servingBytes.slack) ? bytes : Math.max(budget, bytes);
}

const budgetOf = (requested: number, fullBytes: number) => Math.floor(fullBytes / requested);
