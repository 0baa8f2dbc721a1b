import type { OptimizerRule } from '../rules/index.ts';

/** Rows of `width` floats. Parts are stacked: the first row of a part is the sum of the rows before it. */
export interface Table {
  readonly width: number;
  /**
   * Floats from one row to the next, at least 1; `width` if absent. With less, rows are spans of one flat memory that
   * overlap: r rows are (r - 1) * stride + width floats, and every float has an optimizer state of its own.
   */
  readonly stride?: number;
  readonly parts: readonly TablePart[];
  /** The served form of the rows, 32-bit floats if absent. Training always uses floats. */
  readonly stored?: Storage;
  /** Rows that no step changes. */
  readonly frozen?: true;
}

/** The served form of rows. The harness scores with it, so its rounding counts. */
export type Storage =
  | { readonly kind: 'fp16' }
  /**
   * Blocks of round((w - lo) / scale) in `bits`, with lo and scale (Guan et al. 2019). A block is a row, or `block` consecutive
   * floats of any rows; 64 floats if rows overlap and `block` is absent.
   */
  | {
      readonly kind: 'row-wise';
      readonly bits: 2 | 4 | 8;
      readonly range: 'min-max' | 'greedy';
      readonly block?: number;
    }
  /** Whole multiples of `step` from -2^(bits-1) to 2^(bits-1) - 1, one step for all: nothing per row. */
  | { readonly kind: 'grid'; readonly bits: number; readonly step: number }
  /** All but the `nonZeros` floats of largest magnitude are zero: a bit for each float, and the non-zero ones. */
  | { readonly kind: 'sparse'; readonly nonZeros: number };

export interface TablePart {
  readonly rows: number;
  readonly init: Init;
}

export interface Weight {
  readonly shape: readonly number[];
  readonly init: Init;
  /** Its own rule and rate, if it is not trained by the run's. */
  readonly optimizer?: { readonly rule: OptimizerRule; readonly learningRate: number };
  /** An architecture weight: trained on the batches that `training.holdOutEvery` holds out, and on no others. */
  readonly architecture?: true;
  /** True for a weight that is not trained. */
  readonly frozen?: true;
}

/** Uniform on [mean - halfWidth, mean + halfWidth). */
export interface Init {
  readonly mean: number;
  readonly halfWidth: number;
}
