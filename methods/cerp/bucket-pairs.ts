import type { Tensor3D } from '../../tensors/index.ts';
import type { Field } from '../../harness/contract/data.ts';
import type { Indices } from '../../harness/contract/indices.ts';
import type { Lookup, TablePart } from '../../harness/contract/method.ts';
import { joinFields } from '../../harness/ops/join-fields.ts';
import { rowShares } from '../shared/budget/shares.ts';
import { firstRows, idInit, rowPerId } from '../shared/rows/table-parts.ts';
import { sum } from '../../base/sum.ts';

/** Fields with a row per id, and fields whose ids are the sum of a quotient's and a remainder's row, in tables alike. */
export interface BucketPairs {
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
  return {
    parts: [
      ...uncompressed.map((f) => rowPerId(fields[f])),
      ...split.map((f, i) => part(f, Math.ceil(fields[f].cardinality / perQuotient[i]))),
      ...split.map((f, i) => part(f, buckets[i])),
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
  { parts, uncompressed, split, buckets, perQuotient, fields }: BucketPairs,
  { ids }: Pick<Lookup, 'ids'>,
  dim: number,
  rowsAt: (places: Indices, parts: readonly number[]) => Tensor3D,
): Tensor3D {
  const first = firstRows(parts);
  const members = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);
  const group = (of: readonly number[], from: number, change: (ids: Indices) => Indices) => {
    const ofParts = members(from, of.length);
    const places = change(ids.pick(of)).plus(ofParts.map((part) => first[part]));
    return { vectors: rowsAt(places, ofParts), fields: of };
  };
  return joinFields(
    [
      ...(uncompressed.length > 0 ? [group(uncompressed, 0, (own) => own)] : []),
      ...(split.length > 0
        ? [
            group(split, uncompressed.length, (own) => own.div(perQuotient)),
            group(split, uncompressed.length + split.length, (own) => own.mod(buckets)),
          ]
        : []),
    ],
    fields,
    dim,
  );
}
