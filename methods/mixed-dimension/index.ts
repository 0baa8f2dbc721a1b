import { z } from 'zod';
import type { Field } from '../../harness/contract/data.ts';
import {
  isInfeasible,
  type Infeasible,
  type Layer,
  type Method,
  type Plan,
} from '../../harness/contract/method.ts';
import { infeasible } from '../../harness/contract/size.ts';
import { sortedByCount } from '../shared/frequency/hot-ids.ts';
import { type Blocks, planWithWidths, widthBytes } from '../shared/low-rank/block-widths.ts';
import { cutRange, equalMassRanges, rankMap, fieldRanges } from '../shared/frequency/popularity.ts';
import { type Block, mixedWidths } from './temperature.ts';
import { type Split, splitWithin, widen } from './width-spending.ts';
import { mapBytes } from '../shared/id-sets/id-set.ts';
import { smallestThatFits } from '../shared/budget/bisection.ts';

const options = z.strictObject({
  temperature: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('exponent of the power law; if not given, solved for the budget'),
  blocking: z
    .enum(['auto', 'field', 'popularity'])
    .default('auto')
    .describe(
      'unit that shares a width: a field; ids of a field of like popularity; auto: fields while the budget allows',
    ),
  blocks: z.int().min(2).max(64).default(4).describe('blocks per field, with popularity blocking'),
  rounding: z.enum(['nearest', 'power-of-two']).default('nearest').describe('rounding of widths'),
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
  departures: [
    {
      what: 'popularity of a field is one lookup shared by its ids',
      why: "it is the paper's on data of one id per field",
    },
    {
      what: 'blocks of ids by popularity take the place of fields where one float per id does not fit, and may be of width 0',
      why: "beyond 16x at 16 floats the paper's blocks on Criteo do not exist",
    },
    {
      what: 'bytes that the power law leaves widen further blocks',
      why: 'rounding alone left more than a third of the budget unused at 16x on the Criteo sample',
    },
    {
      what: 'projections start uniform with variance 1 / width, not Xavier',
      why: 'projected vectors then start at the scale of a full table; not measured',
    },
    {
      what: 'widths are rounded to the nearest whole number',
      why: 'the paper also rounds to powers of two, which is rounding=power-of-two; its effect on AUC is −0.0011 ± 0.0082 at 8x, −0.0014 ± 0.0050 at 16x on planted clicks; −0.0001 ± 0.0018 at 8x, −0.0004 ± 0.0037 at 16x on the Criteo sample',
    },
  ],
  family: 'structured',
  cost: 'step',
  options,
  plan(layer, options) {
    const { blocking } = options;
    if (blocking === 'popularity') return planByPopularity(layer, options);
    const byField = planByField(layer, options);
    // A block per field leaves a float per id, dim times compression; finer blocks continue from there.
    return blocking === 'auto' && isInfeasible(byField) ? planByPopularity(layer, options) : byField;
  },
};

/** The paper's blocks on Criteo. No field is narrower than 1. */
function planByField(layer: Layer, options: Options): Plan | Infeasible {
  return solveTemperature(layer, options, {
    ranges: fieldRanges(layer.fields),
    narrowest: 1,
    byCount: sortedByCount(layer.fields).every(Boolean),
  });
}

/** Blocks of a field's ids by training count. The rarest may round to width 0: their ids are zero vectors. */
function planByPopularity(layer: Layer, options: Options): Plan | Infeasible {
  const ranges = layer.fields.map((field) => equalMassRanges(field, options.blocks));
  return solveTemperature(layer, options, {
    ranges,
    narrowest: 0,
    byCount: true,
    ranks: rankMap(layer.fields),
  });
}

/** Blocks, and the width that none of them goes below. */
interface Rule extends Blocks {
  readonly narrowest: number;
  /** True if positions within a block are in the order of counts: its first ids are its most frequent. */
  readonly byCount: boolean;
}

/**
 * The lowest temperature whose widths fit; then blocks are widened while one fits, by the worth that the power law is the
 * best of. What is left after that widens some rows of one block, where it is known which are its most frequent.
 */
function solveTemperature(layer: Layer, { temperature, rounding }: Options, rule: Rule): Plan | Infeasible {
  const { dim, budget } = layer;
  const blocks = blocksOf(rule.ranges);
  const widthsAt = (t: number) => mixedWidths(blocks, t, { dim, rounding, narrowest: rule.narrowest });
  const planOf = (t: number, widths: readonly number[], cut = rule) => {
    const plan = planWithWidths(layer, cut, widths);
    return { ...plan, choices: { temperature: t, ...plan.choices } };
  };
  const maps = mapBytes(rule.ranks === undefined ? [] : [rule.ranks]);
  const bytesOf = (widths: readonly number[]) =>
    blocks.reduce((sum, { ids }, b) => sum + (ids === 0 ? 0 : widthBytes(ids, widths[b], dim)), maps);
  const bytes = (t: number) => bytesOf(widthsAt(t));
  if (temperature !== undefined) {
    const asked = bytes(temperature);
    if (asked > budget) return infeasible(asked, budget, `temperature ${temperature}`);
    return planOf(temperature, widthsAt(temperature));
  }
  if (bytes(0) <= budget) return planOf(0, widthsAt(0));
  if (bytes(1) > budget) return infeasible(Math.min(bytes(0), bytes(1)), budget, 'temperature 1');
  // Bytes fall, in steps, as temperature rises.
  const solved = smallestThatFits(0, 1, (t) => bytes(t) <= budget, 40);
  const start = widthsAt(solved);
  const steps = rounding === 'nearest' ? 'one' : 'double';
  const spending = { dim, temperature: solved, steps } as const;
  const { widths, left } = widen(blocks, start, budget - bytesOf(start), spending);
  const split = steps === 'one' && rule.byCount ? splitWithin(blocks, widths, left, spending) : undefined;
  if (split === undefined) return planOf(solved, widths);
  return planOf(
    solved,
    widths.flatMap((width, b) => (b === split.block ? [width + 1, width] : [width])),
    { ...rule, ranges: cutAt(layer.fields, rule.ranges, split) },
  );
}

const blocksOf = (ranges: Blocks['ranges']): Block[] =>
  ranges.flat().map(({ from, to, mass }) => ({ ids: to - from, popularity: mass / (to - from) }));

function cutAt(fields: readonly Field[], ranges: Blocks['ranges'], { block, rows }: Split): Blocks['ranges'] {
  let before = 0;
  return ranges.map((ofField, f) => {
    const at = block - before;
    before += ofField.length;
    return ofField.flatMap((range, i) =>
      i === at ? cutRange(fields[f], range, range.from + rows) : [range],
    );
  });
}
