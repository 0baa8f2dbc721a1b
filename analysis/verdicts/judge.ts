import { halfWidth } from '../statistics/difference-tail.ts';
import { holm } from '../statistics/holm.ts';
import type { PairDifference } from '../statistics/pair-noise.ts';
import { ExtremeTail } from './extreme-tail.ts';

/** The level that all statements of one kind share. */
export const alpha = 0.05;

/** The estimate of the noise pools few variances with fewer methods than this. */
const manyMethods = 12;
const levelOfFew = 0.042;

/**
 * The level at which statements about so many methods are tested to err in 5 % of cases at most. A test at 5 % itself errs in up to
 * 5.8 % with two to four methods whose variances differ by far (docs/verdicts.md, simulation): their pooled variance is itself
 * uncertain.
 */
export function testLevel(count: number): number {
  return count < manyMethods ? levelOfFew : alpha;
}

/** AUC of method i minus that of method j; undefined without enough common seeds. */
export type Differences = (i: number, j: number) => PairDifference | undefined;

/** The statements about one of several methods. Each p-value is adjusted: at most `testLevel` shows the statement. */
export interface MethodJudgement {
  /** Someone is better. */
  readonly worse: number;
  /** Someone is better by more than the margin. */
  readonly worseByMargin: number;
  /** No one is better by more than the margin. */
  readonly within: number;
}

/**
 * Judges `count` methods of a budget, of which no one was chosen before. A method is worse where any other is better: k - 1
 * comparisons for each of k methods, by Holm over the methods. No tied best is called worse in more than 5 % of cases. The
 * statement `within` is about all others at once (intersection-union), by Holm over the methods.
 */
export function judgeMethods(count: number, differences: Differences, margin: number): MethodJudgement[] {
  const each = Array.from({ length: count }, (_, j) => statementsOf(j, count, differences, margin));
  const worse = holm(each.map((one) => one.worse));
  const worseByMargin = holm(each.map((one) => one.worseByMargin));
  const within = holm(each.map((one) => one.within));
  return each.map((_, j) => ({ worse: worse[j], worseByMargin: worseByMargin[j], within: within[j] }));
}

/** The p-values of method j before Holm. */
export function statementsOf(
  j: number,
  count: number,
  differences: Differences,
  margin: number,
): MethodJudgement {
  const worse = new ExtremeTail('least');
  const worseByMargin = new ExtremeTail('least');
  const within = new ExtremeTail('greatest');
  let known = true;
  for (let i = 0; i < count; i++) {
    if (i === j) continue;
    const difference = differences(i, j);
    if (difference === undefined) known = false;
    else {
      worse.add(difference.value, difference);
      worseByMargin.add(difference.value - margin, difference);
      within.add(margin - difference.value, difference);
    }
  }
  const shared = (p = 1) => (count < 2 ? 1 : Math.min(1, (count - 1) * p));
  return {
    worse: shared(worse.value),
    worseByMargin: shared(worseByMargin.value),
    within: known ? (within.value ?? 0) : 1,
  };
}

/**
 * The most that method j is below the best, whichever that is; true of all methods at once in 95 % of cases. Undefined if it
 * cannot be compared with all others.
 */
export function boundOf(
  j: number,
  count: number,
  differences: Differences,
  level = testLevel(count),
): number | undefined {
  let bound = 0;
  for (let i = 0; i < count; i++) {
    if (i === j) continue;
    const difference = differences(i, j);
    if (difference === undefined) return undefined;
    bound = Math.max(bound, difference.value + halfWidth(level / count, difference));
  }
  return bound;
}

/** The half-width of the interval of any two of `count` methods, whoever picked them. */
export function pairWidth(count: number, difference: PairDifference, level = testLevel(count)): number {
  return halfWidth(level / (count * (count - 1)), difference);
}

/** The places that a method may have among `count`, simultaneous (Mogstad, Romano, Shaikh and Wilhelm 2024). */
export function placesOf(j: number, count: number, differences: Differences): { from: number; to: number } {
  let [better, worse] = [0, 0];
  for (let i = 0; i < count; i++) {
    const difference = i === j ? undefined : differences(i, j);
    if (difference === undefined) continue;
    const width = pairWidth(count, difference);
    if (difference.value > width) better++;
    if (difference.value < -width) worse++;
  }
  return { from: 1 + better, to: count - worse };
}
