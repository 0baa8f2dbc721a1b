/** A turn of a round: the place of the candidate that works. */
export interface Turn {
  readonly place: number;
  /** True: a baseline works once more, for those before and after it; it is no round of its own. */
  readonly again: boolean;
}

/** So many are compared with two turns of their baseline. */
const between = 4;

/**
 * The turns of a round, in the order of `order`, which has every place once. A round of all methods lasts minutes, in which a shared
 * machine changes its speed by a fifth; then a ratio to a baseline that worked once a round says when, not how fast. So a baseline
 * of more than four works again: before the first of them, after every fourth, and after the last.
 *
 * `baselineOf` has the place of each candidate's baseline, if it has one.
 */
export function turnsOfRound(
  order: readonly number[],
  baselineOf: readonly (number | undefined)[],
): readonly Turn[] {
  const members = (baseline: number) => baselineOf.filter((one) => one === baseline).length;
  const turns: Turn[] = [];
  /** Turns of others since the last one of a baseline, by its place. */
  const since = new Map<number, number>();
  const again = (place: number) => {
    turns.push({ place, again: true });
    since.set(place, 0);
  };
  for (const place of order) {
    const baseline = baselineOf[place];
    if (baseline !== undefined && members(baseline) > between) {
      if ((since.get(baseline) ?? between) === between) again(baseline);
      since.set(baseline, since.get(baseline)! + 1);
    }
    turns.push({ place, again: false });
    if (baselineOf.includes(place)) since.set(place, 0);
  }
  for (const [baseline, count] of since) if (count > 0) again(baseline);
  return turns;
}

/** Indices of the turns of `baseline` that are next to the turn at index `at`, before and after it; undefined without both. */
export function turnsBeside(
  turns: readonly Turn[],
  at: number,
  baseline: number,
): readonly [before: number, after: number] | undefined {
  const isIts = ({ place }: Turn) => place === baseline;
  const before = turns.slice(0, at).findLastIndex(isIts);
  const after = turns.findIndex((turn, index) => index > at && isIts(turn));
  return before < 0 || after < 0 ? undefined : [before, after];
}
