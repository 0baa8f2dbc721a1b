import { distinctRows } from './distinct-rows.ts';
import type { RowState } from './backend.ts';
import type { Table } from './method.ts';
import { overlaps, tableRows } from './table-shape.ts';

/** The checks of rows that are written or copied, wherever the table lives. Throw a RangeError. */

export function requireRows(table: Table, rows: Uint32Array): void {
  const all = tableRows(table);
  for (let i = 0; i < rows.length; i++)
    if (rows[i] >= all) throw new RangeError(`row ${rows[i]} is outside a table of ${all} rows`);
}

/** Does not check that the rows are inside (slower): see requireRows. */
export function requireValues({ width }: Table, rows: Uint32Array, values: Float32Array): void {
  if (values.length !== rows.length * width)
    throw new RangeError(`${values.length} floats are not ${rows.length} rows of ${width}`);
}

/** Does not check that the rows are inside (slower): see requireRows. */
export function requirePairs(table: Table, from: Uint32Array, to: Uint32Array): void {
  if (overlaps(table)) throw new RangeError('rows that overlap cannot be copied');
  if (from.length !== to.length)
    throw new RangeError(`${from.length} rows cannot be copied to ${to.length} rows`);
}

/** `arrays`: those of the table that takes it over, of so many floats each. */
export function requireState({ floats }: RowState, arrays: readonly { readonly length: number }[]): void {
  const [found, wanted] = [floats, arrays].map(
    (all) => all.map(({ length }) => length).join(' and ') || 'no',
  );
  if (found !== wanted) throw new RangeError(`${found} floats of state for a table that has ${wanted}`);
}

/** Values written to rows that overlap, as floats of the table that are different from each other. */
export function floatsOnce(
  { width, stride = width }: Table,
  rows: Uint32Array,
  values: Float32Array,
): { readonly floats: Uint32Array; readonly values: Float32Array } {
  const places = new Uint32Array(rows.length * width);
  for (let i = 0, to = 0; i < rows.length; i++)
    for (let k = 0; k < width; k++) places[to++] = rows[i] * stride + k;
  const { rows: floats, positions } = distinctRows([places]);
  const once = new Float32Array(floats.length);
  for (let i = 0; i < positions.length; i++) once[positions[i]] = values[i];
  return { floats, values: once };
}
