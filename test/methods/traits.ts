import type { MethodTraits } from '../../plugins/method-traits.ts';

export type Traits = MethodTraits;

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
    options: [{ signatures: 0 }, { power: 8 }, { keep: 100 }],
    unusedRows: true,
    neverFull: 'floats of one memory are shared',
    startScale: { from: 0.1, to: 10, why: 'all fields start with one scale' },
  },
  'product-quantization': {
    options: [
      { parts: 3 },
      { codewords: 16, keep: 0 },
      { kind: 'residual', keep: 0 },
      { kind: 'residual', parts: 2, levels: 2, codewords: 8, fineTune: 0.1 },
    ],
  },
  deduplication: {
    options: [
      { block: 1, keep: 0 },
      { block: 6, weighted: false },
    ],
  },
  dpq: {
    options: [
      { form: 'sx' },
      { parts: 3, codewords: 16, keep: 0 },
      { form: 'sx', parts: 2, keep: 0 },
      { normalize: true },
    ],
    noDerivative: 'codewords stand in for queries, and pass their gradient on',
    stepwise: 'the nearest codeword',
  },
  mec: { options: [{ parts: 2, codewords: 16, keep: 0 }] },
  mgqe: {
    options: [{ keep: 0, hot: 0.3, fewer: 2 }],
    noDerivative: 'codewords stand in for queries, and pass their gradient on',
    stepwise: 'the nearest codeword',
  },
  cerp: {
    options: [{ density: 1, keep: 0 }, { diversity: 0 }],
    zeroVectors: true,
    unusedRows: true, // a row whose floats are all below its threshold
    noDerivative: 'shrinking has kinks, which a finite step passes',
  },
  cce: { options: [{ chunks: 3, keep: 0 }, { clusterings: 1 }, { residual: 'mean' }], unusedRows: true },
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
      { threshold: 'adaptive' },
      { front: 0.2, stored: 'sketch', promotion: 'fresh' },
      { evict: 'rank', levels: 2 },
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
  svd: {
    options: [
      { scope: 'all', keep: 0 },
      { centred: false, weighted: false },
      { decomposition: 'sketch', scope: 'all' },
    ],
  },
  'multi-layer': {
    options: [{ inner: 2, keep: 0 }],
  },
  'low-rank': { options: [{ keep: 0 }] },
  'deep-hash': {
    options: [
      { decoder: 'field', hashes: 32, depth: 2 },
      { hashes: 16, encoding: 'normal', activation: 'mish' },
      { hashes: 16, keep: 0, maxWidth: 9, learningRate: 0 },
      { hashes: 32, normalize: true, depth: 2 },
    ],
    startScale: { from: 0.3, to: 3, why: 'a shared decoder starts all fields at one scale' },
    decoded: 'ids of larger fields have no rows',
    kinks: 'a small step takes some units of ReLU across 0',
  },
  'magnitude-pruning': {
    options: [{ granularity: 'row' }, { rounds: 2, fineTune: 0.2 }],
  },
  leverage: {
    options: [{ rest: 'project', rank: 2 }, { score: 'random' }],
  },
  'hash-embeddings': {
    options: [
      { shared: 'field' },
      { append: true },
      { hashes: 3, importances: 0.9, keep: 0 },
      { scale: 0.1 },
    ],
    unusedRows: true,
    startScale: { from: 0.2, to: 5, why: 'rows that all fields share start at one scale' },
  },
  bloom: {
    options: [
      { signs: true },
      { partitioned: true },
      { shared: 'all', partitioned: true },
      { hashes: 1, keep: 0 },
      { weights: 0.1 },
      { weights: 0.3, shared: 'all', signs: true, keep: 0 },
    ],
    unusedRows: true,
    zeroVectors: true, // signs of one row taken twice may cancel
    startScale: { from: 0.2, to: 5, why: 'rows that all fields share start at one scale' },
  },
  memcom: { options: [{ shift: true }, { index: 'hash', keep: 0 }], unusedRows: true },
  'concatenated-hashing': {
    options: [{ chunks: 3 }, { shared: 'all', keep: 0 }],
    unusedRows: true,
    startScale: { from: 0.2, to: 5, why: 'rows that all fields share start at one scale' },
  },
  'hashed-nets': {
    options: [{ signs: false, keep: 0 }, { shared: 'all' }],
    unusedRows: true,
    startScale: { from: 0.2, to: 5, why: 'floats that all fields share start at one scale' },
  },
  robe: {
    options: [
      { block: 3 },
      { block: 4, signs: true },
      { circular: true, block: 3 },
      { shared: 'field', keep: 0 },
      { hot: 0.3 },
      { hot: 0.5, signs: true, block: 4, keep: 0 },
    ],
    unusedRows: true,
    startScale: { from: 0.2, to: 5, why: 'the memory that all fields share starts at one scale' },
  },
  fiited: { options: [{ parts: 3 }, { parts: 1, form: 'cubic' }] },
  'deep-light': { options: [{ prunings: 1, warmUp: 0.5 }] },
  pep: {
    options: [{ granularity: 'global' }, { granularity: 'part-dim' }, { granularity: 'row' }],
  },
  'auto-srh': { options: [{ groups: 1 }, { finish: 'fine-tune' }] },
  'auto-dim': {
    options: [{ prior: 0 }, { bias: true }],
    startScale: { from: 0.3, to: 2, why: 'a mean of candidates, until the search prefers some' },
  },
  'field-pruning': { options: [{ order: 'rank' }, { retrain: false }] },
  sseds: { options: [{ order: 'per-byte' }] },
  'opt-embed': {
    options: [{ generations: 0, alpha: 0 }],
    noDerivative: 'rows are kept or not, and thresholds learn from a slope that this step does not have',
  },
  'low-precision-training': {
    options: [{ bits: 4 }, { rounding: 'nearest' }],
    stepwise: 'rounded after every update: the last bit may decide whether up or down',
  },
  'adaptive-low-precision-training': {
    options: [{ bits: 4, stored: 'fp32' }],
    neverFull: 'every row stores its step',
    stepwise: 'rounded after every update: the last bit may decide whether up or down',
  },
  'learned-step-quantization': {
    options: [{ bits: 3 }, { scale: 'largest', period: 3 }, { scale: 'largest', exact: true, bits: 4 }],
    neverFull: 'every field stores its step',
    noDerivative: 'floats are rounded, and pass the gradient of what they are rounded to straight through',
    stepwise: 'whole multiples of the step of the field',
  },
  'mixed-precision-embeddings': {
    options: [{ search: false }, { penalty: 3e-4, groups: 7 }],
    idleRows: 'without a search, groups without bits have rows that no look-up reaches',
    zeroVectors: true,
    startScale: {
      from: 0,
      to: 2,
      why: 'groups without bits are zeros, and a mixture of widths has a share of them',
    },
    noDerivative: 'floats are rounded, and pass the gradient of what they are rounded to straight through',
    stepwise: 'whole multiples of the step of field and width',
  },
  shark: { options: [{ int4: false, ratio: 10 }] },
};
