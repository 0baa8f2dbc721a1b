/** A change of one thing that costs bytes and is worth something. */
export interface Move<State> {
  readonly to: State;
  readonly bytes: number;
  readonly worth: number;
}

export interface Spent<State> {
  readonly states: readonly State[];
  /** Bytes that are left. */
  readonly left: number;
}

/**
 * Spends bytes move by move: of all moves that fit, the one of most worth per byte; of equal moves that of the
 * first thing, and its first; what costs nothing comes before all. Ends where none fits: moves may not go round in circles.
 */
export function spendGreedily<State>(
  start: readonly State[],
  bytes: number,
  movesOf: (at: number, state: State) => readonly Move<State>[],
): Spent<State> {
  const rate = ({ worth, bytes }: Move<State>) => (bytes > 0 ? worth / bytes : Infinity);
  const states = [...start];
  const moves = states.map((state, at) => movesOf(at, state));
  let left = bytes;
  for (;;) {
    let best: { at: number; move: Move<State> } | undefined;
    let bestRate = 0;
    moves.forEach((ofOne, at) => {
      for (const move of ofOne) {
        if (move.bytes > left || !(rate(move) > bestRate)) continue;
        best = { at, move };
        bestRate = rate(move);
      }
    });
    if (best === undefined) return { states, left };
    const { at, move } = best;
    states[at] = move.to;
    left -= move.bytes;
    moves[at] = movesOf(at, move.to);
  }
}
