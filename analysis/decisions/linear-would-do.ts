import type { AnalyzedComparison } from '../recording.ts';
import { linearAt } from '../references/against-linear.ts';
import type { Estimate } from '../statistics/estimates.ts';
import type { CompletedRow } from '../summary/rows.ts';
import { againstNamed } from '../verdicts/against.ts';
import { bareGap } from '../verdicts/bare-gap.ts';
import { boundOf, pairWidth } from '../verdicts/judge.ts';
import type { BudgetRanking } from '../verdicts/ranking.ts';

/** The linear model that fits a budget, beside the methods of the budget. */
export interface LinearThere {
  readonly linear: CompletedRow;
  /** The most that it is below the best of the methods and itself, true for all of them at once; undefined if not judged. */
  readonly bound: number | undefined;
  /** Methods that are shown to be better; undefined if none could be judged. */
  readonly beatenBy: readonly CompletedRow[] | undefined;
}

/** Undefined if the comparison has no linear model that fits. It joins the family of the budget's methods, as one more. */
export function linearThere(
  { leader, rivals, requested, noise, margin }: BudgetRanking,
  comparison: Pick<AnalyzedComparison, 'rows' | 'references'>,
): LinearThere | undefined {
  const linear = linearAt(comparison, requested);
  if (linear === undefined || leader === undefined) return undefined;
  const methods = [leader, ...rivals];
  const family = [linear, ...methods];
  const bound = boundOf(0, family.length, (i, j) => noise.between(family[i], family[j]));
  const verdicts = againstNamed(methods, linear, noise, margin);
  const judged = methods.filter((row) => verdicts.get(row)?.verdict !== 'unjudged');
  return {
    linear,
    bound,
    beatenBy:
      judged.length === 0 ? undefined : judged.filter((row) => verdicts.get(row)!.verdict === 'better'),
  };
}

/** AUC of the leader minus that of a reference, with the interval of any two of the methods and `references` references. */
export function gapToReference(
  { leader, rivals, noise }: BudgetRanking,
  reference: CompletedRow,
  references: number,
): Estimate | undefined {
  if (leader === undefined) return undefined;
  const difference = noise.between(leader, reference);
  if (difference === undefined) return bareGap(leader, reference, noise);
  const count = 1 + rivals.length + references;
  return { value: difference.value, error: pairWidth(count, difference), count: difference.count };
}
