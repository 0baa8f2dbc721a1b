import type { Profile } from '../../harness/measuring/kernel-clock.ts';
import type { Work } from '../../harness/measuring/timed-work.ts';

/**
 * The result of a configuration by batch size, for the sizes with a finished round at the deadline. All configurations with
 * rounds of a size have the same number of them.
 */
export type ThroughputResult =
  | { readonly status: 'completed'; readonly byBatch: ReadonlyMap<number, Measured> }
  | { readonly status: 'failed'; readonly error: string };

export interface Measured {
  readonly works: Readonly<Partial<Record<Work, MeasuredWork>>>;
  readonly profile?: Profile;
}

/** Milliseconds per step: of every sample of every round. */
export interface MeasuredWork {
  readonly stepsPerSample: number;
  readonly rounds: readonly (readonly number[])[];
  /** Milliseconds per step of the baseline shortly before and after, one for each round. */
  readonly baseline?: readonly number[];
}
