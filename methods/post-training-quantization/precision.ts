import type { z } from 'zod';
import {
  type Departure,
  isInfeasible,
  type Method,
  type Plan,
  type Storage,
  type Table,
} from '../../harness/contract/method.ts';
import { fullSize } from '../../harness/contract/size.ts';
import type { Wrapper } from '../../harness/contract/wrapper.ts';
import { planWithin } from '../shared/budget/plan-within.ts';
import { bytesIn, type Form, withStoredTables } from './stored-tables.ts';
import { wrappedOptions } from './wrapped-options.ts';

export interface Precision<Options extends z.ZodObject> {
  readonly name: string;
  readonly stored: string;
  /** Formula of a float w of a table. */
  readonly formula: string;
  readonly paper: Method['paper'];
  readonly options: Options;
  readonly departures: readonly Departure[];
  /** `coarser`: factor of the number of floats that share a scale. */
  readonly form: (options: z.infer<Options>, coarser: number) => (table: Table) => Storage;
}

/** Trained as floats, and stored in another form. The budget is that of the stored form. */
export function precision<Options extends z.ZodObject>(one: Precision<Options>): Wrapper {
  const { name, stored, formula, paper, options, departures, form } = one;
  return {
    name,
    aliases: [],
    title: `${name}, after training`,
    idea: `tables are trained as floats and ${stored}`,
    formula,
    paper,
    departures,
    options,
    wrap: (method) => ({
      ...method,
      name: `${name}(${method.name})`,
      title: `${method.title}, ${name}`,
      idea: `${method.idea}; ${stored}`,
      formula: method.formula === undefined ? formula : `${method.formula}; ${formula}`,
      paper: { ...method.paper, cite: `${method.paper.cite}; ${stored} as in ${paper.cite}` },
      departures: [...method.departures, ...departures],
      options: wrappedOptions(options, method),
      plan(layer, given) {
        const formAt = (coarser: number) => form(given as z.infer<Options>, coarser);
        const plan = planWithin({
          allowed: layer.budget,
          most: Math.max(layer.budget, fullSize(layer).servingBytes),
          planAt: (budget) => method.plan({ ...layer, budget }, given),
          bytesOf: (plan) => bytesIn(formAt(1), plan),
          what: `the smallest layer, ${stored},`,
        });
        if (isInfeasible(plan)) return plan;
        const promised = bytesIn(formAt(1), plan);
        return withStoredTables(plan, (stage) => formWithin(promised, stage, formAt));
      },
    }),
  };
}

/**
 * The last stage may have other rows than the first plan promised, of no more floats but more scales: they are
 * shared by more floats then.
 */
function formWithin(promised: number, stage: Plan, formAt: (coarser: number) => Form): Form {
  if (stage.next !== undefined) return formAt(1);
  const fits = [1, 2, 4, 8, 16, 32, 64, 128].find((coarser) => bytesIn(formAt(coarser), stage) <= promised);
  return formAt(fits ?? 1);
}
