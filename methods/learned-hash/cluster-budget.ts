import type { Layer } from '../../harness/contract/method.ts';
import { codeBits } from '../shared/codes/code-bytes.ts';
import { growCodebooks, type Codewords } from '../shared/codes/codebook-growth.ts';
import type { CodeLayout } from '../shared/codes/coded-layer.ts';
import { sum } from '../../base/sum.ts';
import { chooseUncompressed } from '../shared/rows/keep-option.ts';

export interface ClusterRule {
  /** Width of the vectors that are clustered. */
  readonly width: number;
  /** Fields with at most this many ids keep a row for each, see `chooseUncompressed`. */
  readonly keep: number;
}

/**
 * Takes as many clusters of each field's ids as fit, each with a row: a layer of codes of one part. Undefined if not even a
 * row for each field fits.
 *
 * Clusters of vectors of width s leave K^(-2 / s) of their variance at best (Zador), uncompressed fields nothing; a field counts as
 * much as any other, for each is looked up once a sample.
 */
export function solveClusters(
  { fields, dim, budget }: Layer,
  { width, keep }: ClusterRule,
): CodeLayout | undefined {
  const cardinalities = fields.map(({ cardinality }) => cardinality);
  const bytesOf = (f: number, has: Codewords) => {
    if (has === 'uncompressed') return 4 * dim * cardinalities[f];
    return 4 * dim * has + Math.ceil((cardinalities[f] * codeBits(has)) / 8);
  };
  const keepsRows = chooseUncompressed(fields, keep, Math.floor(budget / (4 * dim)));
  // A field of one id has a row for it either way.
  const start = keepsRows.map((keeps, f): Codewords =>
    keeps || cardinalities[f] === 1 ? 'uncompressed' : 1,
  );
  const left = budget - sum(start.map((has, f) => bytesOf(f, has)));
  if (left < 0) return undefined;
  const { states } = growCodebooks(start, left, {
    cardinalities,
    bytesOf,
    distortionOf: (_, has) => (has === 'uncompressed' ? 0 : has ** (-2 / width)),
    steps: (f, has) => {
      const counts: number[] = [];
      for (let count = 2 * has; count < cardinalities[f]; count *= 2) counts.push(count);
      return counts;
    },
    largest: Infinity,
  });
  const zeros = fields.map(() => 0);
  return {
    uncompressed: states.map((has) => has === 'uncompressed'),
    parts: 1,
    width: dim,
    codewords: states.map((has) => (has === 'uncompressed' ? 0 : has)),
    // A field of one cluster has no codes.
    hot: states.map((has, f) => (has === 'uncompressed' || has === 1 ? 0 : cardinalities[f])),
    warm: zeros,
    warmCodewords: zeros,
  };
}
