/** Keeps what runs have trained at first, for other runs that would train the same. suites/ has one on the disk. */
export interface StageShelf {
  /** Asks for the stage of a name (harness/training/stages/stage-name.ts). May wait for another process that trains it. */
  take(name: string): Promise<ShelvedStage | StageOrder>;
}

/** A stage that another run has trained. */
export interface ShelvedStage {
  readonly type: 'shelved';
  /** The id of the run that trained it. */
  readonly run: string;
  /** Whatever the harness gave beside the floats. */
  readonly facts: unknown;
  /** Fills `into` with the floats that follow. Throws an Error at their end. */
  read(into: Float32Array): void;
  close(): void;
}

/** The stage is not there: this run trains it, and then calls exactly one of `put` and `giveUp`. */
export interface StageOrder {
  readonly type: 'missing';
  /** True if nobody else is to have it: `put` does nothing. */
  readonly unshared?: true;
  /** Says that the training goes on: those who wait go on waiting. */
  goesOn(): void;
  /** Shelves so many floats, which `write` writes in pieces. Does nothing where there is no room. Never throws for a disk. */
  put(facts: unknown, floats: number, write: (sink: FloatSink) => Promise<void>): Promise<void>;
  giveUp(): void;
}

export interface FloatSink {
  write(floats: Float32Array): void;
}
