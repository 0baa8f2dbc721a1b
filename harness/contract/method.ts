/**
 * The contract of an embedding compression method. A method is a plan: given the fields and a budget in bytes it says
 * which tables, weights and maps it keeps, and how a batch of ids becomes vectors. Everything else - initialising,
 * training, counting bytes, timing, scoring - is the harness's work, the same for every method.
 */
import type { Tensor, Tensor3D } from '@tensorflow/tfjs';
import type { ZodType } from 'zod';
import type { Field } from './data.ts';
import type { IdMap, Indices } from './indices.ts';

export interface Method<Options = unknown> {
  /** The file's name, kebab-case. */
  readonly name: string;
  /** Short names the command line also takes. */
  readonly aliases: readonly string[];
  readonly title: string;
  /** What it does, in one line. */
  readonly idea: string;
  readonly paper: { readonly cite: string; readonly url: string };
  /** Hyper-parameters with the paper's defaults; `parse({})` gives them all. */
  readonly options: ZodType<Options>;
  /** Pure arithmetic: no tensors, no clock, and the same answer every time. */
  plan(layer: Layer, options: Options): Plan | Infeasible;
}

/** What is asked of a method. */
export interface Layer {
  readonly fields: readonly Field[];
  /** Width of the vectors the model wants. */
  readonly dim: number;
  /** Serving bytes the whole embedding layer may take, maps and weights included. */
  readonly budget: number;
  readonly seed: number;
}

export interface Plan {
  /** Float rows, looked up and updated sparsely, in place. Trained by the rule of the run's optimizer. */
  readonly tables: readonly Table[];
  /** Small dense tensors on the tape: projections, decoders, scales. */
  readonly weights?: readonly Weight[];
  /** Integers per id that have to be stored to serve: cluster maps, ranks, codes. */
  readonly maps?: readonly IdMap[];
  /** What the budget turned into (widths, divisors, buckets), for the report. JSON. */
  readonly choices: Readonly<Record<string, unknown>>;
  /** Vectors for a batch, in ordinary differentiable tfjs: [batch, fields, dim]. */
  embed(lookup: Lookup): Tensor3D;
}

/** No plan fits the budget. A result, not an error. */
export interface Infeasible {
  /** Serving bytes of the smallest layer the method can make with these options. */
  readonly smallestBytes: number;
  readonly reason: string;
}

export function isInfeasible(plan: Plan | Infeasible): plan is Infeasible {
  return 'smallestBytes' in plan;
}

/** One batch being looked up. */
export interface Lookup {
  /** The ids of the batch, one column per field. */
  readonly ids: Indices;
  /**
   * Rows of a table of this plan: [batch, indices.fields, table.width]. An index that is `none` gives a row of zeros
   * and trains nothing. The gradient is kept sparse: cost does not depend on the table's number of rows.
   */
  readonly rows: (table: Table, indices: Indices) => Tensor3D;
  /** A weight of this plan, differentiable. */
  readonly weight: (weight: Weight) => Tensor;
}

/** Rows of `width` floats. Parts are stacked: the first row of a part is the sum of the rows before it. */
export interface Table {
  readonly width: number;
  /**
   * Floats from one row to the next, at least 1; `width` where absent. With less, rows are spans of one flat memory that
   * overlap: r rows are (r - 1) * stride + width floats, and every float has an optimizer state of its own.
   */
  readonly stride?: number;
  readonly parts: readonly TablePart[];
}

export interface TablePart {
  readonly rows: number;
  readonly init: Init;
}

export interface Weight {
  readonly shape: readonly number[];
  readonly init: Init;
}

/** Uniform on [mean - halfWidth, mean + halfWidth). */
export interface Init {
  readonly mean: number;
  readonly halfWidth: number;
}
