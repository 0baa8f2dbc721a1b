import type { Tensor3D } from '../../tensors/index.ts';
import type { Field } from '../../harness/contract/data.ts';
import type { Indices } from '../../harness/contract/indices.ts';
import type { Lookup, Table, TablePart } from '../../harness/contract/method.ts';
import { joinFields } from '../../harness/ops/join-fields.ts';
import { joinRows } from '../../harness/ops/join-rows.ts';
import { rowShares } from '../shared/budget/shares.ts';
import { firstRows, idInit, rowPerId } from '../shared/rows/table-parts.ts';
import { sum } from '../../base/sum.ts';

/** Fields with a row per id, and fields whose ids are the sum of a quotient's and a remainder's row, in tables alike. */
export interface BucketPairs {
  /** The parts of uncompressed fields, of quotients and of remainders, and the first row of each. */
  readonly groups: readonly { readonly of: readonly number[]; readonly first: readonly number[] }[];
  /** Parts of the one table: rows of uncompressed fields, then quotients, then remainders. */
  readonly parts: readonly TablePart[];
  readonly uncompressed: readonly number[];
  readonly split: readonly number[];
  /** Remainders of each split field, and ids per quotient. */
  readonly buckets: readonly number[];
  readonly perQuotient: readonly number[];
  readonly fields: number;
}

/** Shares out about `rows` rows: one per id of uncompressed fields, and at least two per split field. */
export function bucketPairs(
  fields: readonly Field[],
  keepsRows: readonly boolean[],
  rows: number,
): BucketPairs {
  const uncompressed = [...fields.keys()].filter((f) => keepsRows[f]);
  const split = [...fields.keys()].filter((f) => !keepsRows[f]);
  const left = rows - sum(uncompressed.map((f) => fields[f].cardinality));
  const shares = rowShares(
    split.map((f) => fields[f].cardinality),
    left,
  );
  const buckets = shares.map((share) => Math.max(1, Math.floor(share / 2)));
  const perQuotient = split.map((f, i) => Math.ceil(fields[f].cardinality / buckets[i]));
  // Two rows are added, so each has half of the variance.
  const part = (f: number, count: number): TablePart => {
    const { mean, halfWidth } = idInit(fields[f].cardinality);
    return { rows: count, init: { mean, halfWidth: halfWidth / Math.SQRT2 } };
  };
  const parts = [
    ...uncompressed.map((f) => rowPerId(fields[f])),
    ...split.map((f, i) => part(f, Math.ceil(fields[f].cardinality / perQuotient[i]))),
    ...split.map((f, i) => part(f, buckets[i])),
  ];
  const first = firstRows(parts);
  const group = (from: number, count: number) => {
    const of = Array.from({ length: count }, (_, i) => from + i);
    return { of, first: of.map((part) => first[part]) };
  };
  return {
    parts,
    groups: [
      group(0, uncompressed.length),
      group(uncompressed.length, split.length),
      group(uncompressed.length + split.length, split.length),
    ],
    uncompressed,
    split,
    buckets,
    perQuotient,
    fields: fields.length,
  };
}

/** Vectors put together: [batch, fields, dim]. `rowsAt` gives rows [batch, members, dim], the part of each member named. */
export function pairVectors(
  pairs: BucketPairs,
  { ids }: Pick<Lookup, 'ids'>,
  dim: number,
  rowsAt: (places: Indices, parts: readonly number[]) => Tensor3D,
): Tensor3D {
  const groups = pairPlaces(pairs, ids).map(({ places, of, fields }) => ({
    vectors: rowsAt(places, of),
    fields,
  }));
  return joinFields(groups, pairs.fields, dim);
}

/** The same of the rows of a table as they are. */
export function pairRows(pairs: BucketPairs, lookup: Lookup, dim: number, table: Table): Tensor3D {
  const groups = pairPlaces(pairs, lookup.ids).map(({ places, fields }) => ({
    table,
    indices: places,
    fields,
  }));
  return joinRows(lookup, groups, pairs.fields, dim);
}

function pairPlaces({ groups, uncompressed, split, buckets, perQuotient }: BucketPairs, ids: Indices) {
  const [own, quotients, remainders] = groups;
  const apart = ids.pick(split);
  return [
    { places: ids.pick(uncompressed).plus(own.first), of: own.of, fields: uncompressed },
    { places: apart.div(perQuotient).plus(quotients.first), of: quotients.of, fields: split },
    { places: apart.mod(buckets).plus(remainders.first), of: remainders.of, fields: split },
  ].filter(({ fields }) => fields.length > 0);
}
