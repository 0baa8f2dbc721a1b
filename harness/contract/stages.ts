import type { Tensor2D } from '../../tensors/index.ts';
import type { Table, Weight } from './tables.ts';

/** The length of a stage's training, and what it is trained on. */
export interface StageTraining {
  /** Its name in reports: search, pretraining, retraining. */
  readonly name?: string;
  /** Share of the run's epochs, 1 where absent; 0 trains nothing. Below 1 it may end within an epoch. */
  readonly share?: number;
  /** True: it continues in the log where the stage before ended. Absent: it begins at the beginning. */
  readonly goesOn?: true;
  /** Every n-th batch is held out: it trains only weights marked `searched`, and those train on no other. */
  readonly holdOut?: number;
}

/** A table or weight of the plan before, of the same kind, width and rule. */
export interface StateOrigin {
  readonly of: Table | Weight;
  /**
   * Of each row of the new table, the row whose state it goes on with, `none` for none; the same rows where absent. Rows do
   * not overlap where it is given.
   */
  readonly rows?: Uint32Array;
  /** Nothing goes on for floats that the new table starts with as zeros: what is pruned stays where it is. */
  readonly exceptZeros?: true;
}

/** A training step just done: rows are updated, gradients are still there. */
export interface Step {
  /** The step's number within the stage, from 0. */
  readonly index: number;
  /** How many the stage will have. */
  readonly steps: number;
  /** Row-major [batch, fields]. */
  readonly ids: Uint32Array;
  readonly batch: number;
  readonly fields: number;
  /**
   * Of the mean loss, one entry for each look-up of trained rows that the loss depends on, in the order in which embed() made
   * them. None on a batch that is held out.
   */
  readonly gradients: readonly {
    readonly table: Table;
    /** [batch * indices.fields, width] */
    readonly gradient: Tensor2D;
  }[];
  /** Rows of a table in the order asked for: [rows, width]. */
  read(table: Table, rows: Uint32Array): Promise<Float32Array>;
  /** Sets rows, different from each other, and forgets what the optimizer knew of them where it is not told to keep it. */
  write(table: Table, rows: Uint32Array, values: Float32Array, keepState?: boolean): void;
  /** Makes the rows `to`, different from each other, copies of `from`, and what the optimizer knows of them too. */
  copy(table: Table, from: Uint32Array, to: Uint32Array): void;
}
