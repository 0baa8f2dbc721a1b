import { z } from 'zod';
import * as tf from '../../../tensors/index.ts';
import type { Field } from '../../../harness/contract/data.ts';
import type { Indices } from '../../../harness/contract/indices.ts';
import type { Table, TablePart } from '../../../harness/contract/method.ts';
import { deriveSeed } from '../../../base/hash.ts';
import { rowShares } from '../budget/shares.ts';
import { firstRows, idInit } from './table-parts.ts';
import { sum } from '../../../base/sum.ts';

/** Every field has rows of its own, or all hash to the same rows (feature multiplexing, Coleman et al. 2023). */
export type Sharing = 'field' | 'all';

export const sharing = (by: Sharing) =>
  z
    .enum(['field', 'all'])
    .default(by)
    .describe('rows: each field has its own, or all fields hash to the same ones');

/** The rows that ids are hashed to: those of a field or of all fields, for every lookup of an id or for all of them. */
export interface HashedShape {
  readonly fields: readonly Field[];
  readonly shared: Sharing;
  /** Parts of equal size for each field, or for all: one, or one per lookup of an id. */
  readonly pieces?: number;
  /** Most rows of a part per id, 1 if absent. */
  readonly rowsPerId?: number;
}

export function minRows({ fields, shared, pieces = 1 }: HashedShape): number {
  return pieces * (shared === 'all' ? 1 : fields.length);
}

/**
 * The parts of a table of at most `rows` rows, field by field: each field's in proportion to its ids. `scale`: of their
 * first values, relative to a full table's.
 */
export function hashedParts(
  { fields, shared, pieces = 1, rowsPerId = 1 }: HashedShape,
  rows: number,
  scale = 1,
): TablePart[] {
  const part = (rows: number, cardinality: number): TablePart[] => {
    const { mean, halfWidth } = idInit(cardinality);
    return Array.from({ length: pieces }, () => ({ rows, init: { mean, halfWidth: scale * halfWidth } }));
  };
  const ofEach = Math.floor(rows / pieces);
  if (shared === 'all') return part(ofEach, meanCardinality(fields));
  const cardinalities = fields.map(({ cardinality }) => cardinality);
  const maxRows = cardinalities.map((n) => n * rowsPerId);
  return rowShares(maxRows, ofEach).flatMap((own, f) => part(own, cardinalities[f]));
}

/** The geometric one: what all fields share starts as far from the scale of the smallest as from that of the largest. */
export function meanCardinality(fields: readonly Field[]): number {
  return Math.exp(sum(fields.map(({ cardinality }) => Math.log(cardinality))) / fields.length);
}

/** Columns of lookups, field by field, `lookups` for each field, each by a hash of its own. */
export interface HashedColumns {
  readonly fields: number;
  readonly lookups: number;
  /** Hash of a field's lookup. */
  readonly seed: (field: number, lookup: number) => number;
}

export function hashSeeds(seed: number, method: string, piece: string | number = 0): HashedColumns['seed'] {
  return (field, lookup) => deriveSeed(seed, method, field, piece, lookup);
}

/** Ids [batch, fields] to rows [batch, fields * lookups], where the parts of the table are those of a shape. */
export function hashedRows(
  { parts }: Pick<Table, 'parts'>,
  { shared, pieces = 1 }: Omit<HashedShape, 'fields'>,
  columns: HashedColumns,
): (ids: Indices) => Indices {
  const offsets = firstRows(parts);
  const fields = perColumn(columns, (f) => f);
  const seeds = perColumn(columns, columns.seed);
  const part = perColumn(columns, (f, t) => (shared === 'all' ? 0 : f * pieces) + (pieces === 1 ? 0 : t));
  const rows = part.map((p) => parts[p].rows);
  const first = part.map((p) => offsets[p]);
  return (ids) => ids.pick(fields).hash(seeds).mod(rows).plus(first);
}

/** A random 1 or -1 for each: ids [batch, fields] to [batch, fields * lookups]. */
export function hashedSigns(columns: HashedColumns): (ids: Indices) => tf.Tensor2D {
  const fields = perColumn(columns, (f) => f);
  const seeds = perColumn(columns, columns.seed);
  return (ids) => tf.sub(tf.mul(ids.pick(fields).hash(seeds).and(1).toFloats(), 2), 1);
}

/** A value for each column, field by field. */
export function perColumn<T>(
  { fields, lookups }: Pick<HashedColumns, 'fields' | 'lookups'>,
  value: (field: number, lookup: number) => T,
): T[] {
  return Array.from({ length: fields * lookups }, (_, k) => value(Math.floor(k / lookups), k % lookups));
}
