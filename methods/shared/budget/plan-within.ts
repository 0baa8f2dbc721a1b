import { type Infeasible, isInfeasible, type Plan, type Serving } from '../../../harness/contract/method.ts';
import { infeasible } from '../../../harness/contract/size.ts';

/** The search ends where bytes are as many as allowed but for this share of them, or the budget is known as well. */
const tolerance = 1e-3;
const maxPlans = 16;

interface Sized {
  readonly budget: number;
  readonly plan: Plan;
  readonly bytes: number;
}

export interface Search {
  /** Bytes that a plan may take in its other form. */
  readonly allowed: number;
  /** The largest budget that is tried. */
  readonly most: number;
  readonly planAt: (budget: number) => Plan | Infeasible;
  /** Bytes of a plan in its other form. */
  readonly bytesOf: (plan: Plan) => number;
  /** Name of the smallest plan in the answer that even that takes too much. */
  readonly what: string;
}

/**
 * The plan with the largest budget that comes to no more than the bytes allowed. Plans are not cheap, and their sizes go in
 * steps: sixteen are asked for at most, by proportion and by halves in turn, and what is returned fits whatever the steps.
 */
export function planWithin({ allowed, most, planAt, bytesOf, what }: Search): Plan | Infeasible {
  const sizedAt = (budget: number): Sized | Infeasible => {
    const plan = planAt(budget);
    return isInfeasible(plan) ? plan : { budget, plan, bytes: bytesOf(plan) };
  };
  const smallest = (first: Sized | Infeasible): Sized | Infeasible => {
    const none = 'plan' in first ? planAt(0) : first;
    return sizedAt(isInfeasible(none) ? none.smallestBytes : 0);
  };
  const first = sizedAt(allowed);
  const fits = 'plan' in first && first.bytes <= allowed;
  const least = fits ? first : smallest(first);
  if (!('plan' in least)) return least;
  if (least.bytes > allowed) return infeasible(least.bytes, allowed, what);

  let low = least;
  let high =
    'plan' in first && !fits
      ? { budget: allowed, bytes: first.bytes }
      : { budget: Math.max(most, low.budget), bytes: Infinity };
  for (let plans = 0; plans < maxPlans; plans++) {
    if (low.bytes >= (1 - tolerance) * allowed) break;
    if (high.budget - low.budget <= Math.max(1, tolerance * low.budget)) break;
    const middle = plans === 0 && high.bytes === Infinity ? high.budget : (low.budget + high.budget) / 2;
    const share = (allowed - low.bytes) / (high.bytes - low.bytes);
    const proportional = low.budget + share * (high.budget - low.budget);
    const budget = Math.round(plans % 2 === 1 && high.bytes < Infinity ? proportional : middle);
    const tried = sizedAt(Math.min(high.budget, Math.max(low.budget + 1, budget)));
    if ('plan' in tried && tried.bytes <= allowed) low = tried;
    else high = { budget: Math.min(high.budget, budget), bytes: 'plan' in tried ? tried.bytes : Infinity };
  }
  return low.plan;
}

/**
 * Placeholder for a layer whose shape only training finds: it takes exactly these bytes, the most that the layer may take.
 * `whole`: the most of them that will be no rows of a table, and take as much in every form that tables are stored in; a wrapper would
 * promise too little otherwise. The others are floats in rows of one, in as many tables as there will be: some forms have a scale for each.
 */
export function anythingWithin(budget: number, whole = 0, tables = 1): Serving {
  const rows = Math.max(0, Math.floor((budget - whole) / 4));
  const each = Math.floor(rows / tables);
  return {
    tables: Array.from({ length: tables }, (_, i) => ({
      width: 1,
      parts: [{ rows: i === 0 ? rows - (tables - 1) * each : each, init: { mean: 0, halfWidth: 0 } }],
    })),
    maps: [{ length: budget - 4 * rows, bits: 8 }],
  };
}

/** The same for a layer whose tables have stored forms of their own, which wrappers leave as they are. */
export function integersWithin(budget: number): Serving {
  const part = { rows: budget, init: { mean: 0, halfWidth: 0 } };
  return { tables: [{ width: 1, parts: [part], stored: { kind: 'grid', bits: 8, step: 1 } }] };
}
