/** What conformance has to know of a method beside its plan. A method not named here is tested without exceptions. */
export interface Traits {
  /** Options beside the defaults that conformance should see. */
  readonly options?: readonly Record<string, unknown>[];
  /** Ids are hashed to rows: by chance some rows get none. All others must use every row they pay for. */
  readonly unusedRows?: true;
  /** Rows are given to ids while training: which are used at the start says nothing. */
  readonly rowsGivenLater?: true;
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
  'binary-code': { options: [{ combine: 'concat', segments: 3 }, { keep: 0 }], unusedRows: true },
  'unified-embedding': {
    options: [{ combine: 'sum' }, { lookUps: 3 }],
    unusedRows: true,
    neverFull: 'ids of all fields are hashed into one table',
    startScale: { from: 0.1, to: 10, why: 'all fields start with one scale' },
  },
  'multi-probe-hashing': {
    options: [{ evict: 'never' }, { probes: 2 }],
    rowsGivenLater: true,
    neverFull: 'every slot stores the id it is for',
    startScale: { from: 0, to: 10, why: 'before training all ids of a field share its row for unknown ids' },
  },
  lma: {
    options: [{ signatures: 0 }, { power: 8 }],
    unusedRows: true,
    neverFull: 'floats of one memory are shared',
    startScale: { from: 0.1, to: 10, why: 'all fields start with one scale' },
  },
  cce: { options: [{ chunks: 3, keep: 0 }, { clusterings: 1 }], unusedRows: true },
  'learned-hash': {
    options: [{ width: 20, keep: 0 }],
    startScale: { from: 0, to: 2, why: 'the sketch is padded with zeros' },
  },
  'frequency-truncation': { options: [{ oov: 20 }], unusedRows: true },
  'ada-embed': {
    options: [{ others: 'shared' }, { keep: 0, others: 'shared' }, { normalize: true }],
    rowsGivenLater: true,
    zeroVectors: true,
    startScale: { from: 0, to: 2, why: 'ids without rows are zeros' },
  },
  cafe: {
    options: [
      { levels: 2 },
      { stored: 'sketch' },
      { hot: 0.9 },
      { hot: 0 },
      { keep: 0, importance: 'frequency' },
    ],
    rowsGivenLater: true,
  },
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
  'tensor-train': {
    options: [
      { cores: 2 },
      { cores: 4, order: 'ends' },
      { hotRows: 0.3 },
      { keep: 0, order: 'last' },
      { maxRank: 3 },
    ],
  },
  'product-quantization': { options: [{ parts: 3 }, { codewords: 16, keep: 0 }] },
  'magnitude-pruning': {
    options: [{ granularity: 'row' }, { rounds: 2, fineTune: 0.2 }],
  },
};
