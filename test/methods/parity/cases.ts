import type { Case } from './question.ts';

/** The layers that reference code is asked about, small enough to be stored as numbers. */

type Options = Readonly<Record<string, unknown>>;
type Shape = Pick<Case, 'cardinalities' | 'dim' | 'compression'> &
  Partial<Pick<Case, 'training' | 'scale' | 'stage'>>;

const small: Shape = { cardinalities: [5, 40, 23], dim: 4, compression: 3 };
export const step = { index: 3, steps: 10 };

export const of = (
  method: string,
  ...shapes: readonly (readonly [label: string, options: Options, shape?: Partial<Shape>])[]
) => shapes.map(([label, options, shape]): Case => ({ method, label, options, ...small, ...shape }));

const all = { keep: 0 };

/** Layers that a stage before has made, of weights that are drawn. */
const served: readonly Case[] = [
  ...of('product-quantization', ['served', { ...all, parts: 2, codewords: 4 }, { stage: 1 }]),
  ...of('learned-hash', ['served', { ...all, width: 2 }, { stage: 1 }]),
  ...of(
    'deduplication',
    ['served', { ...all, block: 2 }, { stage: 1 }],
    ['rows', { ...all, block: 1 }, { stage: 1 }],
  ),
  ...of('cce', ['clustered', { ...all, chunks: 2 }, { stage: 1 }]),
  ...of('pep', ['retraining', {}, { stage: 1, training: step }]),
  ...of('cerp', ['retraining', all, { stage: 1, training: step }]),
  ...of('auto-dim', ['retraining', {}, { stage: 1, compression: 2, training: step }]),
];

export const cases: readonly Case[] = [
  ...of('full', ['plain', {}, { compression: 1 }]),
  ...of(
    'quotient-remainder',
    ['product', { threshold: 0, large: 'quotient', collisions: 4 }, { compression: 1 }],
    ['sum', { threshold: 0, large: 'quotient', collisions: 4, combine: 'sum' }, { compression: 1 }],
    ['halves', { threshold: 0, large: 'quotient', collisions: 3, combine: 'concat' }, { compression: 1 }],
    ['large remainders', { threshold: 0, large: 'remainder', collisions: 4 }, { compression: 1 }],
    ['whole fields', { threshold: 20, large: 'quotient', collisions: 2 }, { compression: 1 }],
    ['solved', { threshold: 0 }, { compression: 2 }],
  ),
  ...of(
    'mixed-dimension',
    ['temperature .3', { blocking: 'field', temperature: 0.3 }, { compression: 1, dim: 8 }],
    ['temperature .6', { blocking: 'field', temperature: 0.6 }, { compression: 1, dim: 8 }],
    [
      'powers of two',
      { blocking: 'field', temperature: 0.4, rounding: 'power-of-two' },
      { compression: 1, dim: 8, cardinalities: [3, 50, 17, 200] },
    ],
  ),
  ...of('uniform', ['projected', { lift: 'project' }, { dim: 6 }]),
  ...of('hashing-trick', ['hash', all], ['modulo', { ...all, index: 'modulo' }]),
  ...of(
    'bloom',
    ['four rows', all],
    ['two rows with signs', { ...all, hashes: 2, signs: true }],
    ['one memory', { ...all, hashes: 3, shared: 'all' }],
  ),
  ...of(
    'hash-embeddings',
    ['two rows', { ...all, shared: 'field', importances: 0.4 }],
    [
      'three rows, all weights',
      { ...all, shared: 'field', hashes: 3, importances: 0.9 },
      { compression: 1.5 },
    ],
    ['weights appended', { ...all, shared: 'field', append: true }, { dim: 6 }],
  ),
  ...of(
    'robe',
    ['circular', { ...all, circular: true, block: 2, shared: 'all' }],
    ['circular, one block', { ...all, circular: true, block: 4, shared: 'field' }],
    ['inside', { ...all, block: 2 }],
    ['inside, single floats', { ...all, block: 1 }],
  ),
  ...of('lma', ['without signatures', { signatures: 0 }]),
  ...of(
    'hashed-nets',
    ['without signs', { ...all, signs: false }],
    ['one memory', { ...all, signs: false, shared: 'all' }],
  ),
  ...of('concatenated-hashing', ['four chunks', all, { dim: 8 }], ['two chunks', { ...all, chunks: 2 }]),
  ...of('cce', ['hashed rows', { ...all, chunks: 2 }]),
  ...of(
    'tensor-train',
    [
      'lowest digit first',
      { ...all, order: 'last', rank: 2 },
      { cardinalities: [60, 100], dim: 8, compression: 1.5 },
    ],
    [
      'highest digit first',
      { ...all, order: 'first', rank: 3 },
      { cardinalities: [120, 210], dim: 8, compression: 1.5 },
    ],
    [
      'two cores',
      { ...all, order: 'first', rank: 2, cores: 2 },
      { cardinalities: [60, 100], dim: 6, compression: 1.5 },
    ],
  ),
  ...of(
    'deep-hash',
    ['relu', { ...all, hashes: 8, depth: 2, width: 8 }, { compression: 1.8, cardinalities: [5, 90, 70] }],
    [
      'mish',
      { ...all, hashes: 6, depth: 1, width: 8, activation: 'mish' },
      { compression: 1.8, cardinalities: [5, 90, 70] },
    ],
  ),
  ...of('low-rank', ['ranks', all, { dim: 6 }]),
  ...of(
    'pep',
    ['a threshold for each float', { start: -2 }],
    ['a threshold for all', { start: -2, granularity: 'global' }],
    ['a threshold for each coordinate', { start: -2, granularity: 'dim' }],
    ['a threshold for each field', { start: -2, granularity: 'part' }],
    ['a threshold for each field and coordinate', { start: -2, granularity: 'part-dim' }],
    ['a threshold for each id', { start: -2, granularity: 'row' }],
  ),
  ...of(
    'cerp',
    ['search', { ...all, diversity: 0.01 }, { training: step }],
    ['dense', { ...all, density: 1 }],
  ),
  ...of(
    'opt-embed',
    ['as served', {}, { scale: 0.25 }],
    ['training', { alpha: 0.01 }, { scale: 0.25, training: step }],
  ),
  ...of(
    'learned-step-quantization',
    ['4 bits', { bits: 4 }, { compression: 2, scale: 0.5 }],
    ['2 bits', { bits: 2 }, { compression: 2 }],
    ['8 bits', { bits: 8 }, { compression: 2 }],
  ),
  ...of('magnitude-pruning', ['floats', {}], ['rows', { granularity: 'row' }]),
  ...of(
    'svd',
    ['plain', { keep: 0, centred: false, weighted: false }, { dim: 6 }],
    ['centred and weighted', { keep: 0 }, { dim: 6 }],
  ),
  ...of('frequency-truncation', ['a row for the rest', {}], ['three rows for the rest', { oov: 3 }]),
  ...of('mixed-precision-embeddings', [
    'search',
    { groups: 5, temperature: 0.5, penalty: 0.01 },
    { cardinalities: [20, 200, 150], compression: 6, training: step, scale: 0.25 },
  ]),
  ...of('auto-srh', ['groups', { groups: 3, l1: 0.01, warmUp: 0 }, { training: step }]),
  ...of(
    'dpq',
    ['nearest', { ...all, parts: 2, codewords: 4 }, { training: step }],
    [
      'softmax',
      { ...all, form: 'sx', parts: 2, codewords: 4, temperature: 0.7 },
      { training: step, scale: 0.25 },
    ],
  ),
  ...of('mgqe', ['two tiers', { ...all, parts: 2, codewords: 4, fewer: 2, hot: 0.3 }, { training: step }]),
  ...of('auto-dim', ['search', {}, { compression: 2, training: step }]),
  ...served,
];
