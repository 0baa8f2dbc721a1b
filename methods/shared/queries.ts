import * as tf from '@tensorflow/tfjs';
import type { Indices } from '../../harness/contract/indices.ts';
import type { Init, Lookup, Table } from '../../harness/contract/method.ts';
import type { Choosing, CodedLayer } from './codes.ts';
import { firstRows } from './rows.ts';

/** What ids ask codebooks for while these are trained: a row for each, as wide as its vector. */
export interface Queries {
  readonly table: Table;
  readonly tables: readonly Table[];
  /** Of a batch. */
  lookUp(lookup: Lookup): Asked;
  /** Of ids, the columns of one part: [ids, width]. `rows`: all of the table's. */
  rowsOf(rows: Float32Array, choosing: Choosing): Float32Array;
}

/** A group is a part of a coded field. */
export interface Asked {
  readonly queries: tf.Tensor3D; // [groups, batch, width]
  /** 1 where the id is hot, 0 where it chooses among fewer codewords; absent where all are hot: [groups, batch, 1]. */
  readonly hot?: tf.Tensor3D;
}

/**
 * `shared`: ids of a field that share a codeword share a query, too, which the codeword follows. Otherwise they have none:
 * zeros.
 */
export function queryRows(layer: CodedLayer, initOf: (field: number) => Init, shared: boolean): Queries {
  const { layout, coded } = layer;
  const { parts, width, coldCodewords } = layout;
  const groups = coded.length * parts;
  const coldRows = coded.map((f) => {
    const positions = layer.coldPositions(f);
    return coldCodewords[f] > 1 ? positions : Math.min(positions, shared ? 1 : 0);
  });
  const table: Table = {
    width: parts * width,
    parts: coded.flatMap((f, i) => [
      { rows: layout.hot[f], init: initOf(f) },
      { rows: coldRows[i], init: initOf(f) },
    ]),
  };
  const firsts = firstRows(table.parts);
  const [firstHot, firstCold] = [0, 1].map((odd) => firsts.filter((_, i) => i % 2 === odd));
  const allHot = coded.every((f) => layer.coldPositions(f) === 0);
  const noCold = coldRows.every((rows) => rows === 0);
  /** One row, looked up where an id is hot: the others are `none`, which gives zeros. */
  const flag: Table = { width: 1, parts: [{ rows: 1, init: { mean: 1, halfWidth: 0 } }], frozen: true };
  const spread = coded.flatMap((_, i) => Array.from({ length: parts }, () => i));
  const groupsFirst = (x: tf.Tensor, width: number) =>
    tf.transpose(x.reshape<tf.Tensor3D>([-1, groups, width]), [1, 0, 2]);

  // A field's only row is for all of them; without rows, no position is one.
  const ends = coldRows.map((rows) => (rows === 0 ? 0 : 2 ** 32 - 1));
  const coldRowsOf = (cold: Indices) =>
    cold
      .within(0, ends)
      .mod(coldRows.map((rows) => Math.max(1, rows)))
      .plus(firstCold);

  return {
    table,
    tables: allHot ? [table] : [table, flag],
    lookUp(lookup) {
      const positions = layer.positions(lookup);
      if (positions === undefined) {
        const rows = lookup.rows(table, lookup.ids.pick(coded).plus(firstHot));
        return { queries: groupsFirst(rows, width) };
      }
      const { hot, cold } = positions;
      const ofHot = lookup.rows(table, hot.plus(firstHot));
      const rows = noCold ? ofHot : ofHot.add(lookup.rows(table, coldRowsOf(cold)));
      const isHot = lookup.rows(flag, hot.pick(spread).mod(1));
      return { queries: groupsFirst(rows, width), hot: groupsFirst(isHot, 1) };
    },
    rowsOf(rows, { field, part, ids, hot }) {
      const i = coded.indexOf(field);
      const first = hot ? firstHot[i] : firstCold[i];
      const taken = new Float32Array(ids.length * width);
      for (let row = 0; row < ids.length; row++) {
        const from = (first + row) * table.width + part * width;
        taken.set(rows.subarray(from, from + width), row * width);
      }
      return taken;
    },
  };
}
