import type { Layer } from '../../../harness/contract/method.ts';
import { deriveSeed } from '../../../base/hash.ts';
import { symmetricEigen } from '../subspace/jacobi.ts';
import { embedSubspace, type SketchRule } from '../subspace/embedding.ts';
import { readerOf, streamRows } from '../subspace/streamed-rows.ts';
import { type AnyRows, countRows, piecesOf } from '../rows/row-source.ts';

/** Mean of a field's rows, [dim], zeros if not centred, and all axes, the leading one first: [dim, dim]. */
export interface FieldAxes {
  readonly mean: Float64Array;
  readonly axes: Float64Array;
}

export interface AxesRule {
  readonly centred: boolean;
  /** Axes of a field's own, or of the rows of all fields, each field counting alike. */
  readonly scope: 'field' | 'all';
  /** Weights of a field's rows; all rows count alike if undefined. */
  readonly weightsOf: (field: number) => ArrayLike<number> | undefined;
  /** Rows of a CountSketch in place of those of a field that has more. Absent: their Gram matrix. */
  readonly sketch?: number | undefined;
}

/** Axes of the fields in `members`; `rowsOf`: the rows of a field, [n, dim]. */
export function principalAxes(
  { dim, seed }: Pick<Layer, 'dim' | 'seed'>,
  members: readonly number[],
  rowsOf: (field: number) => AnyRows,
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

/** Second moments of rows. */
export interface Moments {
  /** [width]; zeros where not centred. */
  readonly mean: Float64Array;
  /** Mean of the outer products of the rows less `mean`: row-major [width, width]. */
  readonly gram: Float64Array;
}

export interface MomentsRule {
  readonly weights?: ArrayLike<number> | undefined;
  readonly centred: boolean;
}

/**
 * Every row counts by its weight, all alike without weights or where these are all 0. With frequencies as weights, what
 * the best subspace loses of a lookup is least, not of a row.
 */
export function momentsOf(rows: AnyRows, width: number, rule: MomentsRule): Moments {
  const count = countRows(rows, width);
  const shareOf = sharesOf(count, rule.weights);
  const mean = meanOf(rows, width, shareOf, rule.centred);
  const gram = new Float64Array(width * width);
  const x = new Float64Array(width);
  for (const { first, values } of piecesOf(rows))
    for (let at = 0, row = first; at < values.length; at += width, row++) {
      const weight = shareOf(row);
      if (weight === 0) continue;
      for (let k = 0; k < width; k++) x[k] = values[at + k] - mean[k];
      for (let i = 0; i < width; i++)
        for (let j = i; j < width; j++) gram[i * width + j] += weight * x[i] * x[j];
    }
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) gram[i * width + j] = gram[j * width + i];
  return { mean, gram };
}

/**
 * The same mean, and B'B of a subspace embedding of the rows (embedding.ts) in place of their Gram matrix: rows width
 * additions, not rows width^2 / 2 multiplications. What the first axes of it lose is at most (1 + e) / (1 - e) of the
 * least that so many axes can.
 */
export function sketchedMoments(
  rows: AnyRows,
  width: number,
  { weights, centred }: MomentsRule,
  sketch: SketchRule,
): Moments {
  const count = countRows(rows, width);
  const weightOf = sharesOf(count, weights);
  const mean = meanOf(rows, width, weightOf, centred);
  const factor = embedSubspace(streamRows({ ...readerOf(rows, width), weightOf, mean }), sketch);
  return { mean, gram: squareOf(factor, width) };
}

/** [width]: the mean alone. */
export const weightedMean = (rows: AnyRows, width: number, weights: ArrayLike<number> | undefined) =>
  meanOf(rows, width, sharesOf(countRows(rows, width), weights), true);

/** Weight of each of so many rows, 1 in all. */
function sharesOf(count: number, weights: ArrayLike<number> | undefined): (row: number) => number {
  let total = 0;
  for (let row = 0; weights && row < count; row++) total += weights[row];
  return weights && total > 0 ? (row) => weights[row] / total : () => 1 / count;
}

function meanOf(
  rows: AnyRows,
  width: number,
  shareOf: (row: number) => number,
  centred: boolean,
): Float64Array {
  const mean = new Float64Array(width);
  for (const { first, values } of centred ? piecesOf(rows) : [])
    for (let at = 0, row = first; at < values.length; at += width, row++) {
      const share = shareOf(row);
      for (let k = 0; k < width; k++) mean[k] += share * values[at + k];
    }
  return mean;
}

/** B'B */
function squareOf(factor: Float64Array, width: number): Float64Array {
  const square = new Float64Array(width * width);
  for (let row = 0; row < factor.length; row += width)
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++) square[i * width + j] += factor[row + i] * factor[row + j];
  return square;
}
