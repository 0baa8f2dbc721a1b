import { countedFullBytes } from '../../results/counted-bytes.ts';
import type { AnalyzedComparison } from '../recording.ts';
import { type Estimate, holdsZero, intervalOf, pairedDifference } from '../statistics/estimates.ts';
import type { TestRows } from '../statistics/test-rows.ts';
import { type CompletedRow, aucBySeed, isCompleted } from '../summary/rows.ts';

/** A method beside the linear model of its budget. */
export interface AgainstLinear {
  readonly linear: CompletedRow;
  /** AUC of the method minus that of the linear model, over the seeds, and the test rows where scores were kept, that both have. */
  readonly difference: Estimate;
  /** `unknown`: one seed without scores has no interval. */
  readonly standing: 'beats' | 'not shown to beat' | 'below' | 'unknown';
}

/** The linear model of a budget: the largest that fits it, whose floats may be one for every id, or hashed. */
export function linearAt(
  { rows, references }: Pick<AnalyzedComparison, 'rows' | 'references'>,
  requested: number,
): CompletedRow | undefined {
  const [first] = rows.filter(isCompleted);
  if (first === undefined) return undefined;
  const bytes = countedFullBytes(first.runs[0]) / requested;
  const fitting = references.flatMap(({ kind, row, budget }) =>
    // A budget is rounded down to whole bytes, once for each of the two models.
    kind === 'model' && isCompleted(row) && budget <= bytes + 1 ? [{ row, budget }] : [],
  );
  return fitting.sort((a, b) => b.budget - a.budget)[0]?.row;
}

/**
 * The one judgement about a method and the linear model of its budget: a 95 % interval of their difference, of this pair alone. Undefined
 * if the comparison has no such reference, or the two have no seed in common. Simultaneous verdicts replace `standingOf`.
 */
export function againstLinear(
  row: CompletedRow,
  comparison: Pick<AnalyzedComparison, 'rows' | 'references'>,
  testRows: TestRows | undefined,
): AgainstLinear | undefined {
  const linear = linearAt(comparison, row.requested);
  if (linear === undefined) return undefined;
  const contrast =
    testRows?.difference(row.runs, linear.runs)?.overBoth ??
    pairedDifference(aucBySeed(row.runs), aucBySeed(linear.runs));
  if (contrast === undefined) return undefined;
  const difference = intervalOf(contrast);
  return { linear, difference, standing: standingOf(difference) };
}

function standingOf(difference: Estimate): AgainstLinear['standing'] {
  if (difference.error === undefined) return 'unknown';
  if (holdsZero(difference)) return 'not shown to beat';
  return difference.value > 0 ? 'beats' : 'below';
}
