import type { Tensor2D } from '../../tensors/index.ts';
import type { Table, Weight } from './tables.ts';

/** The length of a stage's training, and what it is trained on. */
export interface StageTraining {
  /** Its name in reports: search, pretraining, retraining. */
  readonly name?: string;
  /** Share of the run's epochs, 1 if absent; 0 trains nothing. A share below 1 may end within an epoch. */
  readonly share?: number;
  /** True: it continues in the log where the stage before ended. Absent: it begins at the beginning. */
  readonly continues?: true;
  /** Every n-th batch is held out: it trains only architecture weights, and those train on no other batch. */
  readonly holdOutEvery?: number;
}

/** A table or weight of the plan before, of the same kind, width and rule. */
export interface StateOrigin {
  readonly of: Table | Weight;
  /**
   * For each row of the new table, the old row whose state it takes, `none` for none; the same rows if absent. Given only if
   * rows do not overlap.
   */
  readonly rows?: Uint32Array;
  /** Floats that start as zeros in the new table get no state: pruned floats stay zero. */
  readonly exceptZeros?: true;
}

/** A training step just done: rows are updated, gradients are still there. */
export interface Step {
  /** The step's number within the stage, from 0. */
  readonly index: number;
  /** The number of steps of the stage. */
  readonly steps: number;
  /** Row-major [batch, fields]. Further values of pooled fields are rows of their own, at the end. */
  readonly ids: Uint32Array;
  /** 0 for a cell of `ids` that only fills a row of further values and repeats another one; absent if there are none. */
  readonly counted?: Uint8Array; // [batch, fields]
  readonly batch: number;
  readonly fields: number;
  /**
   * The label, 0 or 1, of the sample that each cell of `ids` is a value of; computed when it is asked for. A step of training has labels:
   * it is absent only where rows are looked up by hand.
   */
  readonly labels?: () => Float32Array; // [batch, fields]
  /**
   * Gradients of the mean loss, one entry for each lookup of trained rows that the loss depends on, in the order of embed().
   * There are none on a held-out batch.
   */
  readonly gradients: readonly {
    readonly table: Table;
    /** [batch * indices.fields, width] */
    readonly gradient: Tensor2D;
  }[];
  /** A copy of a weight of the plan, as the step has left it. */
  weight(weight: Weight): Promise<Float32Array>;
  /** Rows of a table in the order asked for: [rows, width]. */
  read(table: Table, rows: Uint32Array): Promise<Float32Array>;
  /** Sets distinct rows, and resets their optimizer state unless it is told to keep it. */
  write(table: Table, rows: Uint32Array, values: Float32Array, keepState?: boolean): void;
  /** Copies rows `from` to distinct rows `to`, with their optimizer state. */
  copy(table: Table, from: Uint32Array, to: Uint32Array): void;
}
