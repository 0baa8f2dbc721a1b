import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { addonFile, hasOutdated, type Sanitizer } from './build.ts';

/** A table of the add-on: freed with `freeTable`, or when it is garbage. */
declare const table: unique symbol;
export interface TableHandle {
  readonly [table]: true;
}

/** Arguments of an optimizer's step: rule, learning rate, step from 1, and the rule's constants. */
export type StepArguments = [
  rule: string,
  rate: number,
  step: number,
  epsilon: number,
  beta1: number,
  beta2: number,
];

/**
 * The C++ add-on (source/). Arrays are row-major and checked against the sizes that come with them; whatever does not
 * fit is a RangeError or TypeError. Outputs are written into arrays of the caller's.
 */
export interface Addon {
  /** Threads and instruction set, from here on; without one the widest that the processor has. Returns its name. */
  configure(threads: number, instructionSet?: string): string;
  /** Memory outside of the JavaScript heap, aligned to cache lines; its length may be more than was asked for. */
  allocate(bytes: number): ArrayBuffer;

  /** c = a b (+ bias, then relu); a: [m, k] or transposed [k, m], b: [k, n] or transposed [n, k]. */
  matMul(
    a: Float32Array,
    b: Float32Array,
    c: Float32Array,
    m: number,
    n: number,
    k: number,
    transposeA: boolean,
    transposeB: boolean,
    bias?: Float32Array,
    relu?: boolean,
  ): void;
  denseGradInput(
    dz: Float32Array, // [batch, out]
    weights: Float32Array, // [in, out]
    mask: Float32Array | undefined, // [batch, in]
    dx: Float32Array, // [batch, in]
    batch: number,
    input: number,
    output: number,
  ): void;
  denseGradWeights(
    x: Float32Array, // [batch, in]
    dz: Float32Array, // [batch, out]
    dWeights: Float32Array, // [in, out]
    dBias: Float32Array, // [out]
    batch: number,
    input: number,
    output: number,
  ): void;
  interact(
    x: Float32Array, // [batch, dim]
    vectors: Float32Array, // [batch, fields, dim]
    y: Float32Array, // [batch, dim + pairs]
    batch: number,
    fields: number,
    dim: number,
  ): void;
  interactGrad(
    x: Float32Array,
    vectors: Float32Array,
    dy: Float32Array,
    dx: Float32Array,
    dvectors: Float32Array,
    batch: number,
    fields: number,
    dim: number,
  ): void;
  crossEntropy(logits: Float32Array, labels: Float32Array, count: number): number;
  crossEntropyGrad(
    logits: Float32Array,
    labels: Float32Array,
    dy: number,
    d: Float32Array,
    count: number,
  ): void;
  updateDense(
    weights: Float32Array,
    gradient: Float32Array,
    state0: Float32Array | undefined,
    state1: Float32Array | undefined,
    rows: number,
    width: number,
    ...step: StepArguments
  ): void;

  createTable(rows: number, width: number, stride: number, rule: string): TableHandle;
  freeTable(table: TableHandle): void;
  tableStateBytes(table: TableHandle): number;
  /** Floats `from` to `to` uniform on mean +- halfWidth. */
  fillTable(
    table: TableHandle,
    from: number,
    to: number,
    mean: number,
    halfWidth: number,
    seed: number,
  ): void;
  gatherRows(table: TableHandle, indices: Uint32Array, out: Float32Array): void;
  updateTable(
    table: TableHandle,
    indices: readonly Uint32Array[],
    gradients: readonly Float32Array[],
    ...step: StepArguments
  ): void;
  /** Rows `from` to `to`, into `out`: [to - from, width]. */
  readTable(table: TableHandle, from: number, to: number, out: Float32Array): void;
  saveTable(table: TableHandle): void;
  restoreTable(table: TableHandle): void;
}

/** Loads the add-on; throws where it was not built, or not for this machine. */
export function loadAddon(sanitizer?: Sanitizer): Addon {
  const file = addonFile(sanitizer);
  if (existsSync(file)) return createRequire(import.meta.url)(file) as Addon;
  throw new NotBuilt(
    hasOutdated(sanitizer) ? 'what was built is of other sources, or for another machine' : 'it is not built',
  );
}

/** `npm run build:native` may help. */
export class NotBuilt extends Error {}
