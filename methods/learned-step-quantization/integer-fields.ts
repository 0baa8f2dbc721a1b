import type * as tf from '../../tensors/index.ts';
import type { Infeasible, Layer, Lookup, Table } from '../../harness/contract/method.ts';
import { infeasible } from '../../harness/contract/size.ts';
import { joinFields } from '../../harness/ops/join-fields.ts';
import { endsOf, minBits, maxBits, nearestInteger } from '../shared/precision/integer-grid.ts';
import { fieldOffsets, firstRows } from '../shared/rows/table-parts.ts';
import { sum } from '../../base/sum.ts';
import { fieldsWhere } from '../shared/rows/keep-option.ts';

/**
 * Bits of the fields' integers: as many for all as fit the budget, and one more for those fields, the largest first, that
 * there is still room for; or those asked for. What is stored beside the integers would cost all fields a bit otherwise.
 */
export function bitsPerField(
  { fields, budget }: Layer,
  asked: number | undefined,
  bytesOf: (bits: readonly number[]) => number,
): number[] | Infeasible {
  const forAll = (bits: number) => fields.map(() => bits);
  let common = asked ?? maxBits;
  while (bytesOf(forAll(common)) > budget && common > (asked ?? minBits)) common--;
  const bits = forAll(common);
  const minBytes = bytesOf(bits);
  if (minBytes > budget) return infeasible(minBytes, budget, `${common} bits for every float`);
  if (asked !== undefined || common === maxBits) return bits;
  const largestFirst = fields.map((_, f) => f).sort((a, b) => fields[b].cardinality - fields[a].cardinality);
  for (const f of largestFirst) {
    bits[f]++;
    if (bytesOf(bits) > budget) bits[f]--;
  }
  return bits;
}

/** Rows of integers, one per id, in a table for all fields that have as many bits. */
export interface IntegerFields {
  readonly tables: readonly Table[];
  /** Vectors as floats: [batch, fields, dim]. */
  vectors(lookup: Pick<Lookup, 'ids' | 'rows'>): tf.Tensor3D;
  /** The nearest integers to rows of floats, one per id, field after field: what the tables hold. */
  contents(floats: Float32Array, steps: ArrayLike<number>): Map<Table, Float32Array>;
}

export function integerFields(
  { fields, dim }: Pick<Layer, 'fields' | 'dim'>,
  bitsOf: readonly number[],
): IntegerFields {
  const init = { mean: 0, halfWidth: 0 };
  const groups = [...new Set(bitsOf)].map((bits) => {
    const members = fieldsWhere(bitsOf, (own) => own === bits);
    const parts = members.map((f) => ({ rows: fields[f].cardinality, init }));
    const table: Table = { width: dim, parts, stored: { kind: 'grid', bits, step: 1 } };
    return { members, table, offsets: firstRows(parts), ends: endsOf(bits) };
  });
  const firsts = fieldOffsets(fields);
  return {
    tables: groups.map(({ table }) => table),
    vectors({ ids, rows }) {
      const vectors = groups.map(({ members, table, offsets }) => ({
        vectors: rows(table, (groups.length === 1 ? ids : ids.pick(members)).plus(offsets)),
        fields: members,
      }));
      return vectors.length === 1 ? vectors[0].vectors : joinFields(vectors, fields.length, dim);
    },
    contents: (floats, steps) =>
      new Map(
        groups.map(({ members, table, ends }) => {
          const integers = new Float32Array(sum(members.map((f) => fields[f].cardinality * dim)));
          let to = 0;
          for (const f of members)
            for (let at = firsts[f] * dim; at < (firsts[f] + fields[f].cardinality) * dim; at++)
              integers[to++] = nearestInteger(floats[at], steps[f], ends);
          return [table, integers] as const;
        }),
      ),
  };
}
