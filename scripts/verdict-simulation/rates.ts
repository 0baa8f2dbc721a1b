import { random } from '../../base/random.ts';
import { type PairDifference, pairDifference, pairNoise } from '../../analysis/statistics/pair-noise.ts';
import { differenceTail } from '../../analysis/statistics/difference-tail.ts';
import { alpha, judgeMethods, testLevel } from '../../analysis/verdicts/judge.ts';
import { behindByEarlierRule } from './earlier-rule.ts';
import { type Asked, draw, rowVariance } from './worlds.ts';

export const margin = 0.001;

/** The share of an AUC's variance that a difference is assumed to have where nothing is known of test rows. */
const assumed = 0.06 * rowVariance;

/** Shares of trials. */
export interface Rates {
  readonly trials: number;
  /** Any method called worse though none is truly better; by the present rule, and by the earlier one. */
  readonly falselyWorse: number;
  readonly falselyBehind: number;
  /** Said to be at most the margin below the best, though it is more: any method. */
  readonly falselyWithin: number;
  /** All bounds hold at once. */
  readonly boundsHold: number;
  /** All intervals of pairs hold at once. */
  readonly pairsHold: number;
  /** The plain 95 % interval of one pair holds: of the first two methods, which no one chose by their numbers. */
  readonly onePairHolds: number;
  /** The share of methods truly worse by 0.004 or more that are called so. */
  readonly found: number;
  readonly foundByEarlier: number;
}

/** Judges `trials` recordings of one world, seeded: the same arguments give the same rates. The first budget is looked at. */
export function ratesOf(asked: Asked, trials: number, seed: number, { earlier = true } = {}): Rates {
  const { gaps, methods: count } = asked;
  const stream = random(seed);
  const sums = {
    falselyWorse: 0,
    falselyBehind: 0,
    falselyWithin: 0,
    boundsHold: 0,
    pairsHold: 0,
    onePairHolds: 0,
    found: 0,
    foundByEarlier: 0,
  };
  const least = Math.min(...gaps);
  const far = gaps.map((gap) => gap - least >= 0.004 - 1e-12);
  const farCount = Math.max(1, far.filter(Boolean).length);
  const share = (called: readonly boolean[]) => called.filter((one, j) => one && far[j]).length / farCount;
  for (let trial = 0; trial < trials; trial++) {
    const { budgets } = draw(asked, stream);
    const [methods] = budgets;
    const noise = pairNoise(budgets)!;
    const ofRows = asked.rows ? assumed : 0;
    const table = methods.map((a) => methods.map((b) => pairDifference(a, b, noise, ofRows)!));
    const judged = judgeMethods(count, (i, j) => table[i][j], margin);
    const level = testLevel(count);
    const worse = judged.map((one) => one.worse <= level);
    const isBest = (j: number) => gaps[j] === least;
    sums.falselyWorse += Number(worse.some((called, j) => called && isBest(j)));
    sums.falselyWithin += Number(
      judged.some(({ within }, j) => within <= level && gaps[j] - least >= margin - 1e-12),
    );
    sums.found += share(worse);
    if (earlier) {
      const behind = behindByEarlierRule(methods);
      sums.falselyBehind += Number(behind.some((called, j) => called && isBest(j)));
      sums.foundByEarlier += share(behind);
    }
    // The tail of an interval's miss is below its level: no quantile is needed.
    const misses = (one: PairDifference, i: number, j: number, shared: number) =>
      differenceTail(Math.abs(one.value - (gaps[j] - gaps[i])), one) < shared;
    const covers = (j: number) =>
      isBest(j) ||
      methods.some((_, i) => i !== j && differenceTail(gaps[j] - least - table[i][j].value, table[i][j]) >= level / count); // prettier-ignore
    sums.boundsHold += Number(methods.every((_, j) => covers(j)));
    sums.pairsHold += Number(
      methods.every((_, i) => methods.every((__, j) => j <= i || !misses(table[i][j], i, j, level / (count * (count - 1))))), // prettier-ignore
    );
    sums.onePairHolds += Number(!misses(table[0][1], 0, 1, alpha / 2));
  }
  const rates = Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / trials]));
  return { trials, ...rates } as unknown as Rates;
}
