import { z } from 'zod';
import {
  type Infeasible,
  isInfeasible,
  type Plan,
  type Step,
  type Table,
} from '../../../harness/contract/method.ts';
import { mix32 } from '../../../base/hash.ts';
import { tableRows } from '../../../harness/contract/table-shape.ts';

/** Whole multiples of a step, as many as so many bits tell apart: from -2^(bits-1) to 2^(bits-1) - 1 of them. */
export interface Ends {
  readonly lowest: number;
  readonly highest: number;
}

export function endsOf(bits: number): Ends {
  const lowest = -(2 ** (bits - 1));
  return { lowest, highest: -lowest - 1 };
}

const roundingBase = 1.5 * 2 ** 52;

/** Rounds to an integer below 2^51, ties to even: the sum with 1.5 * 2^52 is rounded to an integer. */
export function roundToEven(x: number): number {
  return x + roundingBase - roundingBase;
}

/** The integer a float is stored as: of x / step in single precision, as it is where floats are trained, ties to even. */
export function nearestInteger(x: number, step: number, { lowest, highest }: Ends): number {
  return Math.min(highest, Math.max(lowest, roundToEven(Math.fround(x / step)))) + 0; // no -0
}

/** A span of floats to be rounded: `count` floats from `from` on. */
export interface Span {
  readonly from: number;
  readonly count: number;
}

/**
 * Rounds a span of floats in place to multiples of `step`, up with the probability of what is left over, so that the expected
 * value is the float itself: floor(x) + Bernoulli(x - floor(x)). What is beyond the ends becomes the ends. The random number
 * of a float depends on the seed and its place in `values` alone; a multiple of the step stays what it is.
 */
export function roundAtRandom(
  values: Float32Array,
  { from, count }: Span,
  step: number,
  { lowest, highest }: Ends,
  seed: number,
): void {
  for (let i = from; i < from + count; i++) {
    const steps = values[i] / step;
    let rounded = roundToEven(steps);
    const off = steps - rounded;
    // A multiple as a 32-bit float is off by its last bit.
    if (Math.abs(off) > Math.abs(rounded) * 2 ** -23) {
      const uniform = (mix32(seed + Math.imul(i, 0x9e3779b9)) >>> 8) * 2 ** -24;
      if (uniform < Math.abs(off)) rounded += off > 0 ? 1 : -1; // to the other neighbour
    }
    values[i] = (rounded < lowest ? lowest : rounded > highest ? highest : rounded) * step + 0;
  }
}

export function roundToNearest(values: Float32Array, { from, count }: Span, step: number, ends: Ends): void {
  for (let i = from; i < from + count; i++) values[i] = nearestInteger(values[i], step, ends) * step;
}

const rowsPerPiece = 2 ** 16;

/** Rounds all rows of a table to the nearest multiples of a step, in pieces. What the optimizer knows of them stays. */
export async function roundTable(
  access: Pick<Step, 'read' | 'write'>,
  table: Table,
  step: number,
  ends: Ends,
): Promise<void> {
  const all = tableRows(table);
  for (let from = 0; from < all; from += rowsPerPiece) {
    const rows = Uint32Array.from({ length: Math.min(rowsPerPiece, all - from) }, (_, i) => from + i);
    const values = await access.read(table, rows);
    roundToNearest(values, { from: 0, count: values.length }, step, ends);
    access.write(table, rows, values, true);
  }
}

/**
 * The default step between neighbouring values: .01 in 8 bits (Zhang et al., VLDB 2024), which reach from
 * -1.28 to 1.27 then. With fewer bits values are further apart and reach less far: as the cube root of the largest integer,
 * which is near the best validation AUC of one epoch in 4 and in 2 bits.
 */
export function usualStep(bits: number): number {
  return Math.fround(0.01 * Math.cbrt(endsOf(8).highest / endsOf(bits).highest));
}

export const minBits = 2;
export const maxBits = 16;

export const bitsOption = z
  .int()
  .min(minBits)
  .max(maxBits)
  .optional()
  .describe('bits of an integer; if not given, as many as fit the budget');

/** The plan with the most bits that fits, or what the one with the fewest takes. */
export function planWithBits(
  bits: number | undefined,
  planAt: (bits: number) => Plan | Infeasible,
): Plan | Infeasible {
  for (let tried = bits ?? maxBits; ; tried--) {
    const plan = planAt(tried);
    if (!isInfeasible(plan) || tried <= (bits ?? minBits)) return plan;
  }
}
