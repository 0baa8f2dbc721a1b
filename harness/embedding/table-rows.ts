import type { OpenBackend, OptimizerRule, Rows } from '../contract/backend.ts';
import type { Table } from '../contract/method.ts';
import { tableRows } from '../contract/size.ts';
import { lacksRule, requireHostRows } from '../optimizers/missing-rules.ts';
import { HostRows } from './host-rows.ts';

/** Rows of the backend, or of this process where the backend has none or lacks the rule. */
export function createRows(backend: OpenBackend, table: Table, rule: OptimizerRule, seed: number): Rows {
  if (backend.createRows === undefined) return new HostRows(table, rule, seed);
  if (!lacksRule(backend, rule)) return backend.createRows(table, rule, seed);
  requireHostRows(backend, rule);
  console.warn(
    `the ${backend.name} backend lacks the optimizer ${rule}: its rows are updated in this process`,
  );
  return new HostRows(table, rule, seed);
}

/** Rows written at a time: an index for each is in memory beside them. */
const rowsPerPiece = 2 ** 16;

/** Sets all rows of a table to these values, [rows, width]. Throws a RangeError for another number of floats. */
export function fillRows(rows: Rows, values: Float32Array, keepState = false): void {
  const { table } = rows;
  const count = tableRows(table);
  if (values.length !== count * table.width)
    throw new RangeError(`${values.length} floats for ${count} rows of ${table.width}`);
  for (let from = 0; from < count; from += rowsPerPiece) {
    const piece = Uint32Array.from({ length: Math.min(rowsPerPiece, count - from) }, (_, i) => from + i);
    rows.write(piece, values.subarray(from * table.width, (from + piece.length) * table.width), keepState);
  }
}
