import * as tf from '../../../tensors/index.ts';
import type { Indices } from '../../../harness/contract/indices.ts';
import type { Init, Lookup, Table } from '../../../harness/contract/method.ts';
import type { Choosing, CodedLayer } from '../codes/coded-layer.ts';
import { firstRows } from '../rows/table-parts.ts';

/** Queries that ids ask codebooks with in training: a row per id, as wide as its vector. */
export interface Queries {
  readonly table: Table;
  readonly tables: readonly Table[];
  /** Queries of a batch. */
  ask(lookup: Lookup): Asked;
  /** Columns of one part of the queries of ids: [ids, width]. `rows`: all rows of the table. */
  rowsOf(rows: Float32Array, choosing: Choosing): Float32Array;
}

/** A group is a part of a coded field. */
export interface Asked {
  readonly queries: tf.Tensor3D; // [groups, batch, width]
  readonly tiers?: ChoosingTiers; // absent if all ids are hot
}

/** 1 if the id is in that tier, 0 if not: each [groups, batch, 1]. */
export interface ChoosingTiers {
  readonly hot: tf.Tensor3D;
  readonly warm?: tf.Tensor3D; // absent if no id is
}

/**
 * `shared`: ids of a field that share a codeword without a choice share a query, too, which the codeword follows. Otherwise
 * they have none: zeros.
 */
export function queryRows(layer: CodedLayer, initOf: (field: number) => Init, shared: boolean): Queries {
  const { layout, coded } = layer;
  const { parts, width } = layout;
  const groups = coded.length * parts;
  const rests = coded.map((f) => {
    const rest = layer.fields[f].cardinality - layout.hot[f] - layout.warm[f];
    return shared ? Math.min(1, rest) : 0;
  });
  const table: Table = {
    width: parts * width,
    parts: coded.flatMap((f, i) =>
      [layout.hot[f], layout.warm[f], rests[i]].map((rows) => ({ rows, init: initOf(f) })),
    ),
  };
  const firsts = firstRows(table.parts);
  const [firstHot, firstWarm, firstRest] = [0, 1, 2].map((tier) => firsts.filter((_, i) => i % 3 === tier));
  const allHot = coded.every((f) => layout.hot[f] === layer.fields[f].cardinality);
  const someWarm = coded.some((f) => layout.warm[f] > 0);
  const someRest = rests.some((rows) => rows > 0);
  /** One row, looked up where an id is in a tier: the others are `none`, which gives zeros. */
  const flag: Table = { width: 1, parts: [{ rows: 1, init: { mean: 1, halfWidth: 0 } }], frozen: true };
  const spread = coded.flatMap((_, i) => Array.from({ length: parts }, () => i));
  const groupsFirst = (x: tf.Tensor, width: number) =>
    tf.transpose<tf.Tensor3D>(tf.reshape(x, [-1, groups, width]), [1, 0, 2]);
  const here = (lookup: Lookup, positions: Indices) =>
    groupsFirst(lookup.rows(flag, positions.pick(spread).mod(1)), 1);

  // A field's row for its rest is for all of that; without one, no position has it.
  const ends = rests.map((rows) => (rows === 0 ? 0 : 2 ** 32 - 1));
  const restRows = (rest: Indices) => rest.within(0, ends).mod(1).plus(firstRest);

  return {
    table,
    tables: allHot ? [table] : [table, flag],
    ask(lookup) {
      const positions = layer.positions(lookup);
      if (positions === undefined) {
        const rows = lookup.rows(table, lookup.ids.pick(coded).plus(firstHot));
        return { queries: groupsFirst(rows, width) };
      }
      const { hot, warm, rest } = positions;
      const rows = [
        lookup.rows(table, hot.plus(firstHot)),
        ...(someWarm ? [lookup.rows(table, warm.plus(firstWarm))] : []),
        ...(someRest ? [lookup.rows(table, restRows(rest))] : []),
      ];
      return {
        queries: groupsFirst(
          rows.reduce((sum, more) => tf.add(sum, more)),
          width,
        ),
        tiers: { hot: here(lookup, hot), ...(someWarm && { warm: here(lookup, warm) }) },
      };
    },
    rowsOf(rows, { field, part, ids, hot }) {
      const i = coded.indexOf(field);
      const first = hot ? firstHot[i] : firstWarm[i];
      const taken = new Float32Array(ids.length * width);
      for (let row = 0; row < ids.length; row++) {
        const from = (first + row) * table.width + part * width;
        taken.set(rows.subarray(from, from + width), row * width);
      }
      return taken;
    },
  };
}
