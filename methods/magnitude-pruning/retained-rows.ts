import type { Converter } from '../../harness/contract/conversion.ts';
import type { Infeasible, Layer, Plan, Serving, Stage, Table } from '../../harness/contract/method.ts';
import { infeasible, sizeOf } from '../../harness/contract/size.ts';
import { chosenIds } from '../shared/id-sets/chosen-ids.ts';
import { topK } from '../../base/top-k.ts';
import { idSetMaps, storedSet } from '../shared/id-sets/id-set.ts';
import { type AnyRows, countRows, piecesOf, rowsOfIds, takePieces } from '../shared/rows/row-source.ts';
import { largestWithin } from '../shared/budget/bisection.ts';
import { countIds, fieldOffsets, idInit } from '../shared/rows/table-parts.ts';
import type { Retraining } from '../shared/pruning/sparse-rows.ts';

/** Number of ids that retain their row; all others have vectors of zeros. */
export interface RetainedRows {
  readonly rows: number;
  readonly serving: Serving;
}

/** Retains as many rows as fit the budget with a list of their ids, or a bit per id. At least one. */
export function retainedRows({ fields, dim, budget }: Layer): RetainedRows | Infeasible {
  const ids = countIds(fields);
  const of = (rows: number): RetainedRows => ({
    rows,
    serving: {
      tables: [tableOf(rows, dim)],
      maps: idSetMaps({ ids, capacity: rows }),
      toldApart: { byField: fields.map(() => 0), anyField: rows },
    },
  });
  const bytes = (rows: number) => sizeOf(of(rows).serving).servingBytes;
  if (bytes(1) > budget) return infeasible(bytes(1), budget, 'one row');
  return of(
    Math.max(
      1,
      largestWithin(ids, (rows) => bytes(rows) <= budget),
    ),
  );
}

/**
 * The stage that is served: the rows numbered in `chosen`, ascending, of a table with a row for each id of all fields, whose values
 * are `values`. They are trained on for `share` of the run, and are the same rows as before.
 */
export function retainedRowsStage(
  { fields, dim }: Layer,
  chosen: Uint32Array,
  { table: before, values }: { readonly table: Table; readonly values: Float32Array },
  { name, network, share }: Retraining,
): Stage {
  const table = tableOf(chosen.length, dim);
  const { maps, starts, ends, columns } = chosenIds({ fields }, chosen);
  const contents = new Float32Array(chosen.length * dim);
  chosen.forEach((row, i) => contents.set(values.subarray(row * dim, (row + 1) * dim), i * dim));
  const rows = ends.map((end, f) => end - starts[f]);
  const plan: Plan = {
    tables: [table],
    maps,
    choices: { rows },
    toldApart: { byField: rows },
    embed: (lookup) => lookup.rows(table, columns(lookup)),
    training: { name, share },
  };
  const states = new Map([[table, { of: before, rows: chosen }]]);
  return { plan, contents: new Map([[table, contents]]), network, states };
}

/** All fields in one part: how many rows each has is found by training. */
function tableOf(rows: number, width: number): Table {
  return { width, parts: [{ rows, init: idInit(rows) }] };
}

/** Euclidean norm of every row. */
export function rowNorms(rows: AnyRows, width: number): Float32Array {
  const norms = new Float32Array(countRows(rows, width));
  for (const { first, values } of piecesOf(rows))
    for (let from = 0, row = first; from < values.length; from += width, row++) {
      let squares = 0;
      for (let k = from; k < from + width; k++) squares += values[k] ** 2;
      norms[row] = Math.sqrt(squares);
    }
  return norms;
}

/** Rows of the largest norms, as they are, of rows that are read in pieces: a norm for each is held. */
export function convertRetained({ fields, dim }: Layer, count: number): Converter {
  return {
    holds: 'pieces',
    convert(rowsOf) {
      const norms = new Float32Array(countIds(fields));
      const offsets = fieldOffsets(fields);
      fields.forEach((_, f) => norms.set(rowNorms(rowsOf(f), dim), offsets[f]));
      const chosen = topK(norms, count);
      const table = tableOf(chosen.length, dim);
      const { maps, starts, ends } = chosenIds({ fields }, chosen);
      const set = storedSet({ ids: norms.length, capacity: chosen.length }, 0);
      const ownOf = (f: number) => chosen.slice(starts[f], ends[f]).map((number) => number - offsets[f]);
      function* pieces() {
        for (let f = 0; f < fields.length; f++) yield* takePieces(rowsOf(f), ownOf(f));
      }
      return {
        plan: { tables: [table], maps, choices: { rows: ends.map((end, f) => end - starts[f]) } },
        tables: new Map([[table, pieces]]),
        recipe: fields.map((_, f) => [
          {
            ...rowsOfIds(0, 0, starts[f]),
            ids: { kind: 'in', set, offset: offsets[f], first: starts[f] },
          },
        ]),
      };
    },
  };
}
