/**
 * The contract of an embedding compression method. A method is a plan: given the fields and a budget in bytes it says
 * which tables, weights and maps it keeps, and how a batch of ids becomes vectors. Everything else - initialising,
 * training, counting bytes, timing, scoring - is the harness's work, the same for every method.
 */
import type { Scalar, Tensor, Tensor3D } from '../../tensors/index.ts';
import type { ZodType } from 'zod';
import type { Field } from './data.ts';
import type { IdMap, Indices } from './indices.ts';
import type { Family, TrainingCost } from './kinds.ts';
import type { StageTraining, StateOrigin, Step } from './stages.ts';
import type { Table, Weight } from './tables.ts';

export type { StageTraining, StateOrigin, Step } from './stages.ts';
export type { Init, Storage, Table, TablePart, Weight } from './tables.ts';

export interface Method<Options = unknown> {
  /** The name of its file or folder in methods/, kebab-case. */
  readonly name: string;
  /** Short names the command line also takes. */
  readonly aliases: readonly string[];
  readonly title: string;
  /** Its idea, in one line. */
  readonly idea: string;
  /**
   * How an id becomes a vector, in one line of plain text: E(i) of id i of a field, n ids, d coordinates, T[i] a row of a
   * table, h a hash, ∘ the product by coordinates.
   */
  readonly formula?: string;
  readonly paper: { readonly cite: string; readonly url: string };
  /** `hashing and sharing` where absent. */
  readonly family?: Family;
  /** `step` where absent. */
  readonly cost?: TrainingCost;
  /** Hyper-parameters with the paper's defaults; `parse({})` gives them all. */
  readonly options: ZodType<Options>;
  /** Pure arithmetic: no tensors, no clock, and the same answer every time. */
  plan(layer: Layer, options: Options): Plan | Infeasible;
}

/** The request that a method answers with a plan. */
export interface Layer {
  readonly fields: readonly Field[];
  /** Width of the vectors the model wants. */
  readonly dim: number;
  /** Serving bytes the whole embedding layer may take, maps and weights included. */
  readonly budget: number;
  readonly seed: number;
  /**
   * Ids of about so many rows of the training part, evenly spaced over it, row-major [rows, fields]. Absent where only
   * sizes are asked for: a plan's sizes must not depend on it, and the values of its maps are then never read.
   */
  readonly sample?: (rows: number) => Uint32Array;
}

/**
 * An embedding layer that can be trained, and served. Where what is trained is not what is served (codes of a trained
 * table, a table searched for first and then trained anew), a plan is a stage, and `next` makes the one that follows.
 * The last one is served, from what its tables, weights and maps store and nothing else.
 */
export interface Plan {
  /** Float rows, looked up and updated sparsely, in place. Trained by the rule of the run's optimizer. */
  readonly tables: readonly Table[];
  /** Small dense tensors on the tape: projections, decoders, scales. */
  readonly weights?: readonly Weight[];
  /** Integers per id that have to be stored to serve: cluster maps, ranks, codes. */
  readonly maps?: readonly IdMap[];
  /**
   * What the budget turned into (widths, divisors, buckets), for the report. JSON. Lists with an entry per field are shown
   * by field; of `widths` (floats per id, or a list of those of its blocks of ids) and `ranks` a picture is drawn.
   */
  readonly choices: Readonly<Record<string, unknown>>;
  /** Vectors for a batch, in ordinary differentiable tfjs: [batch, fields, dim]. */
  embed(lookup: Lookup): Tensor3D;
  /**
   * The ids that have to be known by name to serve the plan; all ids of all fields where absent. All others get the same vector,
   * or one made by a hash of the id as it came (`ids.hash`): they need no map from tokens to ids.
   */
  readonly toldApart?: ToldApart;
  /** The form that the last stage will store, where this plan is not the last: it counts against the budget. */
  readonly serving?: Serving;
  /** Called after every training step, on one batch after the other: sketches, migrating rows, rounding. */
  afterStep?(step: Step): void | Promise<void>;
  /** Makes the stage that follows once this plan is trained. */
  next?(trained: Trained): Stage | Promise<Stage>;
  /** How this plan is trained, where not as long as the run says. */
  readonly training?: StageTraining;
}

/** The form that is stored to answer look-ups. */
export type Serving = Pick<Plan, 'tables' | 'weights' | 'toldApart'> & {
  readonly maps?: readonly Omit<IdMap, 'values'>[];
};

/** How many ids need a key: the harness counts its bytes (harness/contract/keys.ts). */
export interface ToldApart {
  /** Number of ids of each field that are known whatever training finds: the most frequent ones, or all. */
  readonly byField: readonly number[];
  /** Further ids at most, of whatever fields training finds; 0 where absent. */
  readonly anyField?: number;
}

/** A plan that follows another. */
export interface Stage {
  readonly plan: Plan;
  /** Values that tables and weights start with, where not with their `init`: tables row after row. */
  readonly contents?: ReadonlyMap<Table | Weight, Float32Array>;
  /**
   * Whether the network above goes on as it was trained, with what the optimizer knows of it, or starts anew as the first
   * stage's did.
   */
  readonly network: 'kept' | 'fresh';
  /**
   * Whose optimizer state tables and weights of this plan go on with, by the table or weight. One that the plan before has
   * too goes on with its own where this does not say otherwise; all others begin with none. Nothing goes on where the
   * network is fresh: that is another training.
   */
  readonly states?: ReadonlyMap<Table | Weight, StateOrigin>;
}

/** A stage after its training. */
export interface Trained {
  /** All rows of a table of the plan, one after the other. */
  rows(table: Table): Promise<Float32Array>;
  /** The rows as they were before training. */
  initialRows(table: Table): Float32Array;
  weight(weight: Weight): Promise<Float32Array>;
  /** Vectors that embed() gives for ids, row-major [batch, fields]: [batch, fields, dim]. Some thousand rows at a time. */
  vectors(ids: Uint32Array): Promise<Float32Array>;
  /**
   * AUC of the network on rows that `holdOut` kept from training (of the training part without it), at most about so
   * many, with vectors looked up in another way from the same tables. The same rows every time.
   */
  auc(embed: Plan['embed'], rows: number): Promise<number>;
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
  /**
   * Row numbers that index arithmetic cannot say (sketches, hash maps), computed in this process from the batch's ids:
   * row-major [batch, fields] in, [batch, `columns`] out.
   */
  readonly compute: (rowsOf: (ids: Uint32Array) => Uint32Array, columns: number) => Indices;
  /** Adds to the loss that is trained on; nothing where nothing is trained. */
  readonly penalize: (loss: Scalar) => void;
  /** Absent where vectors are looked up to be scored. */
  readonly training?: { readonly index: number; readonly steps: number };
}
