import type { OptimizerRule } from '../rules/index.ts';

/** Rows of `width` floats. Parts are stacked: the first row of a part is the sum of the rows before it. */
export interface Table {
  readonly width: number;
  /**
   * Floats from one row to the next, at least 1; `width` where absent. With less, rows are spans of one flat memory that
   * overlap: r rows are (r - 1) * stride + width floats, and every float has an optimizer state of its own.
   */
  readonly stride?: number;
  readonly parts: readonly TablePart[];
  /** How rows are stored to be served, 32-bit floats where absent. They are trained as floats whatever it says. */
  readonly stored?: Storage;
  /** Rows that no step changes. */
  readonly frozen?: true;
}

/** How served rows are stored. What is lost by it is lost in what the harness scores. */
export type Storage =
  | { readonly kind: 'fp16' }
  /**
   * Block by block: round((w - lo) / scale) in `bits`, and lo and scale (Guan et al. 2019). A block is a row, or so many
   * floats as `block` says, one after the other, whatever rows they are of; 64 where rows overlap and it says nothing.
   */
  | {
      readonly kind: 'row-wise';
      readonly bits: 2 | 4 | 8;
      readonly range: 'min-max' | 'greedy';
      readonly block?: number;
    }
  /** Whole multiples of `step` from -2^(bits-1) to 2^(bits-1) - 1, one step for all: nothing per row. */
  | { readonly kind: 'grid'; readonly bits: number; readonly step: number }
  /** All but the `nonZeros` floats that are largest in magnitude are zero: a bit for each, and those that are not. */
  | { readonly kind: 'sparse'; readonly nonZeros: number };

export interface TablePart {
  readonly rows: number;
  readonly init: Init;
}

export interface Weight {
  readonly shape: readonly number[];
  readonly init: Init;
  /** Its own rule and rate, where it is not trained by the run's. */
  readonly optimizer?: { readonly rule: OptimizerRule; readonly learningRate: number };
  /** Trained on the batches that the plan's `training.holdOut` sets aside, and on no others. */
  readonly searched?: true;
  /** Not trained. */
  readonly frozen?: true;
}

/** Uniform on [mean - halfWidth, mean + halfWidth). */
export interface Init {
  readonly mean: number;
  readonly halfWidth: number;
}
