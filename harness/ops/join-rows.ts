import * as tf from '../../tensors/index.ts';
import type { Lookup, RowGroup, VectorGroup } from '../contract/method.ts';
import { joinFields } from './join-fields.ts';

/**
 * The vectors of joinFields, of rows that are looked up besides: [batch, fields, dim]. At once where the backend can, so that rows go from their table
 * to their place; in the same order as composed, to the same bits.
 */
export function joinRows(
  lookup: Pick<Lookup, 'rows' | 'join'>,
  groups: readonly (RowGroup | VectorGroup)[],
  fields: number,
  dim: number,
): tf.Tensor3D {
  const used = groups.filter((group) => group.fields.length > 0);
  const joined = lookup.join?.(used, fields, dim);
  if (joined !== undefined) return joined;
  const vectors = used.map((group) => ('table' in group ? lookedUp(lookup, group, dim) : group));
  const [first] = vectors;
  const whole = vectors.length === 1 && first.matrices === undefined && first.fields.length === fields;
  return whole && first.fields.every((field, i) => field === i)
    ? first.vectors
    : joinFields(vectors, fields, dim);
}

function lookedUp(
  { rows }: Pick<Lookup, 'rows'>,
  { table, indices, pieces = 1, matrices, fields }: RowGroup,
  dim: number,
): VectorGroup {
  const found = rows(table, indices);
  const width = pieces * table.width;
  const side = pieces === 1 ? found : tf.reshape<tf.Rank.R3>(found, [indices.batch, fields.length, width]);
  if (matrices) return { vectors: side, matrices, fields };
  return { vectors: fitted(side, width, dim), fields };
}

function fitted(vectors: tf.Tensor3D, width: number, dim: number): tf.Tensor3D {
  if (width === dim) return vectors;
  if (width > dim) return tf.slice(vectors, [0, 0, 0], [-1, -1, dim]);
  return tf.pad(vectors, [[0, 0], [0, 0], [0, dim - width]]); // prettier-ignore
}
