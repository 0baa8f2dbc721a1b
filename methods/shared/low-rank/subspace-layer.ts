import type { Conversion, FieldRecipe, RowSource } from '../../../harness/contract/conversion.ts';
import * as tf from '../../../tensors/index.ts';
import type { Layer, Plan, StateOrigin, Table, Weight } from '../../../harness/contract/method.ts';
import { joinFields } from '../../../harness/ops/join-fields.ts';
import { type AnyRows, piecesOf, rowsOfIds } from '../rows/row-source.ts';
import { firstRows, idInit, rowsOfFields } from '../rows/table-parts.ts';
import { sum } from '../../../base/sum.ts';
import { fieldsWhere } from '../rows/keep-option.ts';

export interface SubspaceShape {
  /** Rank of each field; dim: uncompressed, nothing is projected. */
  readonly ranks: readonly number[];
  /** Fields have axes of their own, or all share one basis. With one basis, all compressed fields have one rank. */
  readonly scope: 'field' | 'all';
  /** If true, fields have a mean, which is added. */
  readonly centred: boolean;
}

/** Rows of a field, and the subspace that they are projected to. */
export interface FieldSubspace<Rows extends AnyRows = Float32Array> {
  /** [n, dim] */
  readonly rows: Rows;
  /** [dim] */
  readonly mean: Float64Array;
  /** The first rows of [dim, dim] span the subspace; rows of length 1, at right angles. */
  readonly axes: Float64Array;
}

/** Fields of equal rank. */
export interface SubspaceGroup {
  readonly rank: number;
  readonly members: readonly number[];
  /** [ids of all members, rank] */
  readonly table: Table;
  /** [members, rank, dim], or [1, rank, dim] where all fields share it; absent if the rank is dim. */
  readonly basis?: Weight;
}

export interface SubspaceLayer {
  readonly groups: readonly SubspaceGroup[];
  readonly plan: Pick<Plan, 'tables' | 'weights' | 'embed'>;
  contents(subspaceOf: (field: number) => FieldSubspace): Map<Table | Weight, Float32Array>;
  /** The same, of rows that are read in pieces. */
  conversion(subspaceOf: (field: number) => FieldSubspace<RowSource>, choices: Plan['choices']): Conversion;
  /** Rows of uncompressed fields continue as they were in `before`, a full table; coordinates and axes are new. */
  states(before: Table): Map<Table, StateOrigin>;
}

/** Bytes of the means of all fields. */
export const meanBytes = ({ fields, dim }: Pick<Layer, 'fields' | 'dim'>) => 4 * fields.length * dim;

/** Fields as coordinates in subspaces: fields of equal rank share a table and a product. */
export function subspaceLayer({ fields, dim }: Layer, shape: SubspaceShape): SubspaceLayer {
  const { ranks, scope, centred } = shape;
  const groups = [...new Set(ranks)].map((rank): SubspaceGroup => {
    const members = fieldsWhere(ranks, (other) => other === rank);
    const table: Table = {
      width: rank,
      parts: members.map((f) => ({
        rows: fields[f].cardinality,
        init: idInit(fields[f].cardinality),
      })),
    };
    const basis: Weight = {
      shape: scope === 'all' ? [1, rank, dim] : [members.length, rank, dim],
      init: { mean: 0, halfWidth: Math.sqrt(3 / rank) },
    };
    return { rank, members, table, ...(rank < dim && { basis }) };
  });
  const means: Weight = { shape: [fields.length, dim], init: { mean: 0, halfWidth: 0 } };
  const bases = groups.flatMap(({ basis }) => basis ?? []);
  return {
    groups,
    plan: {
      tables: groups.map(({ table }) => table),
      weights: centred ? [...bases, means] : bases,
      embed({ ids, rows, weight }) {
        const parts = groups.map(({ members, table, basis }) => {
          const vectors = rows(table, ids.pick(members).plus(firstRows(table.parts)));
          if (basis === undefined) return { fields: members, vectors };
          const axes = weight(basis) as tf.Tensor3D;
          const matrices = scope === 'all' ? tf.tile(axes, [members.length, 1, 1]) : axes;
          return { fields: members, vectors, matrices };
        });
        const joined = joinFields(parts, fields.length, dim);
        return centred ? tf.add(joined, weight(means)) : joined;
      },
    },
    states: (of) =>
      new Map(
        groups
          .filter(({ basis }) => basis === undefined)
          .map(({ table, members }) => [table, { of, rows: rowsOfFields(fields, members) }]),
      ),
    contents(subspaceOf) {
      const contents = new Map<Table | Weight, Float32Array>();
      const allMeans = new Float32Array(fields.length * dim);
      for (const { rank, members, table, basis } of groups) {
        const found = members.map(subspaceOf);
        contents.set(
          table,
          concat(found.map(({ rows }, i) => (basis === undefined ? rows : coordinates(found[i], rank, dim)))),
        );
        if (basis === undefined) continue;
        const axes = scope === 'all' ? found.slice(0, 1) : found;
        contents.set(basis, concat(axes.map(({ axes }) => Float32Array.from(axes.subarray(0, rank * dim)))));
        members.forEach((f, i) => allMeans.set(found[i].mean, f * dim));
      }
      if (centred) contents.set(means, allMeans);
      return contents;
    },
    conversion(subspaceOf, choices) {
      const weights = new Map<Weight, Float32Array>();
      const tables = new Map<Table, () => Iterable<Float32Array>>();
      const allMeans = new Float32Array(fields.length * dim);
      const recipe = fields.map((): FieldRecipe => []);
      groups.forEach(({ rank, members, table, basis }, group) => {
        const found = members.map(subspaceOf);
        tables.set(table, () => coordinatePieces(found, basis === undefined ? undefined : rank, dim));
        const axes = scope === 'all' ? found.slice(0, 1) : found;
        if (basis) weights.set(basis, concat(axes.map(({ axes }) => Float32Array.from(axes.subarray(0, rank * dim))))); // prettier-ignore
        members.forEach((f, i) => {
          if (basis) allMeans.set(found[i].mean, f * dim);
          const [{ ids, terms }] = [rowsOfIds(fields[f].cardinality, group, firstRows(table.parts)[i])];
          const matrix = basis && {
            weight: bases.indexOf(basis),
            from: scope === 'all' ? 0 : i * rank * dim,
          };
          const mean = centred ? [{ weight: bases.length, from: f * dim }] : [];
          recipe[f] = [{ ids, terms: [...terms.map((term) => ({ ...term, ...(matrix && { matrix }) })), ...mean] }]; // prettier-ignore
        });
      });
      if (centred) weights.set(means, allMeans);
      const plan = { tables: groups.map(({ table }) => table), weights: centred ? [...bases, means] : bases };
      return { plan: { ...plan, choices }, tables, weights, recipe };
    },
  };
}

/** Rows of several fields as they are, or their coordinates. */
function* coordinatePieces(
  found: readonly FieldSubspace<RowSource>[],
  rank: number | undefined,
  dim: number,
): Iterable<Float32Array> {
  for (const field of found)
    for (const { values } of piecesOf(field.rows))
      yield rank === undefined ? values : coordinates({ ...field, rows: values }, rank, dim);
}

/** Coordinates of rows less their mean along the first axes: [n, rank]. */
function coordinates({ rows, mean, axes }: FieldSubspace, rank: number, dim: number): Float32Array {
  const found = new Float32Array((rows.length / dim) * rank);
  for (let row = 0, to = 0; row < rows.length; row += dim)
    for (let r = 0; r < rank; r++, to++) {
      let sum = 0;
      for (let k = 0; k < dim; k++) sum += (rows[row + k] - mean[k]) * axes[r * dim + k];
      found[to] = sum;
    }
  return found;
}

function concat(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(sum(arrays.map(({ length }) => length)));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}
