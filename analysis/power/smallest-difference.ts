import { bothDegrees, halfWidth } from '../statistics/difference-tail.ts';
import { maxPriorDegrees } from '../statistics/pair-noise.ts';
import { studentUpper } from '../statistics/student-t.ts';
import { testLevel } from '../verdicts/judge.ts';
import type { Pilot } from './pilot.ts';

/** A comparison that is planned, or was made. */
export interface Plan {
  readonly methods: number;
  readonly seeds: number;
  /** Test rows. */
  readonly rows: number;
  /** Budgets whose noise is pooled. */
  readonly budgets: number;
  /** Statements of several budgets that share the level; 1 unless given. */
  readonly statements?: number;
}

export interface SmallestDifferences {
  /** The gap to the best that is called worse in four of five cases. */
  readonly worse: number;
  /** The margin inside which a method equal to the best is shown to be, in four of five cases. */
  readonly within: number;
}

const power = 0.8;

/**
 * The smallest differences that a comparison finds with a power of 0.8 or more (cautious: simulated 0.91 to 0.99). Undefined with fewer
 * than three seeds, or without two methods.
 */
export function smallestDifferences(
  { rows: pilotRows, ofTraining, ofSeedRows, ofRows }: Pilot,
  { methods, seeds, rows, budgets, statements = 1 }: Plan,
): SmallestDifferences | undefined {
  if (methods < 2 || seeds < 3) return undefined;
  const fewer = pilotRows / rows;
  const own = seeds - 1;
  const independent = budgets * (methods - 1) * own;
  const prior = Math.min(maxPriorDegrees, (independent - own) / 4);
  const noise = {
    ofSeeds: (ofTraining + ofSeedRows * fewer) / seeds,
    ofRows: ofRows * fewer,
    degrees: Math.min(prior + own, independent),
  };
  const reached = studentUpper(1 - power, bothDegrees(noise)) * Math.sqrt(noise.ofSeeds + noise.ofRows);
  return {
    worse: halfWidth(testLevel(methods) / (methods * (methods - 1) * statements), noise) + reached,
    within: halfWidth(testLevel(methods) / (methods * statements), noise) + reached,
  };
}

/** More seeds than this are no plan. */
export const maxSeeds = 500;

/** The fewest seeds that find a difference; undefined if more than `maxSeeds`, where only more rows help. */
export function seedsFor(
  difference: number,
  kind: keyof SmallestDifferences,
  pilot: Pilot,
  plan: Omit<Plan, 'seeds'>,
): number | undefined {
  const finds = (seeds: number) => smallestDifferences(pilot, { ...plan, seeds })![kind] <= difference;
  // More seeds never find less.
  if (!finds(maxSeeds)) return undefined;
  for (let seeds = 3; seeds < maxSeeds; seeds++) if (finds(seeds)) return seeds;
  return maxSeeds;
}

/** The fewest test rows, to two digits, with which so many seeds find a difference; undefined if no number of rows does. */
export function rowsFor(
  difference: number,
  kind: keyof SmallestDifferences,
  pilot: Pilot,
  plan: Omit<Plan, 'rows'>,
): number | undefined {
  const finds = (rows: number) => smallestDifferences(pilot, { ...plan, rows })![kind] <= difference;
  let [low, high] = [1, 1e12];
  if (!finds(high)) return undefined;
  while (high / low > 1.001) {
    const middle = Math.sqrt(low * high);
    if (finds(middle)) high = middle;
    else low = middle;
  }
  const digits = 10 ** (Math.floor(Math.log10(high)) - 1);
  return Math.ceil(high / digits) * digits;
}
