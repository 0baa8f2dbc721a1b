import { fullKeyBytes } from './keys.ts';
import type { Infeasible, Layer, Plan, Serving } from './method.ts';
import { servingBytesOf, sumOf } from './serving-bytes.ts';
import { tableFloats, weightFloats } from './table-shape.ts';

export { overlaps, tableFloats, tableRows, updatedShape, weightFloats } from './table-shape.ts';

/** Counted by the harness, the same way for every method (METHODOLOGY, section 4.2). */
export interface Size {
  readonly parameters: number;
  readonly servingBytes: number;
}

const floatBytes = 4;

/**
 * The size of the served form. Parameters: its floats; the non-zero ones of a sparse table. Serving bytes: floats as they are
 * stored, and id maps at the bits they need. Hashes are free.
 */
export function sizeOf(plan: Serving & Pick<Plan, 'serving'>): Size {
  const served = plan.serving ?? plan;
  let parameters = 0;
  for (const table of served.tables)
    parameters += table.stored?.kind === 'sparse' ? table.stored.nonZeros : tableFloats(table);
  for (const weight of served.weights ?? []) parameters += weightFloats(weight);
  return { parameters, servingBytes: sumOf(servingBytesOf(served)) };
}

/** Floats that are held while a plan is trained: all of its tables and weights, frozen ones too. */
export function trainedFloats({ tables, weights = [] }: Serving): number {
  const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
  return sum(tables.map(tableFloats)) + sum(weights.map(weightFloats));
}

/** Bytes of tables, weights and maps during training, without the optimizer's state. */
export function trainedBytes(plan: Pick<Plan, 'tables' | 'weights' | 'maps'>): number {
  const maps = (plan.maps ?? []).map(({ length, bits }) => Math.ceil((length * bits) / 8));
  return floatBytes * trainedFloats(plan) + maps.reduce((sum, bytes) => sum + bytes, 0);
}

/** One fp32 row of the model's width per id. */
export function fullSize({ fields, dim }: Pick<Layer, 'fields' | 'dim'>): Size {
  const parameters = dim * fields.reduce((sum, { cardinality }) => sum + cardinality, 0);
  return { parameters, servingBytes: parameters * floatBytes };
}

/** The bytes that a budget counts: serving bytes alone if undefined, or with keys. */
export type Counted = 'keys' | undefined;

/** The bytes that a compression ratio allows: a share of the full table's, with its keys if keys count. */
export function budgetFor(
  layer: Pick<Layer, 'fields' | 'dim'>,
  compression: number,
  counted?: Counted,
): number {
  const keys = counted === 'keys' ? fullKeyBytes(layer.fields) : 0;
  return Math.floor((fullSize(layer).servingBytes + keys) / compression);
}

/** The plan if it fits the budget, otherwise the bytes that it would take. */
export function withinBudget(plan: Plan, budget: number, what: string): Plan | Infeasible {
  const { servingBytes } = sizeOf(plan);
  return servingBytes <= budget ? plan : infeasible(servingBytes, budget, what);
}

export function infeasible(smallestBytes: number, budget: number, what: string): Infeasible {
  return { smallestBytes, reason: `${what} takes ${smallestBytes} bytes, the budget is ${budget}` };
}
