import type { Layer } from '../../../harness/contract/method.ts';
import { deriveSeed } from '../../../base/hash.ts';
import { symmetricEigen } from '../subspace/jacobi.ts';
import { type Moments, momentsOf, sketchedMoments } from './moments.ts';

/** Of the rows of a field: its mean, [dim], zeros where not centred, and all axes, the leading one first: [dim, dim]. */
export interface FieldAxes {
  readonly mean: Float64Array;
  readonly axes: Float64Array;
}

export interface AxesRule {
  readonly centred: boolean;
  /** Axes of a field's own, or of the rows of all fields, each field counting alike. */
  readonly scope: 'field' | 'all';
  /** What each row of a field counts; all alike where there are none. */
  readonly weightsOf: (field: number) => ArrayLike<number> | undefined;
  /** Rows of a CountSketch in place of those of a field that has more. Absent: their Gram matrix. */
  readonly sketch?: number | undefined;
}

/** Of the fields in `members`; `rowsOf`: those of a field, [n, dim]. */
export function principalAxes(
  { dim, seed }: Pick<Layer, 'dim' | 'seed'>,
  members: readonly number[],
  rowsOf: (field: number) => Float32Array,
  { centred, scope, weightsOf, sketch }: AxesRule,
): (field: number) => FieldAxes {
  const moments = (f: number): Moments => {
    const rule = { weights: weightsOf(f), centred };
    if (sketch === undefined) return momentsOf(rowsOf(f), dim, rule);
    const size = Math.max(dim, sketch);
    return sketchedMoments(rowsOf(f), dim, rule, { kind: 'count', size, seed: deriveSeed(seed, 'axes', f) });
  };
  if (scope === 'field')
    return (f) => {
      const { mean, gram } = moments(f);
      return { mean, axes: symmetricEigen(gram, dim).vectors };
    };
  const byField = new Map(members.map((f) => [f, moments(f)]));
  const sum = new Float64Array(dim * dim);
  for (const { gram } of byField.values()) gram.forEach((x, at) => (sum[at] += x));
  const axes = symmetricEigen(sum, dim).vectors;
  return (f) => ({ mean: byField.get(f)?.mean ?? new Float64Array(dim), axes });
}
