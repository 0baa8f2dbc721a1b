import { baseline } from '../results/comparable.ts';
import { commonNoise } from './common-noise.ts';
import { formatBytes, formatCount, formatFixed, formatRatio } from './format.ts';
import { holm } from './holm.ts';
import { maxNamed } from './spotlight.ts';
import { type CompletedRow, type SummaryRow, aucBySeed, changeFromFull, isCompleted } from './summary.ts';
import { type Contrast, type Estimate, intervalOf, pValueOf, pairedDifference } from './statistics.ts';
import type { TestRows } from './test-rows.ts';

/** What can be said about one budget, and the rows that nothing separates from the best. */
export interface Claim {
  readonly budget: string;
  /** "hashing-trick loses least" */
  readonly lead: string;
  readonly details: string;
  readonly winners: ReadonlySet<SummaryRow>;
  readonly standing: Standing;
}

/** Who stands where at a budget, the best AUC first. */
export interface Standing {
  readonly best: CompletedRow | undefined;
  /** Not to be told from the best. */
  readonly tied: readonly CompletedRow[];
  readonly behind: readonly CompletedRow[];
  readonly missing: readonly SummaryRow[];
}

/** Of a row at its budget; empty for one that nothing is said of, as of the baseline. */
export function standingOf(
  row: SummaryRow,
  claims: readonly Claim[],
): '' | 'winner' | 'tied' | 'behind' | 'infeasible' | 'failed' {
  if (!isCompleted(row)) return row.status;
  const standing = claims.map((claim) => claim.standing);
  if (standing.some(({ best }) => best === row)) return 'winner';
  if (standing.some(({ tied }) => tied.includes(row))) return 'tied';
  return standing.some(({ behind }) => behind.includes(row)) ? 'behind' : '';
}

/** Lists in sentences name so many. */
const maxListed = 5;

/** One claim per budget above 1x, in words, with no more certainty than seeds and, where scores were kept, test rows give. */
export function claimsOf(rows: readonly SummaryRow[], testRows?: TestRows): Claim[] {
  const budgets = [...new Set(rows.map((row) => row.requested))].filter((requested) => requested > 1);
  return budgets.map((requested) =>
    claimAmong(
      rows.filter((row) => row.requested === requested),
      formatRatio(requested),
      testRows,
    ),
  );
}

/** Of the rows that compete for a budget, the best AUC first: one of a series. */
export function claimAmong(rows: readonly SummaryRow[], budget: string, testRows?: TestRows): Claim {
  const missing = rows.filter((row) => !isCompleted(row));
  // Rows come with the best AUC first.
  const [best, ...rivals] = rows.filter(isCompleted);
  if (best === undefined) {
    const smallest = Math.min(
      ...rows.map((row) => (isCompleted(row) ? Infinity : (row.smallestBytes ?? Infinity))),
    );
    const details = smallest < Infinity ? `The smallest any can make is ${formatBytes(smallest)}.` : '';
    const standing = { best, tied: [], behind: [], missing };
    return { budget, lead: 'no method gave a number', details, winners: new Set(), standing };
  }
  const compare = rivals.length < maxNamed ? comparedInPairs : comparedByCommonNoise;
  const compared = compare(best, rivals, testRows);
  const tied = compared.filter((one) => one.tied);
  const behind = compared.filter((one) => !one.tied);
  const sentences = [
    `Test AUC ${withError(best.estimates.auc)}${toFull(best)}.`,
    lostNote(best),
    tieNote(best, tied),
    behindNote(behind, tied.length > 0),
  ];
  const rowsOf = (some: readonly Compared[]) => some.map(({ row }) => row);
  return {
    budget,
    lead: leadOf(best, rowsOf(tied), rivals.length),
    details: sentences.filter((sentence) => sentence !== '').join(' '),
    winners: new Set([best, ...rowsOf(tied)]),
    standing: { best, tied: rowsOf(tied), behind: rowsOf(behind), missing },
  };
}

interface Compared {
  readonly row: CompletedRow;
  /** The best row minus this one. */
  readonly gap: Estimate | undefined;
  /** One seed alone cannot show a tie, only exact equality can. */
  readonly tied: boolean;
}

/** AUC of one row minus another's, with the interval that claims about these rows go by. */
export type Gap = (a: CompletedRow, b: CompletedRow) => Estimate | undefined;

/** Undefined where the two have no seed in common. Few pairs share the 5 % by number (Bonferroni). */
export function gapAmong(rows: readonly CompletedRow[], testRows?: TestRows): Gap {
  const rivals = rows.length - 1;
  if (rivals >= maxNamed) return commonGap(rows, testRows);
  return (a, b) => {
    const gap = contrast(a, b, testRows);
    return gap && intervalOf(gap, 1 - 0.05 / rivals);
  };
}

/**
 * The 5 % is shared by all rivals (Holm), because the best of many is likely to owe some of its lead to luck. The interval
 * of a gap is of the level that it was judged at.
 */
function comparedInPairs(
  best: CompletedRow,
  rivals: readonly CompletedRow[],
  testRows: TestRows | undefined,
): Compared[] {
  const gaps = rivals.map((row) => ({ row, gap: contrast(best, row, testRows) }));
  const pValues = gaps.map(({ gap }) => gap && pValueOf(gap));
  // What is tested by nothing takes no share from the others.
  const judged = holm(pValues.map((p) => p ?? 0));
  return gaps.map(({ row, gap }, i) => ({
    row,
    gap: gap && intervalOf(gap, 1 - judged[i].level),
    tied: gap !== undefined && (gap.value <= 0 || (pValues[i] !== undefined && !judged[i].rejected)),
  }));
}

function contrast(a: CompletedRow, b: CompletedRow, testRows: TestRows | undefined): Contrast | undefined {
  return (
    testRows?.difference(a.runs, b.runs)?.overBoth ?? pairedDifference(aucBySeed(a.runs), aucBySeed(b.runs))
  );
}

/**
 * The same for so many that their noise is known together. Each pair by itself, with two degrees of freedom, would have
 * intervals so wide and so much at the mercy of chance that far worse methods are tied where better ones are not.
 */
function comparedByCommonNoise(
  best: CompletedRow,
  rivals: readonly CompletedRow[],
  testRows: TestRows | undefined,
): Compared[] {
  const gapTo = commonGap([best, ...rivals], testRows);
  return rivals.map((row) => {
    const gap = gapTo(best, row);
    return { row, gap, tied: isTie(gap) };
  });
}

function commonGap(rows: readonly CompletedRow[], testRows: TestRows | undefined): Gap {
  const bySeed = new Map(rows.map((row) => [row, aucBySeed(row.runs)]));
  const gap = commonNoise([...bySeed.values()]);
  return (a, b) => gap(bySeed.get(a)!, bySeed.get(b)!, testRows?.difference(a.runs, b.runs)?.shared);
}

/** A tie needs an interval that holds zero: one seed cannot show a tie, only exact equality can. */
export function isTie(gap: Estimate | undefined): boolean {
  return gap !== undefined && Math.abs(gap.value) <= (gap.error ?? 0);
}

function leadOf(best: CompletedRow, tied: readonly CompletedRow[], rivals: number): string {
  if (rivals === 0) return `${best.series.label} is the only method with a number`;
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
  if (change.error !== undefined && Math.abs(change.value) <= change.error) {
    return `, not distinguishable from ${baseline} (difference ${withError(change)}, ${note})`;
  }
  const side = change.value > 0 ? 'above' : 'below';
  return `, ${withError({ ...change, value: Math.abs(change.value) })} ${side} ${baseline} (${note})`;
}

/** What error bars are over. */
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

function tieNote(best: CompletedRow, tied: readonly Compared[]): string {
  if (tied.length === 0) return '';
  const gaps = tied.map(({ row, gap }) => `${row.series.label} by ${withError(gap!)}`);
  return `${best.series.label} is ahead of ${listed(gaps)}: inside the noise.`;
}

function behindNote(behind: readonly Compared[], afterTie: boolean): string {
  if (behind.length === 0) return '';
  const [{ row, gap }] = behind;
  const alone = gap?.error === undefined && row.runs.length > 1 ? ' on the one common seed' : '';
  const distance = gap === undefined ? 'without a common seed' : `${withError(gap)} behind${alone}`;
  if (!afterTie) return `Next is ${row.series.label}, ${distance}.`;
  return behind.length > maxListed
    ? `${behind.length} are clearly behind, the first of them ${row.series.label}, ${distance}.`
    : `The first clearly behind is ${row.series.label}, ${distance}.`;
}

function withError({ value, error }: Estimate): string {
  return error === undefined ? formatFixed(value) : `${formatFixed(value)} ± ${formatFixed(error)}`;
}

function listed(names: readonly string[]): string {
  if (names.length <= maxListed)
    return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  const shown = names.slice(0, maxListed - 2);
  return `${shown.join(', ')} and ${names.length - shown.length} more`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
