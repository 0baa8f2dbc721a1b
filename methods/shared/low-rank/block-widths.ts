import * as tf from '../../../tensors/index.ts';
import type { Field } from '../../../harness/contract/data.ts';
import type { IdMap, Indices } from '../../../harness/contract/indices.ts';
import type { Layer, Lookup, Plan, RowGroup, Table, Weight } from '../../../harness/contract/method.ts';
import { joinRows } from '../../../harness/ops/join-rows.ts';
import type { RankRange } from '../frequency/popularity.ts';
import { fieldOffsets, firstRows, idInit, offsetsOf } from '../rows/table-parts.ts';

/** Fields cut into blocks of ids. */
export interface Blocks {
  readonly ranges: readonly (readonly RankRange[])[]; // per field
  /** Ranks of ids by count; absent if ids are in that order. */
  readonly ranks?: IdMap;
}

/** Bytes of rows of a width, with their projection. */
export function widthBytes(rows: number, width: number, dim: number): number {
  return 4 * (rows * width + (width < dim ? width * dim : 0));
}

/** A column of lookups: one block of one field. */
interface Column {
  readonly field: number;
  readonly range: RankRange;
  /** Position among all blocks, field by field. */
  readonly position: number;
}

/**
 * Rows of a given width per block, projected to the model's width by a matrix per block. Blocks of equal width share a table, so that each width costs one gather and one product whatever the blocks.
 * `widths`: one per block, field by field.
 */
export function planWithWidths(layer: Layer, { ranges, ranks }: Blocks, widths: readonly number[]): Plan {
  const { fields, dim } = layer;
  const columns = ranges
    .flatMap((ofField, field) => ofField.map((range) => ({ field, range })))
    .map((column, position): Column => ({ ...column, position }));
  const groups = [...new Set(widths)].map((width) => {
    const members = columns.filter(({ position }) => widths[position] === width);
    return createGroup(fields, width, members, dim);
  });
  const firstBlocks = offsetsOf(ranges.map(({ length }) => length));
  const offsets = fieldOffsets(fields);
  return {
    tables: groups.flatMap(({ table }) => table ?? []),
    weights: groups.flatMap(({ projection }) => projection ?? []),
    maps: ranks === undefined ? [] : [ranks],
    choices: {
      widths: fields.map((_, f) => widths.slice(firstBlocks[f], firstBlocks[f] + ranges[f].length)),
    },
    embed(lookup) {
      const ids = ranks === undefined ? lookup.ids : lookup.ids.plus(offsets).through(ranks);
      // An id is in one block of its field; the others give zeros. Blocks of width 0 have nothing to give.
      const wide = groups.filter(({ table }) => table !== undefined);
      if (wide.length === 0) return tf.zeros<tf.Rank.R3>([ids.batch, fields.length, dim]);
      return joinRows(
        lookup,
        wide.map((group) => embedGroup(group, ids, lookup)),
        fields.length,
        dim,
      );
    },
  };
}

interface Group {
  /** The field of each member, and its block of ids. */
  readonly members: readonly number[];
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly table?: Table; // absent if the width is 0
  readonly projection?: Weight; // [members, width, dim]; absent if the width is dim
}

function createGroup(
  fields: readonly Field[],
  width: number,
  members: readonly Column[],
  dim: number,
): Group {
  const columns = {
    members: members.map(({ field }) => field),
    from: members.map(({ range }) => range.from),
    to: members.map(({ range }) => range.to),
  };
  if (width === 0) return columns;
  const parts = members.map(({ field, range }) => ({
    rows: range.to - range.from,
    init: idInit(fields[field].cardinality),
  }));
  const table = { width, parts };
  if (width === dim) return { ...columns, table };
  // Uniform with variance 1 / width: the projected vectors have the variance of the rows.
  const init = { mean: 0, halfWidth: Math.sqrt(3 / width) };
  return { ...columns, table, projection: { shape: [members.length, width, dim], init } };
}

function embedGroup(
  { members, from, to, table, projection }: Group,
  ids: Indices,
  { weight }: Lookup,
): RowGroup {
  return {
    table: table!,
    indices: ids.pick(members).within(from, to).plus(firstRows(table!.parts)),
    ...(projection && { matrices: weight(projection) as tf.Tensor3D }),
    fields: members,
  };
}
