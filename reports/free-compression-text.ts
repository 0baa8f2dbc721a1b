import type { FreeCompression } from '../analysis/targets/free-compression.ts';
import { formatRatio } from './format.ts';

/** The estimate beside a bar, where a phone has little room. */
export function shortEstimateText(found: FreeCompression): string {
  const { most, tried } = found;
  return tried.length === 0 && most !== undefined ? `at most ${formatRatio(most)}` : estimateText(found);
}

/** "about 12x", "12x or more"; of a method without a number, the reason. */
export function estimateText({ estimate, open, infeasible, most, tried }: FreeCompression): string {
  if (tried.length === 0)
    return most === undefined
      ? 'no run completed'
      : `no ratio that was tried can be made, the most is ${formatRatio(most)}`;
  if (!open) return `about ${formatRatio(estimate)}`;
  return infeasible.length > 0 ? `${formatRatio(estimate)}, its most` : `${formatRatio(estimate)} or more`;
}

/** A recording's findings about a method, in one sentence. */
export function findingsText(found: FreeCompression): string {
  const { shown, costly, tried } = found;
  if (tried.length === 0) return estimateText(found);
  if (tried.every(({ verdict }) => verdict === 'unjudged'))
    return `Estimate: ${estimateText(found)}; nothing is shown by fewer than three seeds`;
  return [
    `Estimate: ${estimateText(found)}`,
    shown > 1 ? `shown to be free up to ${formatRatio(shown)}` : 'no ratio shown to be free',
    costly === undefined ? 'no ratio shown to cost more' : `shown to cost more at ${formatRatio(costly)}`,
  ].join('; ');
}
