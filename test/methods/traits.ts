/** What conformance has to know of a method beside its plan. A method not named here is tested without exceptions. */
export interface Traits {
  /** Options beside the defaults that conformance should see. */
  readonly options?: readonly Record<string, unknown>[];
  /** Ids are hashed to rows: by chance some rows get none. All others must use every row they pay for. */
  readonly unusedRows?: true;
  /** Some ids are zero vectors by design, and are not trained. */
  readonly zeroVectors?: true;
  /** A full budget gives something else than a row per id: why. */
  readonly neverFull?: string;
  /** Standard deviation of the first vectors relative to a full table's, where not from 0.5 to 2: why, and what. */
  readonly startScale?: { readonly from: number; readonly to: number; readonly why: string };
  /** The gradient is not the derivative (straight-through estimators): why. */
  readonly noDerivative?: string;
  /** A vector moves in steps, and a small change of what is trained may not move it: why. */
  readonly stepwise?: string;
  /** Of some arrays that are stored, scores on a small log do not depend: why. */
  readonly idleStorage?: string;
}

export const traits: Readonly<Record<string, Traits>> = {
  uniform: {
    options: [{ lift: 'project' }],
    startScale: { from: 0, to: 2, why: 'vectors are padded with zeros' },
  },
  'mixed-dimension': {
    options: [
      { rounding: 'power-of-two' },
      { blocking: 'field' },
      { blocking: 'popularity' },
      { blocking: 'popularity', blocks: 3 },
    ],
    zeroVectors: true,
    startScale: { from: 0, to: 2, why: 'rare ids may be zeros' },
  },
  'hashing-trick': { options: [{ index: 'modulo' }, { keep: 0 }], unusedRows: true },
  'quotient-remainder': {
    options: [{ combine: 'sum' }, { combine: 'concat' }, { large: 'quotient' }, { threshold: 5 }],
  },
  'binary-code': { options: [{ combine: 'concat', segments: 3 }, { keep: 0 }], unusedRows: true },
  'unified-embedding': {
    options: [{ combine: 'sum' }, { lookUps: 3 }],
    unusedRows: true,
    neverFull: 'ids of all fields are hashed into one table',
    startScale: { from: 0.1, to: 10, why: 'all fields start with one scale' },
  },
  lma: {
    options: [{ signatures: 0 }, { power: 8 }],
    unusedRows: true,
    neverFull: 'floats of one memory are shared',
    startScale: { from: 0.1, to: 10, why: 'all fields start with one scale' },
  },
  'product-quantization': { options: [{ parts: 3 }, { codewords: 16, keep: 0 }] },
  dpq: {
    options: [{ form: 'sx' }, { parts: 3, codewords: 16, keep: 0 }, { form: 'sx', parts: 2, keep: 0 }],
    noDerivative: 'codewords stand in for queries, and pass their gradient on',
    stepwise: 'the nearest codeword',
  },
  mgqe: {
    options: [{ keep: 0, hot: 0.3, fewer: 2 }],
    noDerivative: 'codewords stand in for queries, and pass their gradient on',
    stepwise: 'the nearest codeword',
  },
  'frequency-truncation': { options: [{ oov: 20 }], unusedRows: true },
  'double-hashing': {
    options: [{ combine: 'concat' }, { hot: 0 }, { hot: 1 }, { keep: 0 }],
    unusedRows: true,
  },
  'complementary-partitions': {
    options: [
      { partitions: 'remainder' },
      { partitions: 'path' },
      { combine: 'sum' },
      { combine: 'concat' },
      { k: 5, partitions: 'remainder', combine: 'sum', threshold: 0 },
    ],
  },
};
