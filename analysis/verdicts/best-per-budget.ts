import { countedFullBytes } from '../../results/counted-bytes.ts';
import { metrics } from '../summary/metrics.ts';
import { type CompletedRow, type SummaryRow, baselineRow, isCompleted } from '../summary/rows.ts';
import type { Noise } from './noise.ts';
import { type Ranking, notWorse, rankingAmong } from './ranking.ts';

/** The methods to choose from when serving memory is at least `bytes`, and below the next entry's. */
export interface BestAtBytes {
  readonly bytes: number;
  /** Full fp32 bytes / `bytes`. */
  readonly ratio: number;
  /** True for a budget above 1x that methods were asked for. */
  readonly asked: boolean;
  /** Ranks the largest layer of every series that fits into the bytes; it has a leader. */
  readonly ranking: Ranking & { readonly leader: CompletedRow };
}

/**
 * The amounts of memory at which a choice changes, rising: the budgets that were asked for, and the sizes of layers that
 * leave more of their budget unused than sizes may differ and count as equal (5 %). A layer that fills its budget is taken
 * to need all of it. The largest layer of a series that fits competes, whatever its AUC: the test part has no say.
 */
export function bestPerBudget(rows: readonly SummaryRow[], noise: Noise, margin: number): BestAtBytes[] {
  const completed = rows.filter(isCompleted);
  if (completed.length === 0) return [];
  const fullBytes = countedFullBytes(completed[0].runs[0]);
  const full = baselineRow(rows);
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
    const ranking = rankingAmong(candidates, { noise, margin, full });
    return { bytes, ratio: fullBytes / bytes, asked, ranking: { ...ranking, leader: ranking.leader! } };
  });
}

/** Size and speed among rows that are not shown to be worse. */
export interface OtherMerits {
  /** Undefined if no other is smaller than the leader by more than the few rows in which full budgets differ. */
  readonly smallest: CompletedRow | undefined;
  /** The row that scores the most samples per second; undefined if the speed of one is not known. */
  readonly fastest: CompletedRow | undefined;
}

/** Undefined if the leader is the only such row. */
export function otherMerits(ranking: BestAtBytes['ranking']): OtherMerits | undefined {
  const { leader } = ranking;
  const rows = notWorse(ranking);
  if (rows.length < 2) return undefined;
  const bytesOf = ({ estimates }: CompletedRow) => estimates.servingBytes.value;
  const speedOf = ({ estimates }: CompletedRow) => estimates.inferenceSpeed?.value ?? NaN;
  const smallest = rows.reduce((a, b) => (bytesOf(b) < bytesOf(a) ? b : a));
  const fastest = rows.some((row) => Number.isNaN(speedOf(row)))
    ? undefined
    : rows.reduce((a, b) => (speedOf(b) > speedOf(a) ? b : a));
  const isSmaller = bytesOf(smallest) < bytesOf(leader) * (1 - metrics.servingBytes.slack);
  return { smallest: isSmaller ? smallest : undefined, fastest };
}

function neededBytes({ requested, estimates }: CompletedRow, fullBytes: number): number {
  const budget = budgetOf(requested, fullBytes);
  const bytes = estimates.servingBytes.value;
  return bytes < budget * (1 - metrics.servingBytes.slack) ? bytes : Math.max(budget, bytes);
}

const budgetOf = (requested: number, fullBytes: number) => Math.floor(fullBytes / requested);
