import type { Tensor, Variable } from '../../tensors/index.ts';
import type { OptimizerRule } from '../contract/backend.ts';

/** One update rule in its two forms: on dense tensors, and on the rows of a table that occur in a batch. */
export interface Rule {
  readonly name: OptimizerRule;
  readonly title: string;
  /** The learning rate used where none is given. */
  readonly learningRate: number;
  /** State floats of a [rows, width] matrix, one entry per array of state. All start at 0. */
  stateFloats(rows: number, width: number): number[];
  /** Updates a dense variable of any shape; its last axis counts as the row. */
  updateDense(
    variable: Variable,
    gradient: Tensor,
    state: Variable[],
    learningRate: number,
    step: number,
  ): void;
  /** Shapes of the dense form's state. */
  denseState(shape: readonly number[]): number[][];
  /**
   * Updates rows in place. `rows` are different from each other; gradients is [rows.length, width]; step counts from 1.
   */
  updateRows(update: RowUpdate, learningRate: number, step: number): void;
}

export interface RowUpdate {
  readonly weights: Float32Array; // [all rows, width]
  readonly state: readonly Float32Array[];
  readonly width: number;
  readonly rows: Uint32Array;
  readonly gradients: Float32Array; // [rows.length, width]
}
