/** Rows of the planted log without their labels: ids, integers, and the three parts of the logit. */
import { categoryColumns, integerColumns, type CategoryColumn } from '../columns.ts';
import { uniformDraw } from '../draws.ts';
import { factorCount, factorOf, integersOf, latentLength } from '../integers.ts';
import { addIntegers } from './dense.ts';
import { addFactor, interact } from './interactions.ts';
import { addIds } from './latents.ts';
import { rankOf } from '../zipf.ts';

/** Standard deviation of one component of the sum of the latent vectors, head ids taken as typical. */
const latentDeviation = Math.hypot(...categoryColumns.map((column) => column.latent));

/** A block of rows, by column; reused by the next block. */
export interface Rows {
  readonly ids: readonly Int32Array[]; // per categorical field [rows], -1 for missing
  readonly integers: readonly Int32Array[]; // per dense field [rows]
  readonly signal: Signal;
}

/** The parts of the logit, not yet standardized, each [rows]. */
export interface Signal {
  readonly ids: Float64Array;
  readonly integers: Float64Array;
  readonly interactions: Float64Array;
}

/** `fill(start, size)` makes rows start .. start+size-1, each from the seed and its own number only. */
export function rowMaker(seed: number, scale: number, capacity: number) {
  const fields = categoryColumns.map((column) => ({
    idsOf: idsOf(column, seed, scale),
    add: addIds(column, seed),
    ids: new Int32Array(capacity),
  }));
  const factors = Array.from({ length: factorCount }, (_, k) => ({
    make: factorOf(k, seed, latentDeviation),
    add: addFactor(k, seed),
    values: new Float64Array(capacity),
    observed: new Float64Array(capacity), // the factor as the integers show it
  }));
  const dense = integerColumns.map((column) => ({
    factor: factors[column.factor],
    integersOf: integersOf(column, seed),
    add: addIntegers(column),
    values: new Int32Array(capacity),
  }));
  const signal: Signal = {
    ids: new Float64Array(capacity),
    integers: new Float64Array(capacity),
    interactions: new Float64Array(capacity),
  };
  const sums = {
    additive: signal.ids,
    latent: new Float64Array(capacity * latentLength),
    squares: new Float64Array(capacity),
  };
  const rows: Rows = {
    ids: fields.map((field) => field.ids),
    integers: dense.map((column) => column.values),
    signal,
  };

  const fill = (start: number, size: number): void => {
    for (const array of [sums.additive, sums.latent, sums.squares, signal.integers]) array.fill(0);
    for (const { ids, idsOf, add } of fields) {
      idsOf(start, size, ids);
      add(ids, size, sums);
    }
    for (const { make, values, observed } of factors) {
      make(start, size, sums.latent, values);
      observed.fill(0);
    }
    for (const { factor, integersOf, add, values } of dense) {
      integersOf(start, size, factor.values, values);
      add(values, size, signal.integers, factor.observed);
    }
    for (const { observed, add } of factors) add(observed, size, sums);
    interact(sums, size, signal.interactions);
  };
  return { rows, fill };
}

function idsOf(column: CategoryColumn, seed: number, scale: number) {
  const { missing } = column;
  const smallest = Math.min(column.cardinality, 3);
  const cardinality = Math.max(smallest, Math.ceil(column.cardinality * scale));
  const rank = rankOf({ ...column, cardinality });
  const position = uniformDraw(seed, `id/${column.family}`);
  const absent = uniformDraw(seed, `missing/${column.group}`);
  return (start: number, size: number, ids: Int32Array): void => {
    for (let row = 0; row < size; row++) {
      ids[row] = missing > 0 && absent(start + row) < missing ? -1 : rank(position(start + row));
    }
  };
}
