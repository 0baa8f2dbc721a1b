/** Time in a planted log: its rows are seven days in order, and row i of n lies at i/n of the week. */

export const dayCount = 7;

export interface Week {
  /** Rows start .. start+size-1 as runs of one day each. */
  runs(start: number, size: number): Iterable<Run>;
  /** Day and hour as one number in [0, 7). */
  timeOf(row: number): number;
}

export interface Run {
  readonly day: number; // 0 .. 6
  readonly start: number;
  readonly size: number;
}

/** The week of rows first .. first+rows-1. */
export function weekOf(rows: number, first = 0): Week {
  const timeOf = (row: number) => (dayCount * (row - first)) / rows;
  return {
    timeOf,
    *runs(start, size) {
      for (let from = start, end = start + size; from < end;) {
        const day = Math.floor(timeOf(from));
        let to = Math.min(end, Math.max(from + 1, first + Math.ceil(((day + 1) * rows) / dayCount)));
        if (to < end && Math.floor(timeOf(to)) === day) to++; // rounding of the division
        yield { day, start: from, size: to - from };
        from = to;
      }
    },
  };
}
