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
