import type { Tensor2D, Tensor3D } from '../../tensors/index.ts';
import type { Indices } from './indices.ts';
import type { RowGroup, Table, VectorGroup } from './method.ts';
import type { StepReplay } from './step-replay.ts';
import type { OptimizerRule } from '../rules/index.ts';

export { optimizerRules, type OptimizerRule } from '../rules/index.ts';

/**
 * A backend runs tensors. It makes tfjs use it, and may bring faster forms of operations that the harness only composes: kernels of its own under the names of harness/ops (found through tfjs's kernel registry), and table rows
 * that live where it can reach them.
 */
export interface Backend {
  readonly name: string;
  readonly title: string;
  /** Says if this machine can run it, what was found, and what to do if not. Must not throw. */
  probe(): Promise<Probe>;
  /** Makes tfjs use it, from here on. Throws a UserError when it cannot. */
  open(options: BackendOptions): Promise<OpenBackend>;
}

export interface Probe {
  readonly usable: boolean;
  /** False: only if it is asked for by name. */
  readonly automatic?: boolean;
  readonly version: string;
  /** The finding, in one line; where not usable, what to do. */
  readonly detail: string;
}

export interface BackendOptions {
  readonly threads?: number;
  /** Processes that will compute at the same time: where `threads` is not given, they share the processors. */
  readonly processes?: number;
}

export interface OpenBackend {
  readonly name: string;
  readonly version: string;
  /** Tells builds of the same version apart whose results may differ in bits; absent if nothing does. */
  readonly build?: () => string;
  /** Threads it computes with. */
  readonly threads: number;
  /** This machine's processor stands in for a device, in tests: how fast it is says nothing. */
  readonly software?: boolean;
  /** Table rows on the device. Without it, rows live in typed arrays of this process. */
  readonly createRows?: (table: Table, rule: OptimizerRule, seed: number) => Rows;
  /**
   * Rules that the backend has neither rows nor kernels for. The harness keeps their rows in this process and updates dense
   * weights by ordinary operations; a measured run refuses that unless it was asked for.
   */
  readonly lacksRules?: readonly OptimizerRule[];
  /**
   * Rows of a table as it is stored to be served, in the order asked for, faster than this process's JavaScript reads them and
   * to the same bits; undefined for forms that it does not know. Only with indices in this process.
   */
  readonly gatherStored?: (table: Table, bytes: Uint8Array, indices: Uint32Array) => Tensor2D | undefined;
  /** Rows looked up and put together at once. Only with indices in this process. */
  readonly joinedRows?: JoinedRows;
  /** Index arithmetic faster than this process's JavaScript, in this process's memory. */
  readonly indexLoops?: IndexLoops;
  /** Ids of a batch, row-major [batch, fields], where rows of the device can use them. In place of indexLoops. */
  readonly createIndices?: (ids: Uint32Array, batch: number, fields: number) => OwnedIndices;
  /** The same as `compute` of indexLoops, for a backend with createIndices. */
  readonly computeIds?: IndexLoops['compute'];
  /**
   * Only on a device that computes while this process continues: resolves once all that was asked for is computed, and
   * throws what went wrong there.
   */
  readonly synchronize?: () => Promise<void>;
  /** The time that kernels took while `run` ran, by the device's own clock. Not everywhere where there is a device. */
  readonly timeKernels?: (run: () => Promise<void>) => Promise<readonly KernelTime[]>;
  /** Steps of a training that are recorded once and then replayed. Without it, every step runs on the tape. */
  readonly replaySteps?: () => StepReplay;
  /** Kernels that another backend lends, where it lends any. */
  readonly fallbacks?: Fallbacks;
}

/** A group of joinRows: rows, by what the backend knows them by (Rows.source), or vectors that are there. */
export interface JoinedGroup extends Omit<Partial<RowGroup & VectorGroup>, 'table'> {
  readonly source?: unknown;
  readonly width: number;
  readonly pieces: number;
  readonly fields: readonly number[];
}

/** See RowGroup and joinRows. */
export interface JoinedRows {
  /** A table as it is stored to be served, as a source; undefined for forms that the backend does not know. */
  stored(table: Table, bytes: Uint8Array): unknown;
  join(
    groups: readonly JoinedGroup[],
    shape: readonly [batch: number, fields: number, dim: number],
  ): Tensor3D;
  /** Gradients of rows, [batch * members * pieces, width]: zeros where the index is `none`. */
  gradRows(group: JoinedGroup, dy: Tensor3D): Tensor2D;
  /** Those of the matrices of a group of rows, which are as they were. */
  gradMatrices(group: JoinedGroup, dy: Tensor3D): Tensor3D;
}

/** Kernels of another backend that stand in for missing ones. A measurement with them would be of both. */
export interface Fallbacks {
  /** How often each has run. */
  readonly counts: ReadonlyMap<string, number>;
  /** While true, running one throws a UserError that names it. */
  refused: boolean;
}

/** Ids of a batch. */
export interface OwnedIndices extends Indices {
  /** Frees them and all that was derived from them, where that takes more than forgetting them. */
  dispose?(): void;
}

/** The time of a kernel on a device, over all its calls. */
export interface KernelTime {
  readonly name: string;
  readonly calls: number;
  readonly milliseconds: number;
}

export type IndexOperation = 'plus' | 'div' | 'mod' | 'and' | 'hash';

/**
 * The loops behind HostIndices, over indices row-major [batch, fields] with an operand for each field. `none` stays `none`.
 * Results are new arrays. Shapes and divisors have been checked.
 */
export interface IndexLoops {
  apply(operation: IndexOperation, values: Uint32Array, operands: Uint32Array): Uint32Array;
  /** value - from where from <= value < to, `none` elsewhere. */
  within(values: Uint32Array, from: Uint32Array, to: Uint32Array): Uint32Array;
  /** Columns, in that order: [batch, columns]. */
  pick(values: Uint32Array, fields: number, columns: Uint32Array): Uint32Array;
  /** values where `here` is 1 for the field, others where not. */
  choose(here: Uint8Array, values: Uint32Array, others: Uint32Array): Uint32Array;
  /** Entries of a map. Throws a RangeError for an index outside. */
  through(values: Uint32Array, map: Uint32Array): Uint32Array;
  /**
   * All of a program at once, [batch, fields] to [batch, columns]. `words`, of each column: the field, the number of operations, and of
   * each operation its code (harness/embedding/index-expression.ts) and two operands. Throws a RangeError for an index outside of a map.
   */
  evaluate?(
    values: Uint32Array,
    fields: number,
    program: { readonly words: Uint32Array; readonly maps: readonly Uint32Array[] },
    shape: readonly [batch: number, columns: number],
  ): Uint32Array;
  /** Runs a loop of JavaScript over the ids of a batch, if the backend has to know of such loops. `code` tells loops apart. */
  compute?(loop: (ids: Uint32Array) => Uint32Array, ids: Uint32Array, code: string): Uint32Array;
}

/** The rows of one table with the optimizer state of each, updated in place. */
export interface Rows {
  readonly table: Table;
  /** Bytes of optimizer state. */
  readonly stateBytes: number;
  /** The rows as JoinedRows knows them; undefined where they cannot be joined. */
  readonly source?: unknown;
  /**
   * Rows in the order asked for: [batch * fields, width]; zeros where the index is `none`. A row outside the table is a
   * RangeError, at the latest when the device is waited for.
   */
  gather(indices: Indices): Tensor2D;
  /** One optimizer step on every row that occurs; gradients of rows that occur more than once are summed first. */
  update(lookups: readonly RowGradient[], learningRate: number): void;
  /** A copy of rows `from` to `to` (exclusive), row-major. */
  read(from: number, to: number): Promise<Float32Array>;
  /**
   * Sets rows, different from each other, to `values`, row-major, and zeroes their optimizer state where it is not to be
   * kept. Where rows overlap, those that share a float give it the same value.
   */
  write(rows: Uint32Array, values: Float32Array, keepState?: boolean): void;
  /** Copies rows with their optimizer state. All of `to` differ from each other and from all of `from`. Rows do not overlap. */
  copy(from: Uint32Array, to: Uint32Array): void;
  /** A copy of the optimizer state of all rows. */
  readState(): Promise<RowState>;
  /** Takes over the optimizer state of a table of the same shape and rule. A RangeError where the shape is another. */
  writeState(state: RowState): void;
  /** Access to parts in memory of the caller's, for copies that never are whole. Absent where rows can be had only in arrays of their own. */
  readonly pieces?: RowPieces;
  /** Keeps a copy of the rows as they are, for `restore`. */
  save(): void;
  restore(): void;
  dispose(): void;
}

/** The optimizer's state of the rows of a table. */
export interface RowState {
  /** Steps that the table has been updated in: the t of Adam's corrections. */
  readonly steps: number;
  /** Each array of state that the rule has, row after row; float after float where rows overlap. */
  readonly floats: readonly Float32Array[];
}

/** Parts of a table and of its optimizer's state. */
export interface RowPieces {
  /** Fills `into`, [to - from, width], with these rows. */
  readRows(from: number, to: number, into: Float32Array): void;
  /** The same of the copy that `save` keeps. Throws an Error if there is none. */
  readSaved(from: number, to: number, into: Float32Array): void;
  /** Steps, as in RowState. */
  readonly steps: number;
  setSteps(steps: number): void;
  /** Floats of each array of state. */
  readonly stateLengths: readonly number[];
  /** Fills `into` with the floats of an array of state from `from` on. */
  readState(array: number, from: number, into: Float32Array): void;
  /** Sets the floats of an array of state from `from` on. */
  writeState(array: number, from: number, values: Float32Array): void;
}

export interface RowGradient {
  readonly indices: Indices;
  readonly gradient: Tensor2D; // [batch * fields, width]
}

/** The index that means "no row". */
export const none = 0xffffffff;
