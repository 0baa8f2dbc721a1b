import { z } from 'zod';
import {
  type Departure,
  isInfeasible,
  type Plan,
  type Storage,
  type Table,
} from '../../harness/contract/method.ts';
import { fullSize } from '../../harness/contract/size.ts';
import type { Wrapper } from '../../harness/contract/wrapper.ts';
import { planWithin } from '../shared/budget/plan-within.ts';
import { bytesIn, type Form, withStoredTables } from './stored-tables.ts';
import { wrappedOptions } from './wrapped-options.ts';

const paper = {
  cite: 'Guan et al., Post-Training 4-bit Quantization on Embedding Tables, 2019',
  url: 'https://arxiv.org/abs/1911.02079',
};

/** 16-bit floats: nothing per row. */
export const fp16 = precision({
  name: 'fp16',
  stored: 'stored as 16-bit floats',
  formula: 'w ≈ the nearest 16-bit float',
  options: z.strictObject({}),
  departures: [],
  form: () => () => ({ kind: 'fp16' }),
});

export const int8 = integers(8, 'min-max');
export const int4 = integers(4, 'greedy');
export const int2 = integers(2, 'greedy');

/** Codes of `bits` bits, with a scale and an offset per row, or per several rows if these are narrow. */
function integers(bits: 2 | 4 | 8, range: 'min-max' | 'greedy'): Wrapper {
  const options = z.strictObject({
    range: z
      .enum(['min-max', 'greedy'])
      .default(range)
      .describe("range of a row's codes: all of its floats, or a narrower one if that leaves less error"),
    floatsPerScale: z
      .int()
      .min(1)
      .default(32)
      .describe('rows less than half as wide share a scale, so many floats or a few more; 1: no rows do'),
  });
  return precision({
    name: `int${bits}`,
    stored: `stored in ${bits} bits, with a scale and an offset per row`,
    formula: `w ≈ lo + s q, q = round((w − lo) / s) from 0 to ${2 ** bits - 1}`,
    options,
    departures: [
      {
        what: 'rows less than half as wide as 32 floats share a scale with rows beside them',
        why: "a scale and an offset for 4 floats would take more bytes than the codes; floatsPerScale=1 is the paper's form; not measured",
      },
      ...(bits === 8
        ? []
        : [
            {
              what: 'codes are evenly spaced',
              why: 'the paper also has codebooks by k-means, which take a codebook for each row or group of rows; not measured',
            },
          ]),
    ],
    form:
      ({ range, floatsPerScale }, coarser) =>
      (table) => {
        const block = floatsOfScale(table, floatsPerScale * coarser);
        return { kind: 'row-wise', bits, range, ...(block !== undefined && { block }) };
      },
  });
}

/** undefined: a row has its own. */
function floatsOfScale({ width, stride = width }: Table, floats: number): number | undefined {
  if (stride < width) return Math.max(width, floats);
  return 2 * width >= floats ? undefined : width * Math.ceil(floats / width);
}

interface Precision<Options extends z.ZodObject> {
  readonly name: string;
  readonly stored: string;
  /** Formula of a float w of a table. */
  readonly formula: string;
  readonly options: Options;
  readonly departures: readonly Departure[];
  /** `coarser`: factor of the number of floats that share a scale. */
  readonly form: (options: z.infer<Options>, coarser: number) => (table: Table) => Storage;
}

/** Trained as floats, and stored in another form. The budget is that of the stored form. */
function precision<Options extends z.ZodObject>(one: Precision<Options>): Wrapper {
  const { name, stored, formula, options, departures, form } = one;
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
