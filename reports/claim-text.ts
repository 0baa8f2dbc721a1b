import { plural } from '../base/plural.ts';
import { baseline } from '../analysis/comparisons/comparable.ts';
import { holdsZero } from '../analysis/statistics/estimates.ts';
import { type CompletedRow, changeFromFull } from '../analysis/summary/rows.ts';
import { type BudgetRanking, type Ranking, smallestPossible } from '../analysis/verdicts/ranking.ts';
import { formatBytes, formatCount, formatEstimate, formatRatio } from './format.ts';

/** A ranking in words. */
export interface Claim {
  /** "16x" */
  readonly budget: string;
  /** "hashing-trick loses least" */
  readonly lead: string;
  readonly details: string;
}

/** Lists in sentences have at most this many names. */
const maxListed = 5;

export function claimOf(ranking: BudgetRanking): Claim {
  return { budget: formatRatio(ranking.requested), lead: leadOf(ranking), details: detailsOf(ranking) };
}

/** Describes a ranking. No word claims more certainty than the seeds and, where scores were kept, the test rows give. */
export function detailsOf(ranking: Ranking): string {
  const { best } = ranking;
  if (best === undefined) {
    const smallest = smallestPossible(ranking);
    return smallest === undefined
      ? ''
      : `The smallest layer that any method can make takes ${formatBytes(smallest)}.`;
  }
  const sentences = [
    `Test AUC ${formatEstimate(best.estimates.auc)}${toFull(best)}.`,
    lostNote(best),
    tieNote(best, ranking),
    behindNote(ranking),
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function leadOf({ best, tied, behind }: Ranking): string {
  if (best === undefined) return 'no method gave a number';
  if (tied.length + behind.length === 0) return `${best.series.label} is the only method with a number`;
  if (tied.length > 0) return `tie between ${listed([best, ...tied].map((row) => row.series.label))}`;
  if (best.runs.length === 1) return `${best.series.label} is ahead`;
  return best.change !== undefined && best.change.value > 0
    ? `${best.series.label} is best`
    : `${best.series.label} loses least`;
}

function toFull(row: CompletedRow): string {
  const change = changeFromFull(row);
  const note = seedNote(row);
  if (change === undefined) return ` (${note})`;
  if (change.value === 0) return `, equal to ${baseline} (${note})`;
  if (holdsZero(change))
    return `, not distinguishable from ${baseline} (difference ${formatEstimate(change)}, ${note})`;
  const side = change.value > 0 ? 'above' : 'below';
  return `, ${formatEstimate({ ...change, value: Math.abs(change.value) })} ${side} ${baseline} (${note})`;
}

/** The sources of noise in the error bar. */
function seedNote({ runs, change, changeOnRows }: CompletedRow): string {
  if (changeOnRows !== undefined) {
    const rows = `${formatCount(changeOnRows.rows)} test rows`;
    return change!.count === 1
      ? `one seed: the error bar is of ${rows} alone`
      : `paired over ${change!.count} seeds and ${rows}`;
  }
  if (runs.length === 1) return 'one seed: no error bar';
  return change === undefined ? `${runs.length} seeds` : `paired over ${plural(change.count, 'seed')}`;
}

function lostNote({ lost }: CompletedRow): string {
  return lost.length === 0
    ? ''
    : `${plural(lost.length, 'more seed')} of it failed and could not be counted.`;
}

function tieNote(best: CompletedRow, { tied, gaps }: Ranking): string {
  if (tied.length === 0) return '';
  const leads = tied.map((row) => `${row.series.label} by ${formatEstimate(gaps.get(row)!)}`);
  return `${best.series.label} is ahead of ${listed(leads)}: inside the noise.`;
}

function behindNote({ tied, behind, gaps }: Ranking): string {
  if (behind.length === 0) return '';
  const [row] = behind;
  const gap = gaps.get(row);
  const alone = gap?.error === undefined && row.runs.length > 1 ? ' on the one common seed' : '';
  const { label } = row.series;
  const distance = gap === undefined ? 'without a common seed' : `by ${formatEstimate(gap)}${alone}`;
  if (tied.length === 0)
    return gap === undefined ? `${label} is next, ${distance}.` : `${label} is next, behind ${distance}.`;
  return behind.length > maxListed
    ? `${behind.length} methods are clearly behind. ${label} is the first of them, ${distance}.`
    : `${label} is the first that is clearly behind, ${distance}.`;
}

function listed(names: readonly string[]): string {
  if (names.length <= maxListed)
    return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  const shown = names.slice(0, maxListed - 2);
  return `${shown.join(', ')} and ${names.length - shown.length} more`;
}
