import type { random } from '../../base/random.ts';
import type { BySeed } from '../../analysis/statistics/pair-noise.ts';
import { hanleyMcNeil } from '../../analysis/statistics/hanley-mcneil.ts';

type Stream = ReturnType<typeof random>;

/** Typical deviation of a method over seeds, as on the Criteo sample. */
const deviation = 0.0013;

/** The variance of an AUC over the sample's 10,888 test rows. */
export const rowVariance = hanleyMcNeil(0.7583, 2880, 8008);

/** Noise of one method at one budget: a value for each seed. `shared` has values of all methods, by seed. */
type NoiseOf = (stream: Stream, shared: readonly number[]) => number[];

const withDeviation =
  (deviationOf: (stream: Stream) => number): NoiseOf =>
  (stream, shared) => {
    const own = deviationOf(stream);
    return shared.map(() => own * stream.normal());
  };

const chiSquared4 = (stream: Stream) => [1, 2, 3, 4].reduce((sum) => sum + stream.normal() ** 2, 0);

const mixed = withDeviation((stream) => deviation * Math.sqrt(4 / chiSquared4(stream)));

/** Kinds of noise over seeds. */
export const worlds = {
  equal: withDeviation(() => deviation),
  mixed,
  /** The variance of log variances is four times the recorded one. */
  stress: withDeviation((stream) => deviation * Math.exp(0.6 * stream.normal())),
  /** Methods answer the same seed alike or oppositely. */
  factor(stream, shared) {
    const loading = stream.normal();
    return shared.map((effect) => deviation * (stream.normal() + loading * effect));
  },
  /** One seed of twenty is lower by 0.02. */
  astray: (stream, shared) =>
    mixed(stream, shared).map((value) => value - (stream.uniform() < 0.05 ? 0.02 : 0)),
} satisfies Record<string, NoiseOf>;

export interface Drawn {
  /** AUC by seed of each method, budget by budget. */
  readonly budgets: readonly (readonly BySeed[])[];
}

export interface Asked {
  readonly world: keyof typeof worlds;
  readonly methods: number;
  readonly seeds: number;
  readonly budgets: number;
  /** True for test rows that differ, the same for all seeds. */
  readonly rows: boolean;
  /** How far below the best each method truly is, one for each. */
  readonly gaps: readonly number[];
}

/** A recording as a world would give it: the expectations of methods differ by their gaps, at every budget alike. */
export function draw({ world, methods, seeds, budgets, rows, gaps }: Asked, stream: Stream): Drawn {
  return {
    budgets: Array.from({ length: budgets }, () => {
      const shared = Array.from({ length: seeds }, () => stream.normal());
      return Array.from({ length: methods }, (_, m) => {
        const noise = worlds[world](stream, shared);
        // Differences of two methods have a variance between 0 and .084 of an AUC's, as measured.
        const ofRows = rows ? Math.sqrt(0.042 * rowVariance * stream.uniform()) * stream.normal() : 0;
        return new Map(noise.map((value, s) => [s, 0.76 - gaps[m] + ofRows + value + deviation * shared[s]]));
      });
    }),
  };
}
