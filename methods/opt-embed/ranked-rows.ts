import { largestWithin, partFinder } from '../shared/budget/bisection.ts';

/** Rows of more than some score. */
export interface Level {
  readonly above: number;
  /** Number of rows of each part. */
  readonly rows: readonly number[];
}

/** Rows in the order of their scores: how many of each part are among the first is known without asking for each. */
export interface RankedRows {
  /** The last that fits of some levels, each of which has about a hundredth more rows than the one before. */
  levelWithin(fits: Fits): Level;
  /** Takes as many rows as fit, those of the highest scores; of equal scores the first. Ascending. */
  rowsWithin(fits: Fits): Uint32Array;
}

/** Says if so many rows of each part fit. No rows always fit, and fewer rows of any part never take more. */
type Fits = (rows: readonly number[]) => boolean;

/** `scores`: of the rows of one part after the other, numbers; `parts`: how many rows each has. */
export function rankedRows(scores: Float32Array, parts: readonly number[]): RankedRows {
  const levels = levelsOf(scores, parts);
  const lastWithin = (fits: Fits) => largestWithin(levels.length - 1, (level) => fits(levels[level].rows));
  return {
    levelWithin: (fits) => levels[lastWithin(fits)],
    rowsWithin(fits) {
      const last = lastWithin(fits);
      const { above, rows } = levels[last];
      if (last === levels.length - 1) return rowsBetween(scores, above, Infinity);
      const next = rowsBetween(scores, levels[last + 1].above, above);
      next.sort((a, b) => scores[b] - scores[a] || a - b);
      const partOf = partFinder(parts);
      const taken = [...rows];
      const tooMany = next.findIndex((row) => {
        taken[partOf(row)]++;
        return !fits(taken);
      });
      const those = next.subarray(0, tooMany < 0 ? next.length : tooMany);
      const before = rowsBetween(scores, above, Infinity);
      const all = new Uint32Array(before.length + those.length);
      all.set(before);
      all.set(those, before.length);
      return all.sort();
    },
  };
}

/** Levels from none of the rows to all of them. */
function levelsOf(scores: Float32Array, parts: readonly number[]): Level[] {
  const sorted = scores.slice().sort();
  const cuts: number[] = []; // falling
  for (let count = 1; count < scores.length; count = Math.ceil(1.01 * count + 1e-9))
    cuts.push(sorted[scores.length - 1 - count]);
  cuts.push(-Infinity);

  const rows = parts.map(() => 0);
  const added = new Uint32Array(cuts.length * parts.length); // by each level to the one before
  let row = 0;
  parts.forEach((count, part) => {
    for (const end = row + count; row < end; row++)
      added[firstBelow(scores[row], cuts) * parts.length + part]++;
  });
  const levels = cuts.map((above, level): Level => {
    parts.forEach((_, part) => (rows[part] += added[level * parts.length + part]));
    return { above, rows: [...rows] };
  });
  return [{ above: Infinity, rows: parts.map(() => 0) }, ...levels];
}

/** Position of the first of falling numbers that is below the score; the last one is. */
function firstBelow(score: number, cuts: readonly number[]): number {
  return largestWithin(cuts.length - 1, (count) => !(cuts[count - 1] < score));
}

/** Rows of more than one score and no more than another, ascending. */
function rowsBetween(scores: Float32Array, above: number, to: number): Uint32Array {
  const isBetween = (score: number) => score > above && score <= to;
  let count = 0;
  for (const score of scores) if (isBetween(score)) count++;
  const rows = new Uint32Array(count);
  let found = 0;
  scores.forEach((score, row) => {
    if (isBetween(score)) rows[found++] = row;
  });
  return rows;
}
