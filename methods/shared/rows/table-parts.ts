import { sum } from '../../../base/sum.ts';
import type { Field } from '../../../harness/contract/data.ts';
import type { Init, TablePart } from '../../../harness/contract/method.ts';

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

/** The first row of each part in a stack of parts. */
export function firstRows(parts: readonly { readonly rows: number }[]): number[] {
  let first = 0;
  return parts.map(({ rows }) => (first += rows) - rows);
}

/** The first row of each field in a table with a row for every id, field after field. */
export const fieldOffsets = (fields: readonly Pick<Field, 'cardinality'>[]): number[] =>
  firstRows(fields.map(({ cardinality }) => ({ rows: cardinality })));

/** Ids of all these fields together. */
export const countIds = (fields: readonly Pick<Field, 'cardinality'>[]): number =>
  sum(fields.map(({ cardinality }) => cardinality));
