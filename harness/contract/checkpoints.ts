/**
 * Keeps how far the training of one run has come, so that another process goes on from there. suites/ has one on the disk.
 * There are two for each stage: one in the midst of it, which is replaced from time to time, and one at its end.
 */
export interface Checkpoints {
  /** The checkpoint that an earlier process has left, whole and of this very run. Undefined if there is none. */
  take(stage: number, at: CheckpointPlace): TakenCheckpoint | undefined;
  /**
   * Writes one, in as many bytes as `write` gives, and replaces an earlier one of its name once it is whole. `facts`: whatever
   * v8.serialize takes. False if the disk refuses it: training goes on without.
   */
  put(stage: number, at: CheckpointPlace, checkpoint: NewCheckpoint): Promise<boolean>;
  /** Removes one that another takes the place of. */
  drop(stage: number, at: CheckpointPlace): void;
  /** True once it is time for one: the share (1 if absent) of the time between two has passed since the last one, or since training began. */
  isDue(share?: number): boolean;
  /** Begins to listen to the system's request to end, which sets `endedBy`; before and after, such a request ends the process at once. */
  listen(): void;
  unlisten(): void;
  /** The signal by which the process is asked to end: it writes a checkpoint and throws `Stopped`. */
  readonly endedBy: NodeJS.Signals | undefined;
  /** A line for the user: why there is no checkpoint. Told once. */
  tell(line: string): void;
}

export type CheckpointPlace = 'step' | 'end';

export interface NewCheckpoint {
  readonly facts: unknown;
  readonly bytes: number;
  readonly write: (sink: ByteSink) => Promise<void>;
}

export interface TakenCheckpoint {
  readonly facts: unknown;
  /** Fills `into` with the bytes that follow. Throws an Error at their end. */
  readonly read: (into: ArrayBufferView) => void;
  readonly close: () => void;
}

export interface ByteSink {
  write(values: ArrayBufferView): void;
}

/** The process was asked to end in the midst of a training. */
export class Stopped extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`the training was stopped by ${signal}`);
    this.signal = signal;
  }
}
