import type { Infeasible, Layer, Plan, Table } from './method.ts';

/** Counted by the harness, the same way for every method (METHODOLOGY, "What is counted"). */
export interface Size {
  readonly parameters: number;
  readonly servingBytes: number;
}

const floatBytes = 4;

export function tableRows(table: Table): number {
  return table.parts.reduce((sum, { rows }) => sum + rows, 0);
}

/** Floats of a table, each counted once. */
export function tableFloats(table: Table): number {
  const { width, stride = width } = table;
  const rows = tableRows(table);
  return rows === 0 ? 0 : (rows - 1) * stride + width;
}

/** Parameters: floats that are trained. Serving bytes: those, and id maps at the bits they need. Hashes are free. */
export function sizeOf({ tables, weights = [], maps = [] }: Pick<Plan, 'tables' | 'weights' | 'maps'>): Size {
  let parameters = 0;
  for (const table of tables) parameters += tableFloats(table);
  for (const { shape } of weights) parameters += shape.reduce((product, side) => product * side, 1);
  let mapBytes = 0;
  for (const { values, bits } of maps) mapBytes += Math.ceil((values.length * bits) / 8);
  return { parameters, servingBytes: parameters * floatBytes + mapBytes };
}

/** One fp32 row of the model's width per id. */
export function fullSize({ fields, dim }: Pick<Layer, 'fields' | 'dim'>): Size {
  const parameters = dim * fields.reduce((sum, { cardinality }) => sum + cardinality, 0);
  return { parameters, servingBytes: parameters * floatBytes };
}

/** Serving bytes that a compression ratio allows. */
export function budgetFor(layer: Pick<Layer, 'fields' | 'dim'>, compression: number): number {
  return Math.floor(fullSize(layer).servingBytes / compression);
}

/** The plan where it fits the budget, what it would take where not. */
export function withinBudget(plan: Plan, budget: number, what: string): Plan | Infeasible {
  const { servingBytes } = sizeOf(plan);
  return servingBytes <= budget ? plan : infeasible(servingBytes, budget, what);
}

export function infeasible(smallestBytes: number, budget: number, what: string): Infeasible {
  return { smallestBytes, reason: `${what} takes ${smallestBytes} bytes, the budget is ${budget}` };
}
