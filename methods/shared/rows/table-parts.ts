import { sum } from '../../../base/sum.ts';
import type { Field } from '../../../harness/contract/data.ts';
import type { Init, TablePart } from '../../../harness/contract/method.ts';
import { largestWithin } from '../budget/bisection.ts';

/**
 * The initial scale of a field's vectors, the same for every method: each coordinate has the variance of U(+-1/sqrt(n)),
 * n the field's cardinality, as DLRM draws its tables. A method made of pieces draws them so that what embed() returns
 * has this variance; otherwise one-epoch results would compare initialisations.
 */
export function idInit(cardinality: number): Init {
  return { mean: 0, halfWidth: 1 / Math.sqrt(cardinality) };
}

/** A row for every id of a field. */
export function rowPerId({ cardinality }: Pick<Field, 'cardinality'>): TablePart {
  return { rows: cardinality, init: idInit(cardinality) };
}

/** The sum of the counts before each: where its items begin among all. */
export function offsetsOf(counts: readonly number[]): number[] {
  let before = 0;
  return counts.map((count) => (before += count) - count);
}

/** The first row of each part in a stack of parts. */
export const firstRows = (parts: readonly { readonly rows: number }[]): number[] =>
  offsetsOf(parts.map(({ rows }) => rows));

/** Says of an item which count it is among, where items are numbered one count after the other. */
export function partFinder(counts: readonly number[]): (item: number) => number {
  const offsets = offsetsOf(counts);
  return (item) => largestWithin(counts.length - 1, (part) => offsets[part] <= item);
}

/** The first row of each field in a table with a row for every id, field after field. */
export const fieldOffsets = (fields: readonly Pick<Field, 'cardinality'>[]): number[] =>
  offsetsOf(fields.map(({ cardinality }) => cardinality));

/** Ids of all these fields together. */
export const countIds = (fields: readonly Pick<Field, 'cardinality'>[]): number =>
  sum(fields.map(({ cardinality }) => cardinality));
