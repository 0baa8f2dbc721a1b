/**
 * The contract of an embedding compression method. A method is a plan: given the fields and a budget in bytes it says
 * which tables, weights and maps it keeps, and how a batch of ids becomes vectors. Everything else - initialising,
 * training, counting bytes, timing, scoring - is the harness's work, the same for every method.
 */
import type { Scalar, Tensor, Tensor3D } from '../../tensors/index.ts';
import type { ZodType } from 'zod';
import type { Converter } from './conversion.ts';
import type { Field } from './data.ts';
import type { IdMap, Indices } from './indices.ts';
import type { IndexFormula } from './index-formula.ts';
import type { Family, TrainingCost } from './kinds.ts';
import type { StageTraining, StateOrigin, Step } from './stages.ts';
import type { StepMemory } from './step-memory.ts';
import type { Table, Weight } from './tables.ts';

export type { StepMemory } from './step-memory.ts';
export type { StageTraining, StateOrigin, Step } from './stages.ts';
export type { Element, Init, NormalFloatScales, Storage, Table, TablePart, Weight } from './tables.ts';

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
  /** Differences from the paper or from the authors' code, and their reasons. An empty list: none is known. */
  readonly departures: readonly Departure[];
  /** `hashing and sharing` if absent. */
  readonly family?: Family;
  /** `step` if absent. */
  readonly cost?: TrainingCost;
  /**
   * True if every id gets the same vector: the layer is of 0 bytes at every budget, so that it is trained once, and it needs dense
   * features to learn from. Such a method is a reference: `--method all` leaves it out.
   */
  readonly ignoresIds?: true;
  /** Hyper-parameters with the paper's defaults; `parse({})` gives them all. */
  readonly options: ZodType<Options>;
  /** Pure arithmetic: no tensors, no clock, and the same answer every time. */
  plan(layer: Layer, options: Options): Plan | Infeasible;
}

/** One difference from the published method, as it stands on cards and in docs/methods.md. */
export interface Departure {
  /** The difference from the paper or from the authors' code. A clause without a full stop. */
  readonly what: string;
  /** The reason, with the effect on results where it was measured. A clause without a full stop. */
  readonly why: string;
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
   * Ids of about this many rows, evenly spaced over the training part, row-major [rows, fields]. Absent if only sizes are
   * needed: the sizes of a plan must not depend on it, and the values of its maps are then never read.
   */
  readonly sample?: (rows: number) => Uint32Array;
}

/**
 * An embedding layer that can be trained and served. If the trained form is not the served one (codes of a trained table, a
 * layer that a search finds and a retraining trains), a plan is a stage, and `next` makes the next one. The last stage is
 * served, from its stored tables, weights and maps and nothing else.
 */
export interface Plan {
  /** Float rows, looked up and updated sparsely, in place. Trained by the rule of the run's optimizer. */
  readonly tables: readonly Table[];
  /** Small dense tensors on the tape: projections, decoders, scales. */
  readonly weights?: readonly Weight[];
  /** Integers per id that have to be stored to serve: cluster maps, ranks, codes. */
  readonly maps?: readonly IdMap[];
  /**
   * The sizes that the budget bought (widths, divisors, buckets), for the report. JSON. Lists with an entry per field are shown
   * by field. The report draws `widths` (floats per id, or a list for the blocks of ids) and `ranks`.
   */
  readonly choices: Readonly<Record<string, unknown>>;
  /** Vectors for a batch, in ordinary differentiable tfjs: [batch, fields, dim]. */
  embed(lookup: Lookup): Tensor3D;
  /**
   * The ids that must be known by name to serve the plan; all ids of all fields if absent. The others share a vector, or get
   * one by a hash of the id as it came (`ids.hash`): they need no map from tokens to ids.
   */
  readonly toldApart?: ToldApart;
  /** The form that the last stage will store, if this plan is not the last: it counts against the budget. */
  readonly serving?: Serving;
  /** Called after every training step, on one batch after the other: sketches, migrating rows, rounding. */
  afterStep?(step: Step): void | Promise<void>;
  /**
   * The memory of afterStep and of functions for `compute` from step to step, beside rows, weights and maps; `nothing` if there is none. With
   * an afterStep and without this, a stage that is interrupted is trained from its start.
   */
  readonly memory?: StepMemory | 'nothing';
  /** Makes the stage that follows once this plan is trained. */
  next?(trained: Trained): Stage | Promise<Stage>;
  /**
   * Makes the served form of rows that somebody else has trained, a table for each field, without any training. `next`, if there is one, makes the
   * same bits of the same rows. Absent: the method trains more than such a table.
   */
  readonly converter?: Converter;
  /** The training of this plan, if it differs from the run's. */
  readonly training?: StageTraining;
}

/** The form that is stored to answer lookups. */
export type Serving = Pick<Plan, 'tables' | 'weights' | 'toldApart'> & {
  readonly maps?: readonly Omit<IdMap, 'values'>[];
};

/** The numbers of ids that need a key; the harness counts the bytes (harness/contract/keys.ts). */
export interface ToldApart {
  /** Ids of each field that need a key whatever training finds: the most frequent ones, or all. */
  readonly byField: readonly number[];
  /** The maximal number of further ids, of the fields that training finds; 0 if absent. */
  readonly anyField?: number;
}

/** A plan that follows another. */
export interface Stage {
  readonly plan: Plan;
  /** Initial values of tables (row after row) and weights; the others start with their `init`. */
  readonly contents?: ReadonlyMap<Table | Weight, Float32Array>;
  /**
   * `kept`: the network continues as trained, with its optimizer state. `fresh`: it starts again as in the first stage.
   */
  readonly network: 'kept' | 'fresh';
  /**
   * The origin of the optimizer state of a table or weight of this plan. One that the previous plan has too keeps its own state
   * unless this names another; all others start with none. With a fresh network nothing keeps its state, because that is
   * another training.
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
   * AUC of the network on rows that `holdOutEvery` kept from training (on training rows if there are none), at most about this
   * many, with vectors that another `embed` looks up in the same tables. The rows are the same every time.
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

/** Vectors that were looked up alike: members, each a part of some field's vector. */
export interface VectorGroup {
  readonly vectors: Tensor3D; // [batch, members, width]
  /** A matrix per member, to the model's width: [members, width, dim]. Without, width is dim. */
  readonly matrices?: Tensor3D;
  /** The field of each member. */
  readonly fields: readonly number[];
}

/** Rows that are found by codes of an id: of a piece, `offset` + what its map has at `start` + the id's position. */
export interface RowCodes {
  readonly positions: Indices; // [batch, members]
  /** One for each piece of each member. Without a map, the row is `offset`. */
  readonly pieces: readonly {
    readonly map?: IdMap;
    readonly start: number;
    readonly offset: number;
  }[];
}

/** Rows that are to be looked up alike. */
export interface RowGroup {
  readonly table: Table;
  /** [batch, members * pieces] */
  readonly indices: Indices;
  /** Rows of a member, side by side; one if absent. */
  readonly pieces?: number;
  /** The same indices said otherwise, for backends that go from an id to its rows at once. */
  readonly codes?: RowCodes;
  /** Matrices as above. Without, rows side by side are the vector's first coordinates; what is beyond its width is cut off. */
  readonly matrices?: Tensor3D;
  readonly fields: readonly number[];
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
   * Rows looked up and put together at once, where the backend can: [batch, fields, dim], or undefined. Methods ask joinRows
   * (harness/ops/join-rows.ts), which composes it elsewhere.
   */
  readonly join?: (
    groups: readonly (RowGroup | VectorGroup)[],
    fields: number,
    dim: number,
  ) => Tensor3D | undefined;
  /**
   * Row numbers that index arithmetic cannot say (sketches, hash maps), computed in this process from the batch's ids:
   * row-major [batch, fields] in, [batch, `columns`] out. `formula` says the same of what is served, for readers outside this project;
   * a plan that has none for a lookup cannot be exported.
   */
  readonly compute: (
    rowsOf: (ids: Uint32Array) => Uint32Array,
    columns: number,
    formula?: (ids: IndexFormula) => IndexFormula,
  ) => Indices;
  /** Adds to the training loss; does nothing when nothing is trained. */
  readonly penalize: (loss: Scalar) => void;
  /** Absent when vectors are looked up for scoring. */
  readonly training?: TrainingPlace;
}

/** The place of a training step in its stage. The object stays the same, what it says is of the step that runs. */
export interface TrainingPlace {
  /**
   * The step's number, from 0. Functions for `compute` read it when they run. An embed() that reads it itself is another one in every
   * step, and not replayed: see `reached` and `counter`.
   */
  readonly index: number;
  /** [index], the same array in every step, for `computedTensor`. */
  readonly counter: Float64Array;
  readonly steps: number;
  /** True from a step on: index >= step. Between the steps that are asked for, embed() is the same from one step to the next. */
  reached(step: number): boolean;
}
