import * as tf from '../../../tensors/index.ts';

/**
 * The layout of two arrays that the add-on iterates together: a size and two steps for each dimension. All calls share one
 * array, because the add-on keeps nothing of it.
 */
export const layout = new Float64Array(3 * 16);
/** Dimensions that fit. */
export const maxRank = 16;

/** A copy of what calls of the add-on read, which take the rank after the layout. */
export function copyOfLayout(rank: number): Float64Array {
  const copy = new Float64Array(layout.length);
  copy.set(layout.subarray(0, 3 * rank));
  return copy;
}

export function setDimension(d: number, size: number, first: number, second: number): void {
  layout[3 * d] = size;
  layout[3 * d + 1] = first;
  layout[3 * d + 2] = second;
}

/** Numbers from one to the next along each dimension, of an array without gaps. */
export function stepsOf(shape: readonly number[]): number[] {
  const steps = new Array<number>(shape.length);
  for (let d = shape.length - 1, step = 1; d >= 0; d--) {
    steps[d] = step;
    step *= shape[d];
  }
  return steps;
}

/** The layout of `shape` walked by two arrays that are stretched to it. Returns its rank. */
export function setBroadcast(
  shape: readonly number[],
  first: readonly number[],
  second: readonly number[],
): number {
  const rank = shape.length;
  for (let d = rank - 1, i = first.length - 1, j = second.length - 1, a = 1, b = 1; d >= 0; d--, i--, j--) {
    setDimension(d, shape[d], i >= 0 && first[i] !== 1 ? a : 0, j >= 0 && second[j] !== 1 ? b : 0);
    if (i >= 0) a *= first[i];
    if (j >= 0) b *= second[j];
  }
  return rank;
}

export const sizeOf = (shape: readonly number[]): number => {
  let size = 1;
  for (const side of shape) size *= side;
  return size;
};

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((side, d) => side === b[d]);

/** Axes as tfjs gives them (one, many, all, negative ones), in order and from 0. */
export const axesOf = (axis: unknown, shape: number[]): number[] =>
  [...tf.util.parseAxisParam(axis as number | number[], shape)].sort((a, b) => a - b);
