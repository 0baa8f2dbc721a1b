import { fillUniform } from '../contract/fill.ts';
import type { Table } from '../contract/method.ts';
import { deriveSeed } from '../../base/hash.ts';
import { tableFloats } from '../contract/table-shape.ts';

/** The floats that a table starts with, wherever it lives: those of the flat memory where rows overlap. */
export function initialFloats(table: Table, seed: number): Float32Array {
  const floats = new Float32Array(tableFloats(table));
  fillTable(floats, table, seed);
  return floats;
}

export function fillTable(floats: Float32Array, table: Table, seed: number): void {
  const { width, stride = width } = table;
  let from = 0;
  table.parts.forEach((part, i) => {
    const last = i === table.parts.length - 1;
    const to = last ? floats.length : from + part.rows * stride;
    fillUniform(floats.subarray(from, to), part.init, deriveSeed(seed, i));
    from = to;
  });
}
