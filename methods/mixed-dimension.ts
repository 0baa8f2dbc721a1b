import { z } from 'zod';
import {
  isInfeasible,
  type Infeasible,
  type Layer,
  type Method,
  type Plan,
} from '../harness/contract/method.ts';
import { infeasible, sizeOf } from '../harness/contract/size.ts';
import { planWithWidths, type Blocks } from './shared/block-widths.ts';
import { equalMassRanges, rankMap, wholeRanges } from './shared/popularity.ts';
import { mixedWidths } from './shared/temperature.ts';

const options = z.strictObject({
  temperature: z.number().min(0).max(1).optional().describe('solved for the budget where not given'),
  blocking: z
    .enum(['auto', 'field', 'popularity'])
    .default('auto')
    .describe(
      'what shares a width: a field; ids of a field of like popularity; auto: fields while the budget allows',
    ),
  blocks: z.int().min(2).max(64).default(4).describe('per field, with popularity blocking'),
  rounding: z.enum(['nearest', 'power-of-two']).default('nearest').describe('of widths'),
});
type Options = z.infer<typeof options>;

export const mixedDimension: Method<Options> = {
  name: 'mixed-dimension',
  aliases: ['md', 'mde'],
  title: 'Mixed dimension',
  idea: 'popular ids get wide rows, rare ones narrow rows and a projection; widths follow a power law',
  formula: 'E(i) = T[i] P, T: n × w, P: w × d; w ∝ popularity^α, popularity ∝ 1 / n of a field',
  paper: {
    cite: 'Ginart et al., Mixed Dimension Embeddings with Application to Memory-Efficient Recommendation Systems, ISIT 2021',
    url: 'https://arxiv.org/abs/1909.11810',
  },
  family: 'structured',
  cost: 'step',
  options,
  plan(layer, options) {
    const { blocking } = options;
    if (blocking === 'popularity') return planByPopularity(layer, options);
    const byField = planByField(layer, options);
    // A block per field leaves a float per id, dim times compression; finer blocks go on from there.
    return blocking === 'auto' && isInfeasible(byField) ? planByPopularity(layer, options) : byField;
  },
};

/** The paper's blocks on Criteo. No field is narrower than 1. */
function planByField(layer: Layer, options: Options): Plan | Infeasible {
  return solveTemperature(layer, options, { ranges: wholeRanges(layer.fields), narrowest: 1 });
}

/** Blocks of a field's ids by training count. The rarest may round to width 0: their ids are zero vectors. */
function planByPopularity(layer: Layer, options: Options): Plan | Infeasible {
  const ranges = layer.fields.map((field) => equalMassRanges(field, options.blocks));
  return solveTemperature(layer, options, { ranges, narrowest: 0, ranks: rankMap(layer.fields) });
}

/** Blocks, and the width that none of them goes below. */
interface Rule extends Blocks {
  readonly narrowest: number;
}

function solveTemperature(layer: Layer, { temperature, rounding }: Options, rule: Rule): Plan | Infeasible {
  const { dim, budget } = layer;
  const popularities = rule.ranges
    .flat()
    .map(({ from, to, mass }) => ({ ids: to - from, popularity: mass / (to - from) }));
  const planAt = (t: number) => {
    const widths = mixedWidths(popularities, t, { dim, rounding, narrowest: rule.narrowest });
    const plan = planWithWidths(layer, rule, widths);
    return { ...plan, choices: { temperature: t, ...plan.choices } };
  };
  const bytes = (t: number) => sizeOf(planAt(t)).servingBytes;
  if (temperature !== undefined) {
    const asked = bytes(temperature);
    return asked <= budget ? planAt(temperature) : infeasible(asked, budget, `temperature ${temperature}`);
  }
  if (bytes(0) <= budget) return planAt(0);
  if (bytes(1) > budget) return infeasible(Math.min(bytes(0), bytes(1)), budget, 'temperature 1');
  // Bytes fall, in steps, as temperature rises. `high` fits at all times, so the result does, whatever the steps.
  let [low, high] = [0, 1];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (bytes(middle) <= budget) high = middle;
    else low = middle;
  }
  return planAt(high);
}
