import type { PaperClaim, TestedState } from './claim.ts';
import { type CompletedRow, isBaseline } from '../summary/rows.ts';

/** Layers have whole rows and widths, so that a ratio is rarely met to the digit: within a tenth it counts as met. */
const tolerance = 1.1;

/** A layer that misses the ratios of a claim. */
export interface MissedRatio {
  readonly method: string;
  readonly requested: number;
  readonly reached: number;
}

/** The layers of a pair that miss the ratios of the claim; both, if two compressed ones differ. Full tables miss none. */
export function missedRatios(
  ratios: PaperClaim['ratios'],
  pair: readonly [CompletedRow, CompletedRow],
): MissedRatio[] {
  const compressed = pair.filter((row) => !isBaseline(row));
  const [first, second] = compressed.map(reachedBy);
  const differ =
    compressed.length === 2 && Math.max(first.most / second.least, second.most / first.least) > tolerance;
  return compressed.flatMap((row) => {
    const { least, most } = reachedBy(row);
    const missed = [most, least].find((ratio) => isSmaller(ratio, ratios) || isLarger(ratio, ratios));
    const reached = missed ?? (differ ? most : undefined);
    return reached === undefined ? [] : [{ method: row.series.method, requested: row.requested, reached }];
  });
}

/**
 * The state that an interval supports, given the layers that were compared. A method in fewer bytes than the claim gives it, or than the
 * other method has, may hold the claim, and its loss refutes nothing; one in more bytes may refute it, and its gain holds nothing.
 * Layers of seeds may differ: one of them is enough.
 */
export function fairState(
  state: TestedState,
  ratios: PaperClaim['ratios'],
  [row, against]: readonly [CompletedRow, CompletedRow],
): TestedState {
  const [own, other] = [reachedBy(row), reachedBy(against)];
  const compared = !isBaseline(row) && !isBaseline(against);
  const handicapped =
    (!isBaseline(row) && isSmaller(own.most, ratios)) ||
    (compared && (isLarger(other.least, ratios) || own.most > other.least * tolerance));
  const favoured =
    (!isBaseline(row) && isLarger(own.least, ratios)) ||
    (compared && (isSmaller(other.most, ratios) || other.most > own.least * tolerance));
  if (state === 'refuted' && handicapped) return 'undecided';
  return state === 'held' && favoured ? 'undecided' : state;
}

/** Ratios over the seeds of a row. */
function reachedBy({ runs }: CompletedRow): { readonly least: number; readonly most: number } {
  const achieved = runs.map(({ compression }) => compression.achieved);
  return { least: Math.min(...achieved), most: Math.max(...achieved) };
}

/** True if the layer takes fewer bytes than the claim is about. */
const isSmaller = (ratio: number, { to }: PaperClaim['ratios']) => ratio > to * tolerance;
const isLarger = (ratio: number, { from }: PaperClaim['ratios']) => ratio < from / tolerance;
