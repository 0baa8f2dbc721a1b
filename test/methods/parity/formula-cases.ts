import type { Case } from './question.ts';
import { of, step } from './cases.ts';

/** Layers that are compared with the paper's formula, because no code of their authors is public or could run. */
export const formulaCases: readonly Case[] = [
  ...of(
    'memcom',
    ['modulo', { keep: 0 }, { compression: 2 }],
    ['with shifts', { keep: 0, shift: true }, { compression: 1.5, dim: 6 }],
  ),
  ...of('unified-embedding', ['joined', {}], ['added', { combine: 'sum' }], ['three pieces', { lookUps: 3 }]),
  ...of('binary-code', ['added', { keep: 0 }], ['joined', { keep: 0, combine: 'concat', segments: 3 }]),
  ...of(
    'complementary-partitions',
    ['digits, product', { threshold: 0 }, { cardinalities: [5, 90, 60], compression: 4 }],
    ['digits, sum', { threshold: 0, combine: 'sum', k: 2 }, { cardinalities: [5, 90, 60] }],
    ['digits, joined', { threshold: 0, combine: 'concat' }, { cardinalities: [5, 90, 60], compression: 6 }],
    [
      'remainders',
      { threshold: 0, partitions: 'remainder' },
      { cardinalities: [5, 90, 60], compression: 3.5 },
    ],
    [
      'path',
      { threshold: 0, partitions: 'path', hidden: 1 },
      { cardinalities: [5, 90, 60], compression: 1.5 },
    ],
  ),
  ...of(
    'double-hashing',
    ['added', { keep: 0, hot: 0.5 }],
    ['halves', { keep: 0, hot: 0.5, combine: 'concat' }],
    ['no hot ids', { keep: 0, hot: 0 }],
  ),
  ...of('hashed-nets', ['signs', { keep: 0, signs: true }]),
  ...of('robe', ['signs', { keep: 0, block: 3, signs: true }]),
  ...of('multi-layer', ['wide rows', { keep: 0, inner: 2 }, { compression: 2 }]),
  ...of('mec', [
    'pretraining',
    { keep: 0, shrink: 0.1, contrast: 0.2 },
    { compression: 1.5, training: step },
  ]),
  ...of('mec', [
    'retraining',
    { keep: 0, parts: 2, codewords: 4 },
    { compression: 1.5, stage: 1, training: step },
  ]),
  ...of('multi-probe-hashing', ['first step', {}, { compression: 2, training: { index: 0, steps: 10 } }]),
  ...of('uniform', ['padded', {}]),
  ...of('bloom', ['own rows for each hash', { keep: 0, hashes: 2, partitioned: true }]),
  ...of('cafe', ['before any id is hot', { keep: 0 }]),
  ...of('ada-embed', ['before any id has a row', { keep: 0, others: 'shared' }]),
];
