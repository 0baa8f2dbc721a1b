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
  'double-hashing': {
    options: [{ combine: 'concat' }, { hot: 0 }, { hot: 1 }, { keep: 0 }],
    unusedRows: true,
  },
  'magnitude-pruning': {
    options: [{ granularity: 'row' }, { rounds: 2, fineTune: 0.2 }],
  },
  'deep-light': { options: [{ prunings: 1, warmUp: 0.5 }] },
};
