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

/** The sum of the counts before each: where its items begin among all. */
export function offsetsOf(counts: readonly number[]): number[] {
  let before = 0;
  return counts.map((count) => (before += count) - count);
}

const known = new WeakMap<readonly { readonly rows: number }[], readonly number[]>();

/**
 * The first row of each part in a stack of parts. The same array for the same parts: indices know their operands by their identity.
 */
export function firstRows(parts: readonly { readonly rows: number }[]): readonly number[] {
  let rows = known.get(parts);
  if (rows === undefined) known.set(parts, (rows = offsetsOf(parts.map(({ rows }) => rows))));
  return rows;
}

/** The first row of each field in a table with a row for every id, field after field. */
export const fieldOffsets = (fields: readonly Pick<Field, 'cardinality'>[]): number[] =>
  offsetsOf(fields.map(({ cardinality }) => cardinality));

/** Ids of all these fields together. */
export const countIds = (fields: readonly Pick<Field, 'cardinality'>[]): number =>
  sum(fields.map(({ cardinality }) => cardinality));

/** Rows of some fields, one field after the other, as numbers in a table with a row for every id of all fields. */
export function rowsOfFields(fields: readonly Field[], some: readonly number[]): Uint32Array {
  const offsets = fieldOffsets(fields);
  const rows = new Uint32Array(countIds(some.map((f) => fields[f])));
  let to = 0;
  for (const f of some) for (let id = 0; id < fields[f].cardinality; id++) rows[to++] = offsets[f] + id;
  return rows;
}
