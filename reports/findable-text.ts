import type { findableIn } from '../analysis/power/found.ts';
import { formatFixed, formatRatio } from './format.ts';

/** The smallest differences that a comparison could have found, in a sentence; empty if it has no verdicts. */
export function findableText({ pilot, budgets }: ReturnType<typeof findableIn>): string {
  if (pilot === undefined || budgets.length === 0) return '';
  const numbers = budgets.map(({ requested, worse }) => `${formatFixed(worse)} at ${formatRatio(requested)}`);
  const assumed = pilot.assumed ? '; noise of test rows assumed' : '';
  return `Smallest gap to the best that this could have found (power 0.8): ${numbers.join(', ')}${assumed}.`;
}
