/** Rows of version 2 without their labels: ids, integers, and the parts of the score. */
import { categoryColumns, integerColumns } from '../columns.ts';
import { factorCount, factorOf, integersOf, latentLength } from '../integers.ts';
import { deriveSeed } from '../../../base/hash.ts';
import { random } from '../../../base/random.ts';
import { addDense } from './dense.ts';
import { idsOf } from './fields.ts';
import { addIds } from './ids.ts';
import { integerLatent, type PartName, triples } from './parts.ts';
import { addTriple } from './triples.ts';
import { addWave, type Linear, measureLinear } from './wave.ts';
import type { Week } from './week.ts';
import { weightsOf } from './weights.ts';

/** The parts of the score, not yet standardized, each [rows]. */
export type Signal = Readonly<Record<PartName, Float64Array>>;

export interface World {
  readonly seed: number;
  readonly scale: number;
  readonly drift: number;
}

/** Standard deviation of one entry of the sum of a row's vectors, head ids taken as typical. */
const vectorDeviation = Math.hypot(...Object.values(weightsOf).map(({ latent }) => latent));

/** Quantities that a pilot measures before the parts that depend on it can be made. */
export interface Measured {
  readonly medians: readonly number[]; // of the factors as the integers show them
  readonly linear: Linear;
}

/**
 * `fill(start, size)` makes rows start .. start+size-1, each from the world, its own number, its time and what was measured only; the
 * first block measures it if it is not known.
 */
export function rowMaker({ seed, scale, drift }: World, capacity: number, week: Week, known?: Measured) {
  const fields = categoryColumns.map((column) => ({
    column,
    idsOf: idsOf(column, seed, scale, drift),
    add: addIds(column, seed, scale, drift),
    ids: new Int32Array(capacity),
  }));
  const factors = Array.from({ length: factorCount }, (_, k) => ({
    make: factorOf(k, seed, vectorDeviation),
    direction: directionOf(k, seed),
    values: new Float64Array(capacity),
    observed: new Float64Array(capacity), // the factor as the integers show it
  }));
  const dense = integerColumns.map((column, c) => ({
    factor: factors[column.factor],
    integersOf: integersOf(column, seed),
    add: addDense(column, c),
    values: new Int32Array(capacity),
  }));
  const idsNamed = (name: string) => fields.find(({ column }) => column.name === name)!.ids;
  const beyondPairs = triples.map(({ fields: [a, b], factor }) => ({
    ...{ a: idsNamed(a), b: idsNamed(b), factor },
    add: addTriple([a, b], seed, scale),
  }));
  const array = () => new Float64Array(capacity);
  const signal: Signal = {
    ids: array(),
    linear: array(),
    bumps: array(),
    pairs: array(),
    wave: array(),
    triples: array(),
  };
  const latent = new Float64Array(capacity * latentLength);
  // Fields of a family are views of one quantity, so a product of two of them would be an effect of the finer: only
  // pairs of different families count.
  const families = [...new Set(categoryColumns.map(({ family }) => family))].map((family) => {
    const members = fields.filter(({ column }) => column.family === family);
    return { members, hasVectors: members.some(({ column }) => weightsOf[column.name].latent > 0) };
  });
  const ofFamily = new Float64Array(capacity * latentLength);

  let measured = known;
  const fill = (start: number, size: number): void => {
    for (const part of Object.values(signal)) part.fill(0);
    latent.fill(0);
    const runs = [...week.runs(start, size)];
    for (const { members, hasVectors } of families) {
      if (hasVectors) ofFamily.fill(0);
      for (const { ids, idsOf, add } of members) {
        for (const run of runs) {
          idsOf(run.start, run.size, run.day, ids, run.start - start);
          add(ids, run.start - start, run.size, run.day, { additive: signal.ids, latent: ofFamily });
        }
      }
      if (hasVectors) join(ofFamily, size, latent, signal.pairs);
    }
    for (const { make, values, observed } of factors) {
      make(start, size, latent, values);
      observed.fill(0);
    }
    for (const { factor, integersOf, add, values } of dense) {
      integersOf(start, size, factor.values, values);
      add(values, size, signal, factor.observed);
    }
    measured ??= {
      medians: factors.map(({ observed }) => observed.slice(0, size).sort()[size >>> 1]),
      linear: measureLinear(signal.linear, size),
    };
    addWave(signal.linear, size, measured.linear, signal.wave);
    for (const { a, b, factor, add } of beyondPairs)
      add(a, b, factors[factor].observed, measured.medians[factor], size, signal.triples);
    for (const { observed, direction } of factors) {
      for (let row = 0; row < size; row++) {
        let product = 0;
        for (let j = 0; j < latentLength; j++) product += latent[row * latentLength + j] * direction[j];
        signal.pairs[row] += observed[row] * product;
      }
    }
  };
  return {
    rows: { ids: fields.map(({ ids }) => ids), integers: dense.map(({ values }) => values), signal },
    measured: () => measured!,
    fill,
  };
}

/** Adds the products of a family's vector with those of the families before it, and the vector to their sum. */
function join(vectors: Float64Array, size: number, sum: Float64Array, pairs: Float64Array): void {
  for (let row = 0; row < size; row++) {
    let product = 0;
    for (let at = row * latentLength, end = at + latentLength; at < end; at++) {
      product += sum[at] * vectors[at];
      sum[at] += vectors[at];
    }
    pairs[row] += product;
  }
}

/** The integers' latent vector per unit of factor `k`: products of ids with integers have no parts of integers alone. */
function directionOf(k: number, seed: number): Float64Array {
  const stream = random(deriveSeed(seed, 'direction', k));
  return Float64Array.from({ length: latentLength }, () => integerLatent * stream.normal());
}
