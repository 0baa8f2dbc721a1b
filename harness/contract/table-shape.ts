import type { Table, Weight } from './method.ts';

export function tableRows(table: Table): number {
  return table.parts.reduce((sum, { rows }) => sum + rows, 0);
}

/** Floats of a table, each counted once. */
export function tableFloats(table: Table): number {
  const { width, stride = width } = table;
  const rows = tableRows(table);
  return rows === 0 ? 0 : (rows - 1) * stride + width;
}

/** True if rows share floats. Floats are updated then: rows of width 1. */
export function overlaps({ width, stride = width }: Table): boolean {
  return stride < width;
}

/** The shape of a table as optimizers update it, and have a state for it. */
export function updatedShape(table: Table): [rows: number, width: number] {
  return overlaps(table) ? [tableFloats(table), 1] : [tableRows(table), table.width];
}

export function weightFloats({ shape }: Pick<Weight, 'shape'>): number {
  return shape.reduce((product, side) => product * side, 1);
}
