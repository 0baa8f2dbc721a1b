import type { Profile } from '../../harness/measuring/kernel-clock.ts';
import type { Work } from '../../harness/measuring/timed-work.ts';
import type { Device, Time } from './messages.ts';

/** A configuration that is built and waits for its turn. */
export interface Worker {
  /** Milliseconds per step of every sample. Throws with the reason if it cannot continue. */
  time(turn: Omit<Time, 'type'>): Promise<number[]>;
  profile(batch: number, steps: number): Promise<Profile>;
  close(): Promise<void>;
}

export interface Candidate {
  readonly title: string;
  /** The kinds of work that it is timed at. */
  readonly works: readonly Work[];
  /** A sample is a stream of steps on a GPU, and one awaited step elsewhere. */
  readonly device: Device;
  start(): Promise<Worker>;
  readonly profiled: boolean;
  /** Place of the candidate that it is compared with: `full` on the same backend. See `turnsOfRound`. */
  readonly baseline?: number;
}

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

export interface RoundsWatch {
  building(title: string, number: number, total: number): void;
  lost(title: string, error: string): void;
  /** Before turns of round 0, which only warms up, to `rounds`; `fraction` is of the whole race. */
  turn(round: number, title: string, fraction: number): void;
}

export interface RoundsOptions {
  readonly batches: readonly number[];
  readonly rounds: number;
  readonly signal: AbortSignal;
  readonly watch: RoundsWatch;
  /** A time by performance.now(): no turn begins after it but the last one of a baseline in a round, and one that is not over soon after it is given up. */
  readonly deadline?: number;
}
