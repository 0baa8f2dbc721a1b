import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { hasOutdated, usableAddon, type Sanitizer } from './build.ts';
import { damagedFolders } from './prebuilt.ts';

/** A table of the add-on: freed with `freeTable`, or when it is garbage. */
declare const table: unique symbol;
export interface TableHandle {
  readonly [table]: true;
}

export type Numbers = Float32Array | Int32Array | Uint8Array;

/** Arguments of an optimizer's step: the rule's name, and the numbers of the step in the order in which the rule names them. */
export type StepArguments = [rule: string, numbers: Float64Array];

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
  /** Codes of few bits, see harness/ops/packed-activations.ts; `scale` becomes the largest number without its sign. */
  packRows(
    x: Float32Array, // [rows, columns]
    words: Int32Array, // [rows, ceil(columns / (32 / bits))]
    scale: Float32Array, // [1]
    ...form: [rows: number, columns: number, bits: number, signed: boolean]
  ): void;
  unpackRows(
    words: Int32Array,
    scale: number,
    x: Float32Array,
    ...form: [rows: number, columns: number, bits: number, signed: boolean]
  ): void;
  /** denseGradInput with outputs of ReLU in codes as mask. */
  packedGradInput(
    dz: Float32Array,
    weights: Float32Array,
    words: Int32Array,
    bits: number,
    dx: Float32Array,
    ...sizes: [batch: number, input: number, output: number]
  ): void;
  /** denseGradWeights with x in codes. They are restored some samples at a time; where output is 1, all at once. */
  packedGradWeights(
    words: Int32Array,
    scale: number,
    bits: number,
    signed: boolean,
    dz: Float32Array,
    dWeights: Float32Array,
    dBias: Float32Array,
    ...sizes: [batch: number, input: number, output: number]
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
  /** A factorization machine, see harness/ops/fm-interaction.ts: its values, and the sums of all vectors. */
  fmInteract(
    vectors: Float32Array, // [batch, fields, dim]
    dense: Float32Array | undefined, // [batch, denseFields]
    factors: Float32Array | undefined, // [denseFields, dim - 1]
    y: Float32Array, // [batch]
    sums: Float32Array, // [batch, dim - 1]
    ...sizes: [batch: number, fields: number, dim: number, denseFields: number]
  ): void;
  fmGrad(
    vectors: Float32Array,
    sums: Float32Array,
    dy: Float32Array,
    dvectors: Float32Array,
    ...sizes: [batch: number, fields: number, dim: number]
  ): void;
  fmGradFactors(
    dense: Float32Array,
    factors: Float32Array,
    sums: Float32Array,
    dy: Float32Array,
    dfactors: Float32Array,
    ...sizes: [batch: number, fields: number, dim: number, denseFields: number]
  ): void;
  /** y: [batch], the sums of coordinate 0 of vectors: [batch, fields, dim]. */
  firstOrderSum(
    vectors: Float32Array,
    y: Float32Array,
    ...sizes: [batch: number, fields: number, dim: number]
  ): void;
  firstOrderGrad(
    dy: Float32Array,
    dvectors: Float32Array,
    ...sizes: [batch: number, fields: number, dim: number]
  ): void;
  /** y: [batch, fields (dim - from) + denseFields], see harness/ops/deep-input.ts. */
  deepInput(
    vectors: Float32Array,
    dense: Float32Array,
    y: Float32Array,
    ...sizes: [batch: number, fields: number, dim: number, from: number, denseFields: number]
  ): void;
  deepInputGrad(
    dy: Float32Array,
    dvectors: Float32Array,
    ...sizes: [batch: number, fields: number, dim: number, from: number, denseFields: number]
  ): void;
  /** The cross layers of DCN, see harness/ops/cross-vectors.ts. */
  crossVectors(
    x: Float32Array, // [batch, n]
    weights: Float32Array, // [layers, n]
    biases: Float32Array, // [layers, n]
    y: Float32Array, // [batch, n]
    products: Float32Array, // [batch, layers]
    ...sizes: [batch: number, n: number, layers: number]
  ): void;
  crossVectorsGrad(
    x: Float32Array,
    weights: Float32Array,
    biases: Float32Array,
    products: Float32Array,
    dy: Float32Array,
    dx: Float32Array,
    dWeights: Float32Array,
    dBiases: Float32Array,
    ...sizes: [batch: number, n: number, layers: number]
  ): void;
  /** y = x0 u + x, number by number. */
  crossProduct(x0: Float32Array, u: Float32Array, x: Float32Array, y: Float32Array, count: number): void;
  /** du = dy x0, dx0 = dy u + before. */
  crossProductGrad(
    dy: Float32Array,
    x0: Float32Array,
    u: Float32Array,
    before: Float32Array | undefined,
    du: Float32Array,
    dx0: Float32Array,
    count: number,
  ): void;
  /** A cross layer of low rank, see harness/ops/low-rank-cross.ts. */
  lowRankCross(
    x0: Float32Array, // [batch, n]
    x: Float32Array,
    down: Float32Array, // [n, rank]
    up: Float32Array, // [rank, n]
    bias: Float32Array, // [n]
    narrow: Float32Array, // [batch, rank]
    u: Float32Array, // [batch, n]
    y: Float32Array,
    ...sizes: [batch: number, n: number, rank: number]
  ): void;
  /** Without dx0, x is x0, and dx is the gradient of both. */
  lowRankCrossGrad(
    dy: Float32Array,
    x0: Float32Array,
    x: Float32Array,
    narrow: Float32Array,
    u: Float32Array,
    down: Float32Array,
    up: Float32Array,
    before: Float32Array | undefined,
    dx: Float32Array,
    dx0: Float32Array | undefined,
    dDown: Float32Array,
    dUp: Float32Array,
    dBias: Float32Array,
    ...sizes: [batch: number, n: number, rank: number]
  ): void;
  /**
   * A cross layer with a mixture of experts, see harness/ops/mixed-cross.ts. weights: gates, down, up, bias; saved: shares, narrow, inner,
   * mixed, u.
   */
  mixedCross(
    x0: Float32Array,
    x: Float32Array,
    weights: readonly Float32Array[],
    squares: readonly Float32Array[],
    saved: readonly Float32Array[],
    y: Float32Array,
    ...sizes: [batch: number, n: number, rank: number, experts: number]
  ): void;
  /** weights: gates, down, up; gradients: of these and the bias. */
  mixedCrossGrad(
    dy: Float32Array,
    x0: Float32Array,
    x: Float32Array,
    weights: readonly Float32Array[],
    squares: readonly Float32Array[],
    saved: readonly Float32Array[],
    before: Float32Array | undefined,
    dx: Float32Array,
    dx0: Float32Array | undefined,
    gradients: readonly Float32Array[],
    dSquares: readonly Float32Array[],
    ...sizes: [batch: number, n: number, rank: number, experts: number]
  ): void;
  /** y: [rows], the dot products of the rows of a and b: [rows, n]. */
  rowDots(a: Float32Array, b: Float32Array, y: Float32Array, rows: number, n: number): void;
  rowDotsGrad(
    a: Float32Array,
    b: Float32Array,
    dy: Float32Array,
    da: Float32Array,
    db: Float32Array,
    rows: number,
    n: number,
  ): void;
  /** codes: [groups, batch], the nearest of the first counts[group] codewords; queries: [groups, batch, width], codebooks: [groups, codewords, width]. */
  nearestCodewords(
    queries: Float32Array,
    codebooks: Float32Array,
    counts: Int32Array,
    codes: Int32Array,
    ...sizes: [groups: number, batch: number, codewords: number, width: number]
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
    states: readonly Float32Array[],
    rows: number,
    width: number,
    ...step: StepArguments
  ): void;

  /** Moves an estimate of rank k by a batch, in place; see harness/gradients/stream-batch.ts. */
  streamGradient(
    x: Float32Array, // [batch, in]
    dz: Float32Array, // [batch, out]
    inputs: Float32Array, // [k, in]
    outputs: Float32Array, // [k, out]
    sigma: Float32Array, // [k]
    batch: number,
    input: number,
    output: number,
    k: number,
    subBatch: number,
  ): void;
  /** An optimizer's step on weights: [in, out] by an estimate of their gradient. */
  estimateStep(
    weights: Float32Array,
    inputs: Float32Array,
    outputs: Float32Array,
    sigma: Float32Array,
    states: readonly Float32Array[],
    input: number,
    output: number,
    k: number,
    ...step: StepArguments
  ): void;

  /** Names of the operations of a kind; the functions below take their places in this list. */
  operations(kind: 'unary' | 'binary' | 'reduction'): string[];
  /** y = operation(x), number by number; y may be x. What p and q are is the operation's. */
  unary(operation: number, x: Numbers, y: Numbers, p: number, q: number): void;
  /** y = operation(a, b); layout: [size, step of a, step of b] for each of `rank` dimensions of y. */
  binary(operation: number, a: Numbers, b: Numbers, y: Numbers, layout: Float64Array, rank: number): void;
  /** t where condition is 1, elsewhere e. */
  select(condition: Uint8Array, t: Numbers, e: Numbers, out: Numbers): void;
  /** Whatever the types; to a Uint8Array, whether it is not 0. */
  convert(x: Numbers, out: Numbers): void;
  /** [outer, n, inner] -> [outer, inner], divided by `divisor` where they are floats. */
  sum(
    x: Float32Array | Int32Array,
    out: Numbers,
    outer: number,
    n: number,
    inner: number,
    divisor: number,
  ): void;
  /** [outer, n, inner] -> [outer, inner]; n must not be 0. */
  reduce(operation: number, x: Numbers, out: Numbers, outer: number, n: number, inner: number): void;
  /** Sums or products of all before along n, of [outer, n, inner]. */
  scan(
    x: Numbers,
    y: Numbers,
    outer: number,
    n: number,
    inner: number,
    exclusive: boolean,
    reverse: boolean,
    product: boolean,
  ): void;
  softmax(x: Float32Array, y: Float32Array, rows: number, n: number): void;
  /** The k greatest of every row of x: [rows, n], greatest first. */
  top(x: Numbers, values: Numbers, indices: Int32Array, rows: number, n: number, k: number): void;
  /** layout: [size, step of from, step of to] for each of `rank` dimensions. */
  copy(
    from: Numbers,
    to: Numbers,
    layout: Float64Array,
    rank: number,
    fromOffset: number,
    toOffset: number,
  ): void;
  gather(
    x: Numbers, // [batch, outer, dim, slice]
    indices: Int32Array, // [batch, count]
    out: Numbers, // [batch, outer, count, slice]
    batch: number,
    outer: number,
    dim: number,
    count: number,
    slice: number,
  ): void;
  /** x: [n, slice], summed by segment: out: [count, slice]. Rows of no segment are left out. */
  segmentSum(
    x: Float32Array,
    segments: Int32Array,
    out: Float32Array,
    n: number,
    count: number,
    slice: number,
  ): void;
  /** out: [n, depth]. */
  oneHot(indices: Int32Array, out: Numbers, n: number, depth: number, on: number, off: number): void;
  /** matMul for many matrices; layout: [size, step of a, step of b] for each of `rank` dimensions, in matrices. */
  matMuls(
    a: Float32Array,
    b: Float32Array,
    c: Float32Array,
    layout: Float64Array,
    rank: number,
    m: number,
    n: number,
    k: number,
    transposeA: boolean,
    transposeB: boolean,
    bias?: Float32Array,
  ): void;
  /** Adds a group's vectors to y; see harness/ops/join-fields.ts. */
  joinFields(
    x: Float32Array, // [batch, members, width]
    matrices: Float32Array | undefined, // [members, width, dim]
    y: Float32Array, // [batch, fields, dim]
    members: Uint32Array, // the field of each
    ...sizes: [batch: number, width: number, fields: number, dim: number]
  ): void;
  joinFieldsGradX(
    dy: Float32Array,
    matrices: Float32Array | undefined,
    dx: Float32Array,
    members: Uint32Array,
    ...sizes: [batch: number, width: number, fields: number, dim: number]
  ): void;
  joinFieldsGradMatrices(
    x: Float32Array,
    dy: Float32Array,
    dMatrices: Float32Array,
    members: Uint32Array,
    ...sizes: [batch: number, width: number, fields: number, dim: number]
  ): void;

  /**
   * Rows looked up and put together (harness/ops/join-rows.ts). parts, five of each group: a table, vectors [batch, members, width] or
   * stored bytes; indices [batch, members * pieces], none for vectors; the members' fields; matrices or undefined; codes or undefined,
   * of each piece the number of its map, or none, where it starts there, and the row that it starts from; indices are positions then. sizes, nine of each
   * group: width, pieces, and the form of stored bytes.
   */
  joinRows(
    parts: readonly unknown[],
    sizes: Float64Array,
    y: Float32Array,
    batch: number,
    fields: number,
    dim: number,
    maps: readonly Uint32Array[],
  ): void;
  joinRowsGradRows(
    dy: Float32Array,
    matrices: Float32Array | undefined,
    indices: Uint32Array,
    dx: Float32Array,
    field: Uint32Array,
    batch: number,
    width: number,
    pieces: number,
    fields: number,
    dim: number,
  ): void;
  joinRowsGradMatrices(
    table: TableHandle,
    indices: Uint32Array,
    dy: Float32Array,
    dMatrices: Float32Array,
    field: Uint32Array,
    batch: number,
    fields: number,
    dim: number,
  ): void;

  /** Index arithmetic: see IndexLoops of harness/contract/backend.ts, with the array that the result goes to. */
  applyToIndices(operation: string, values: Uint32Array, operands: Uint32Array, out: Uint32Array): void;
  indicesWithin(values: Uint32Array, from: Uint32Array, to: Uint32Array, out: Uint32Array): void;
  pickColumns(values: Uint32Array, fields: number, columns: Uint32Array, out: Uint32Array): void;
  chooseIndices(here: Uint32Array, values: Uint32Array, others: Uint32Array, out: Uint32Array): void;
  indicesThrough(values: Uint32Array, map: Uint32Array, out: Uint32Array): void;
  evaluateIndices(
    values: Uint32Array,
    fields: number,
    words: Uint32Array,
    maps: readonly Uint32Array[],
    columns: number,
    out: Uint32Array,
  ): void;
  /** The same as floats: each times a power of two, plus a number. */
  evaluateToFloats(
    values: Uint32Array,
    fields: number,
    words: Uint32Array,
    maps: readonly Uint32Array[],
    columns: number,
    times: number,
    plus: number,
    out: Float32Array,
  ): void;

  /** The rules that the add-on was built with: see signatureOf. */
  rules(): string[];
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
  /** Rows `from` to `to`, into `out`: [to - from, width]; as they were saved last if `saved`. */
  readTable(table: TableHandle, from: number, to: number, out: Float32Array, saved?: boolean): void;
  /** Sets rows, different from each other, to `values`: [rows, width]. Zeroes their state where it is not kept. */
  writeRows(table: TableHandle, rows: Uint32Array, values: Float32Array, keepState?: boolean): void;
  /** Array `i` of the optimizer's state into `out`: whole, or as much as `out` takes of what begins at float `from`. */
  readTableState(table: TableHandle, i: number, out: Float32Array, from?: number): void;
  /** Sets array `i` of the optimizer's state, whole, or as much as `values` has from float `from` on. */
  writeTableState(table: TableHandle, i: number, values: Float32Array, from?: number): void;
  /** Copies rows with their state. All of `to` differ from each other and from all of `from`. */
  copyRows(table: TableHandle, from: Uint32Array, to: Uint32Array): void;
  /** Rows of a table as it is stored: 16-bit floats, or codes of 2, 4 or 8 bits with a scale per `block` of them. */
  /** form: StoredSource's. */
  gatherStored(
    bytes: Uint8Array,
    form: Float64Array,
    width: number,
    indices: Uint32Array,
    out: Float32Array,
  ): void;
  saveTable(table: TableHandle): void;
  restoreTable(table: TableHandle): void;
}

/** Loads the add-on; throws where it was not built, or not for this machine. */
export function loadAddon(sanitizer?: Sanitizer): Addon {
  const file = usableAddon(sanitizer);
  if (file !== undefined) {
    const addon = createRequire(import.meta.url)(file) as Addon;
    files.set(addon, file);
    return addon;
  }
  const [damaged] = damagedFolders();
  if (damaged !== undefined)
    throw new NotBuilt(`${damaged} has another add-on than was packed, npm ci installs it again; without it`);
  throw new NotBuilt(
    hasOutdated(sanitizer) ? 'what was built is of other sources, or for another machine' : 'it is not built',
  );
}

const files = new WeakMap<Addon, string>();

/** A hash of the file that an add-on was loaded from: compilers, too, differ in the bits of results. */
export function addonDigest(addon: Addon): string {
  const file = files.get(addon);
  if (file === undefined) throw new Error('this add-on was not loaded by loadAddon');
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** `npm run build:native` may help. */
export class NotBuilt extends Error {}
