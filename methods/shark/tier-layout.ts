import { smallestThatFits } from '../shared/budget/bisection.ts';

/** Number of ids of each tier, the most precise first; the others are dropped. */
export type TierSizes = readonly number[];

export interface TierLayout {
  readonly sizes: TierSizes;
  /** The priority from which on an id is of the first tier. */
  readonly threshold: number;
}

export interface TierRequest {
  /** Priorities, the highest first. */
  readonly sorted: ArrayLike<number>;
  readonly tiers: number;
  /** A tier begins at the threshold of the one before, divided by this. */
  readonly ratio: number;
  readonly fits: (sizes: TierSizes) => boolean;
}

/** The largest layout that fits: one threshold is unknown, the others are at fixed ratios to it. Ids never seen are of no tier. */
export function tiersByThreshold({ sorted, tiers, ratio, fits }: TierRequest): TierLayout {
  const sizesAt = (threshold: number) => {
    const ends = Array.from({ length: tiers }, (_, tier) => countFrom(sorted, threshold / ratio ** tier));
    return ends.map((end, tier) => end - (tier === 0 ? 0 : ends[tier - 1]));
  };
  const most = sorted[0] ?? 0;
  if (most === 0) return { sizes: sizesAt(1), threshold: 1 };
  const none = 2 * most * ratio ** (tiers - 1);
  const threshold = Math.exp(smallestThatFits(Math.log(most) - 100, Math.log(none), (x) => fits(sizesAt(Math.exp(x))))); // prettier-ignore
  const sizes = sizesAt(threshold);
  // The highest threshold of the same layout: an id has it, times a power of the ratio.
  let end = 0;
  const exact = sizes.map((size, tier) => ((end += size) > 0 ? sorted[end - 1] * ratio ** tier : Infinity));
  return { sizes, threshold: Math.min(...exact) };
}

/** Priorities that are at least so high, and above 0. */
function countFrom(sorted: ArrayLike<number>, threshold: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] >= threshold && sorted[middle] > 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Spends what is left: as many of the next ids as fit are raised, from the last tier on a tier at a time. */
export function fillTiers(sizes: TierSizes, ids: number, fits: (sizes: TierSizes) => boolean): TierSizes {
  let filled = sizes;
  for (let tier = sizes.length - 1; tier >= 0; tier--) {
    const next = tier + 1 < sizes.length ? filled[tier + 1] : ids - filled.reduce((sum, size) => sum + size, 0); // prettier-ignore
    const raised = (count: number) =>
      filled.map((size, at) => (at === tier ? size + count : at === tier + 1 ? size - count : size));
    let [low, high] = [0, next];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (fits(raised(middle))) low = middle;
      else high = middle - 1;
    }
    filled = raised(low);
  }
  return filled;
}
