import type { PaperClaim, TestedState } from './claim.ts';
import { type CompletedRow, isBaseline } from '../summary/rows.ts';

/** Layers have whole rows and widths, so that a ratio is rarely met to the digit: a layer within a tenth of it counts as having met it. */
const tolerance = 1.1;

/** A layer that misses the ratios of a claim, since its method makes no layer within them. */
export interface MissedRatio {
  readonly method: string;
  readonly requested: number;
  readonly reached: number;
}

/** The layers of a pair that miss the ratios of the claim. Full tables, which are not compressed, miss none. */
export function missedRatios(ratios: PaperClaim['ratios'], rows: readonly CompletedRow[]): MissedRatio[] {
  return rows
    .filter((row) => sideOf(ratios, row) !== undefined)
    .map(({ series, requested, achieved }) => ({ method: series.method, requested, reached: achieved }));
}

/**
 * The state that an interval supports, given the layers that were compared. A method in fewer bytes than the claim gives it may hold the
 * claim, and its loss refutes nothing; one in more bytes may refute it, and its gain holds nothing. What it is compared with counts
 * the other way round.
 */
export function fairState(
  state: TestedState,
  ratios: PaperClaim['ratios'],
  [row, against]: readonly [CompletedRow, CompletedRow],
): TestedState {
  const [own, other] = [sideOf(ratios, row), sideOf(ratios, against)];
  const handicapped = own === 'smaller' || other === 'larger';
  const favoured = own === 'larger' || other === 'smaller';
  if (state === 'refuted' && handicapped) return 'undecided';
  return state === 'held' && favoured ? 'undecided' : state;
}

/** `smaller`: the layer takes fewer bytes than the claim is about. */
function sideOf({ from, to }: PaperClaim['ratios'], row: CompletedRow): 'smaller' | 'larger' | undefined {
  if (isBaseline(row)) return undefined;
  if (row.achieved > to * tolerance) return 'smaller';
  return row.achieved < from / tolerance ? 'larger' : undefined;
}
