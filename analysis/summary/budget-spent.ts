import { budgetSpent, bytesWithKeys } from '../../results/counted-bytes.ts';
import type { CompletedRun } from '../../results/record.ts';
import type { CompletedRow } from './rows.ts';

/** A method that takes less than this share of its budget may be behind for that reason alone. */
export const wellSpent = 0.9;

/** The largest share of the budget that a seed took. */
export function shareSpent({ runs }: Pick<CompletedRow, 'runs'>): number {
  return Math.max(...runs.map(budgetSpent));
}

export function isUnderspent(share: number): boolean {
  return share < wellSpent;
}

/** The largest serving bytes of a seed, without keys. */
export function maxServingBytes({ runs }: Pick<CompletedRow, 'runs'>): number {
  return Math.max(...runs.map(({ size }) => size.servingBytes));
}

/** The largest serving bytes with keys; undefined if no record has them. */
export function maxBytesWithKeys({ runs }: Pick<CompletedRow, 'runs'>): number | undefined {
  const known = runs.flatMap((run: CompletedRun) => bytesWithKeys(run) ?? []);
  return known.length === 0 ? undefined : Math.max(...known);
}
