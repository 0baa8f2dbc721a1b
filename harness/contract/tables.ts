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
  /**
   * 8-bit floats w / s, with one power of two s for all of the table if `scaled`, else 1 (Micikevicius et al. 2022). What is beyond
   * the largest becomes the largest.
   */
  | { readonly kind: 'fp8'; readonly element: 'e4m3' | 'e5m2'; readonly scaled: boolean }
  /** `block` consecutive floats of any rows share a power of two, in 8 bits; each is an element times it (OCP MX 1.0: 32 floats). */
  | { readonly kind: 'mx'; readonly element: Element; readonly block: number }
  /**
   * 4-bit codes of 16 fixed values, quantiles of a normal distribution, times the largest magnitude of `block` consecutive floats of
   * any rows (Dettmers et al. 2023). This scale has 32 bits, 16, or 8 with a scale for 256 of them and a mean for all (`double`).
   */
  | { readonly kind: 'nf4'; readonly block: number; readonly scales: NormalFloatScales }
  /** All but the `nonZeros` floats of largest magnitude are zero: a bit for each float, and the non-zero ones. */
  | { readonly kind: 'sparse'; readonly nonZeros: number };

/** Floats of few bits, by the bits of their exponent and mantissa; `int8`: 64ths from -127 to 127. */
export type Element = 'e4m3' | 'e5m2' | 'e2m3' | 'e3m2' | 'e2m1' | 'int8';

export type NormalFloatScales = 'fp32' | 'fp16' | 'double';

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
