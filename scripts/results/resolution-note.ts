import { criteoSample } from '../../analysis/power/pilot.ts';
import { type Plan, smallestDifferences } from '../../analysis/power/smallest-difference.ts';
import { formatCount, formatFixed, formatMargin } from '../../reports/format.ts';

/** A line for a comparison that is about to start and cannot resolve its margin; undefined if it can, or has one method. */
export function resolutionNote({ margin, ...plan }: Plan & { readonly margin: number }): string | undefined {
  const { methods, seeds, rows } = plan;
  if (methods < 2) return undefined;
  const found = smallestDifferences(criteoSample, plan);
  if (found === undefined) return 'fewer than three seeds give numbers, and no verdicts';
  if (found.worse <= margin) return undefined;
  return (
    `${seeds} seeds and ${formatCount(rows)} test rows tell ${methods} methods apart from ${formatFixed(found.worse)} AUC on, ` +
    `not ${formatMargin(margin)}, if noise is as on the Criteo sample; npm run power plans more`
  );
}

/**
 * The same for a search, whose ratios are all compared with full: a method without loss is shown to be free from this margin on. Undefined
 * if that is the margin asked for, or nothing is shown.
 */
export function searchResolutionNote(
  { ratios, seeds, rows, margin }: { readonly ratios: number } & Pick<Plan, 'seeds' | 'rows'> & { readonly margin: number }, // prettier-ignore
): string | undefined {
  const found = smallestDifferences(criteoSample, { methods: ratios, seeds, rows, budgets: 1 });
  if (found === undefined || found.within <= margin) return undefined;
  return (
    `${seeds} seeds and ${formatCount(rows)} test rows show among ${formatCount(ratios)} ratios that nothing is lost from a margin of ` +
    `${formatFixed(found.within)} on, not ${formatMargin(margin)}, if noise is as on the Criteo sample`
  );
}
