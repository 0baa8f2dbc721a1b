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
  const turns: Turn[] = [];
  /** Baselines with many members, by place: members that wait, and how many worked since the baseline did. */
  const baselines = new Map<number, { waiting: number; since: number }>();
  for (const place of new Set(baselineOf))
    if (place !== undefined) {
      const waiting = baselineOf.filter((one) => one === place).length;
      if (waiting > between) baselines.set(place, { waiting, since: between });
    }
  for (const [at, place] of order.entries()) {
    const own = baselines.get(place);
    if (own) own.since = 0;
    const baseline = baselineOf[place];
    const many = baseline === undefined ? undefined : baselines.get(baseline);
    if (many?.since === between) {
      turns.push({ place: baseline!, again: true });
      many.since = 0;
    }
    turns.push({ place, again: false });
    if (many === undefined) continue;
    many.since++;
    many.waiting--;
    // Whoever works next may be another backend's, minutes long.
    if (many.waiting === 0 && order[at + 1] !== baseline) turns.push({ place: baseline!, again: true });
  }
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
