import { type Estimate, intervalOf, pairedDifference } from '../statistics/estimates.ts';
import { type CompletedRow, aucBySeed } from '../summary/rows.ts';
import type { Noise } from './noise.ts';

/**
 * AUC of one row minus another's where too few seeds give no verdict: the number, with the 95 % interval over test rows for
 * these very models if it is known. Undefined without a common seed.
 */
export function bareGap(a: CompletedRow, b: CompletedRow, { rows }: Noise): Estimate | undefined {
  const overRows = rows.testRows?.difference(a.runs, b.runs)?.overRows;
  if (overRows !== undefined) return intervalOf(overRows);
  const difference = pairedDifference(aucBySeed(a.runs), aucBySeed(b.runs));
  return difference && { value: difference.value, error: undefined, count: difference.count };
}
