import type { AgainstLinear } from '../analysis/references/against-linear.ts';
import type { ReferenceRow } from '../analysis/references/reference-rows.ts';
import { type SummaryRow, isBaseline, isCompleted } from '../analysis/summary/rows.ts';

/** The description of a reference under settings of its own. */
export function referenceText({ kind, row }: ReferenceRow): string {
  const [run] = row.runs;
  switch (kind) {
    case 'dense':
      return 'dense features alone: what ids are worth';
    case 'model':
      return `another model, trained to its best (${run.optimizer}, up to ${run.epochs} epochs, its own learning rate)`;
    case 'compute':
      return `uncompressed tables, on as many samples as the costliest method saw${keptText(row)}`;
  }
}

/** The description of a method that stands as a reference. */
export function referenceMethodText(row: SummaryRow): string {
  return isBaseline(row) ? 'uncompressed tables' : 'common practice at the same budget';
}

/** The mark of a method that is not shown to be better than the linear model of its budget; undefined for the others. */
export function linearMark(against: AgainstLinear | undefined): string | undefined {
  if (against === undefined) return undefined;
  const { model } = against.linear.runs[0];
  if (against.verdict === 'worse') return `worse than ${model}`;
  const open = against.verdict === 'undecided' || against.verdict === 'equivalent';
  return open ? `not shown to beat ${model}` : undefined;
}

/** The epochs that validation kept, where they are not the last. */
function keptText(row: SummaryRow): string {
  if (!isCompleted(row)) return '';
  const kept = [...new Set(row.runs.map(({ quality }) => quality.epoch))].sort((a, b) => a - b);
  return kept.length === 1 && kept[0] === row.runs[0].epochs
    ? ''
    : `; validation kept epoch ${kept.join(' or ')}`;
}
