import { countedFullBytes } from '../results/counted-bytes.ts';
import { type Claim, claimAmong } from './claims.ts';
import { formatBytes } from './format.ts';
import { metrics } from './metrics.ts';
import { type CompletedRow, type SummaryRow, isCompleted } from './summary.ts';
import type { TestRows } from './test-rows.ts';

/** What so many serving bytes buy, up to the next more that buy anything else. */
export interface Purchase {
  readonly bytes: number;
  /** Full fp32 bytes / `bytes`. */
  readonly ratio: number;
  /** Whether it is a budget above 1x that methods were asked for. */
  readonly asked: boolean;
  /** Of the largest layer of every series that the bytes hold. */
  readonly claim: Claim;
}

/**
 * The amounts of memory at which a choice changes, the least first: the budgets that were asked for, and the sizes of
 * layers that leave more of their budget free than sizes count as equal by (5 %). A layer that fills its budget is
 * taken to need all of it. Of a series the largest layer that fits competes, whatever its AUC: the test part has no say.
 */
export function purchasesOf(rows: readonly SummaryRow[], testRows?: TestRows): Purchase[] {
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
    const claim = claimAmong(candidates, formatBytes(bytes), testRows);
    return { bytes, ratio: fullBytes / bytes, asked, claim };
  });
}

function neededBytes({ requested, estimates }: CompletedRow, fullBytes: number): number {
  const budget = budgetOf(requested, fullBytes);
  const bytes = estimates.servingBytes.value;
  return bytes < budget * (1 - metrics.servingBytes.slack) ? bytes : Math.max(budget, bytes);
}

const budgetOf = (requested: number, fullBytes: number) => Math.floor(fullBytes / requested);
