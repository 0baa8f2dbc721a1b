import type { Field } from '../harness/contract/data.ts';
import type { Layer, Method, Plan } from '../harness/contract/method.ts';
import { isInfeasible } from '../harness/contract/method.ts';
import { budgetFor } from '../harness/contract/size.ts';

/** Counts as 1/rank, so that ids are in the order of their frequency. */
export function zipfFields(cardinalities: readonly number[]): Field[] {
  const counts = zipfCounts(Math.max(0, ...cardinalities));
  return cardinalities.map((cardinality, f) => ({
    name: `C${f + 1}`,
    cardinality,
    counts: counts.slice(0, cardinality),
  }));
}

function zipfCounts(length: number): Uint32Array {
  const counts = new Uint32Array(length);
  for (let id = 0; id < length; id++) counts[id] = Math.ceil(1000 / (id + 1));
  return counts;
}

/** Fields without counts: views of one array of zeros, so that Kaggle's cardinalities cost 40 MB. */
export function uncountedFields(cardinalities: readonly number[]): Field[] {
  const zeros = new Uint32Array(Math.max(...cardinalities));
  return cardinalities.map((cardinality, f) => ({
    name: `C${f + 1}`,
    cardinality,
    counts: zeros.subarray(0, cardinality),
  }));
}

export function layerAt(fields: readonly Field[], dim: number, compression: number, seed = 1): Layer {
  return { fields, dim, budget: budgetFor({ fields, dim }, compression), seed };
}

export function feasiblePlan(method: Method, layer: Layer, options: Record<string, unknown> = {}): Plan {
  const plan = method.plan(layer, method.options.parse(options));
  if (isInfeasible(plan)) throw new Error(`${method.name}: ${plan.reason}`);
  return plan;
}

/** Every id of every field at least once: those of a field in a column. */
export function everyIdOf(cardinalities: readonly number[]): Uint32Array {
  const width = cardinalities.length;
  return Uint32Array.from(
    { length: Math.max(...cardinalities) * width },
    (_, at) => (cardinalities[at % width] - 1 + Math.floor(at / width)) % cardinalities[at % width],
  );
}
