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
