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
export function rowPerId({ cardinality }: Field): TablePart {
  return { rows: cardinality, init: idInit(cardinality) };
}

/** Rows of a table with a row per id of all fields that are those of some fields, one field after the other. */
export function rowsOfFields(fields: readonly Field[], some: readonly number[]): Uint32Array {
  const offsets = firstRows(fields.map(rowPerId));
  const rows = new Uint32Array(some.reduce((sum, f) => sum + fields[f].cardinality, 0));
  let to = 0;
  for (const f of some) for (let id = 0; id < fields[f].cardinality; id++) rows[to++] = offsets[f] + id;
  return rows;
}

/** The first row of each part in a stack of parts. */
export function firstRows(parts: readonly { readonly rows: number }[]): number[] {
  let first = 0;
  return parts.map(({ rows }) => (first += rows) - rows);
}
