import { countedFullBytes } from '../../results/counted-bytes.ts';
import type { AnalyzedComparison } from '../recording.ts';
import { type CompletedRow, type SummaryRow, isBaseline, isCompleted } from '../summary/rows.ts';
import { type AgainstNamed, againstNamed } from '../verdicts/against.ts';

/** A method beside the linear model of its budget. */
export interface AgainstLinear extends AgainstNamed {
  readonly linear: CompletedRow;
}

type Referenced = Pick<AnalyzedComparison, 'rows' | 'references' | 'noise'>;

/** The linear model of a budget: the largest that fits it, whose floats may be one for every id, or hashed. */
export function linearAt(
  { rows, references }: Pick<Referenced, 'rows' | 'references'>,
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
 * The verdicts on all methods and the linear model of their budget, simultaneous over the methods of a budget. A method whose
 * verdict is not `better` does not beat it. Empty if the comparison has no such reference.
 */
export function againstLinear(
  comparison: Referenced,
  margin: number,
): ReadonlyMap<SummaryRow, AgainstLinear> {
  const methods = comparison.rows.filter(isCompleted).filter((row) => !isBaseline(row));
  const budgets = [...new Set(methods.map(({ requested }) => requested))];
  return new Map(
    budgets.flatMap((requested) => {
      const linear = linearAt(comparison, requested);
      if (linear === undefined) return [];
      const members = methods.filter((row) => row.requested === requested);
      const verdicts = againstNamed(members, linear, comparison.noise, margin);
      return [...verdicts].map(([row, against]) => [row, { ...against, linear }] as const);
    }),
  );
}
