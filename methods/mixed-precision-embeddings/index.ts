import { z } from 'zod';
import type { Layer, Method, Plan, Table, Weight } from '../../harness/contract/method.ts';
import { infeasible } from '../../harness/contract/size.ts';
import { integersWithin } from '../shared/budget/plan-within.ts';
import { unlessFull } from '../shared/pruning/sparse-rows.ts';
import { countIds, fieldOffsets } from '../shared/rows/table-parts.ts';
import type { FullTable } from '../shared/rows/full-table.ts';
import { runsIn } from '../shared/id-sets/id-classes.ts';
import { type EqualGroups, equalGroups } from './equal-groups.ts';
import { firstSteps, quantizerWeights } from './quantizer-weights.ts';
import { classesOf, servedWidths, widthBytes } from './served-widths.ts';
import { trainedWidths } from './trained-widths.ts';
import { chooseWidths, floatBytes, type Groups, widen, widestProbable, worthOf } from './width-choice.ts';
import { searchWeights, searching } from './width-search.ts';

const options = z.strictObject({
  groups: z.int().min(1).max(256).default(128).describe('groups of ids, of equal size, by training count'),
  temperature: z.number().gt(0).default(0.003).describe('temperature of the distributions over widths'),
  penalty: z
    .union([z.literal('budget'), z.number().min(0)])
    .default('budget')
    .describe(
      'price of a bit in the loss; budget: it rises until the expected bytes fit, and falls with them',
    ),
  rise: z
    .number()
    .gt(0)
    .default(1e-4)
    .describe('change of the price in a step, times the share of bytes above the budget'),
  rate: z.number().gt(0).default(0.001).describe('learning rate of distributions and offsets, by Adam'),
  stepRate: z.number().min(0).default(0.01).describe('learning rate of the logarithms of steps, by Adam'),
  prior: z
    .number()
    .min(0)
    .default(0.05)
    .describe('worth of a bit in nats, beside what the search has learned of it'),
  search: z
    .boolean()
    .default(true)
    .describe('no: widths follow from training counts, and the layer is trained once'),
});
type Options = z.infer<typeof options>;

/** Widths above 0 of the paper. */
const paperBits = 6;
const mostBits = 16;

export const mixedPrecisionEmbeddings: Method<Options> = {
  name: 'mixed-precision-embeddings',
  aliases: ['mpe'],
  title: 'Mixed-precision embeddings',
  idea: 'groups of ids of like frequency search for a width from 0 to 6 bits, then are trained anew as such integers',
  formula:
    'E(i) = Δ round(clip((T[i] − β) / Δ)) + β in b bits, b of the group of i, Δ of field and b; 0 for b = 0',
  paper: {
    cite: 'Li et al., Mixed-Precision Embeddings for Large-Scale Recommendation Models, 2024',
    url: 'https://arxiv.org/abs/2409.20305',
  },
  departures: [
    {
      what: 'the price of a bit rises until the expected bytes fit, a knapsack chooses the widths and groups are widened while bytes are left; the paper sets the price by hand and takes the widest probable width',
      why: 'methods are compared at equal bytes, and the paper has no budget (penalty=<number> searches as the paper does, and its rule chooses where it fits)',
    },
    {
      what: 'a step for each field and width, trained by its logarithm at rate .01, where the authors have one for each width at .001',
      why: 'rows of fields start at scales that differ by orders of magnitude, and a step may not become negative',
    },
    {
      what: 'a search and a retraining of one epoch each, where the authors train up to 8 each and stop early',
      why: 'runs are of one epoch unless --epochs says more; groups settle within tens of steps at the temperature of .003',
    },
    {
      what: 'the network, steps and offsets go on with the state of their optimizers; the authors start all optimizers anew',
      why: 'a network that is kept keeps its state in every method',
    },
    {
      what: 'widths above 6 bits where the budget has room for 6 bits of every float',
      why: 'a quarter of the budget would be left at 4x',
    },
    {
      what: 'counts are of the training part, and an id that is never seen counts once',
      why: 'the authors count validation and test rows as well, and divide by the counts',
    },
  ],
  family: 'precision',
  cost: 'stages',
  options,
  plan(layer, options) {
    return unlessFull(layer, (ids) => {
      const { fields, dim, budget } = layer;
      const bits = bitsWithin(layer);
      const none = bits.map(() => 0);
      const fixed = widthBytes(layer, bits, [countIds(fields), ...none], fields.map(() => 1)); // prettier-ignore
      const smallest = Math.min(fixed, 4 * dim * countIds(fields));
      if (fixed > budget) return infeasible(smallest, budget, 'no bit for any id');
      const known = equalGroups(fields, options.groups);
      return options.search
        ? searched(layer, ids, known, bits, options, budget - fixed)
        : ruled(layer, ids, known, bits, options);
    });
  },
};

/** Six widths above 0: 1 to 6 bits, or higher ones where the budget has room for more than 6 bits of every float. */
function bitsWithin({ fields, dim, budget }: Layer): number[] {
  const room = Math.ceil((8 * budget) / (dim * countIds(fields)));
  const top = Math.min(mostBits, Math.max(paperBits, room));
  return Array.from({ length: paperBits }, (_, at) => top - paperBits + 1 + at);
}

function searched(
  layer: Layer,
  ids: FullTable,
  known: EqualGroups,
  bits: readonly number[],
  options: Options,
  spare: number,
): Plan {
  const { fields, dim, budget } = layer;
  const { temperature, penalty, rate, rise, stepRate, prior } = options;
  const widths = [0, ...bits];
  const fixed = penalty === 'budget' ? undefined : penalty;
  const weights = quantizerWeights(fields.length, bits.length, dim, { steps: stepRate, offsets: rate });
  const { logits, price } = searchWeights(known.sizes.length, widths.length, { rate, rise, fixed });
  const rarest = Math.min(...known.lookUps);
  return {
    tables: [ids.table],
    weights: [weights.logs, weights.offsets, logits, price],
    maps: [known.map],
    serving: {
      ...integersWithin(budget),
      // The ids without a bit share a vector; the others take a bit per coordinate at least.
      toldApart: {
        byField: fields.map(() => 0),
        anyField: Math.min(countIds(fields), Math.floor((8 * spare) / (bits[0] * dim))),
      },
    },
    choices: { widths: [...widths], groups: known.sizes.length },
    training: { name: 'search' },
    embed: searching(
      {
        offsets: fieldOffsets(fields),
        temperature,
        bits: [...bits],
        firstSteps: firstSteps(fields, bits),
        prices: {
          ofGroups: known.lookUps.map((count) => rarest / count),
          ...(fixed === undefined && {
            bytes: known.sizes.map((size) => (size * dim) / 8 / Math.max(1, spare)),
          }),
        },
      },
      [ids.table, weights.logs, weights.offsets, logits, price, known.map],
    ),
    async next(trained) {
      const scaled = (await trained.weight(logits)).map((x) => x / temperature);
      const groups = { ...known, dim, widths };
      const worth = worthOf(scaled, groups, prior);
      const byRule = worthOf(scaled, groups, 0).map((logs) => widestProbable(logs.map(Math.exp)));
      const bytesOf = sizer(layer, known, bits);
      const chosen =
        fixed !== undefined && bytesOf(byRule) <= budget
          ? widenWithin(layer, groups, bytesOf, () => byRule)
          : widenWithin(layer, groups, bytesOf, (bytes) => chooseWidths(worth, groups, bytes));
      const again = { ...ids.table };
      const plan = trainedWidths(layer, { table: again, offsets: ids.offsets, weights, groups: known.map, bits, widths: chosen }); // prettier-ignore
      return {
        plan: { ...plan, training: { name: 'retraining' } },
        contents: new Map<Table | Weight, Float32Array>([
          [again, trained.initialRows(ids.table)],
          [weights.logs, await trained.weight(weights.logs)],
          [weights.offsets, await trained.weight(weights.offsets)],
        ]),
        network: 'kept',
      };
    },
  };
}

/** The plan without a search: widths by training counts alone, and one training. */
function ruled(
  layer: Layer,
  { table, offsets }: FullTable,
  known: EqualGroups,
  bits: readonly number[],
  { rate, stepRate }: Options,
): Plan {
  const { fields, dim } = layer;
  const weights = quantizerWeights(fields.length, bits.length, dim, { steps: stepRate, offsets: rate });
  const groups = { ...known, dim, widths: [0, ...bits] };
  const widths = widenWithin(layer, groups, sizer(layer, known, bits), () => known.sizes.map(() => 0));
  const { plan } = servedWidths(layer, bits, classesOf(known.map, widths));
  return {
    ...trainedWidths(layer, { table, offsets, weights, groups: known.map, bits, widths }),
    serving: { tables: plan.tables, weights: plan.weights, maps: plan.maps?.map(({ length, bits }) => ({ length, bits })), toldApart: plan.toldApart }, // prettier-ignore
    choices: plan.choices,
  };
}

/** Serving bytes by the widths of groups: those of the layer that is stored. */
function sizer(layer: Layer, { sizes, map }: EqualGroups, bits: readonly number[]) {
  const sequences = layer.fields.map(({ cardinality }, f) => {
    const first = fieldOffsets(layer.fields)[f];
    return map.values.subarray(first, first + cardinality).filter((group, i, all) => i === 0 || group !== all[i - 1]); // prettier-ignore
  });
  return (widths: readonly number[]) => {
    const idsOf = [0, ...bits].map(() => 0);
    widths.forEach((width, g) => (idsOf[width] += sizes[g]));
    const runs = sequences.map((groups) => runsIn(groups.map((group) => widths[group])));
    return widthBytes(layer, bits, idsOf, runs);
  };
}

/** Widths that fit, with what says where they are, from a choice for so many bytes of floats. */
function widenWithin(
  { budget }: Layer,
  groups: Groups,
  bytesOf: (widths: readonly number[]) => number,
  choose: (bytes: number) => readonly number[],
): number[] {
  const { sizes, dim, widths } = groups;
  const none = sizes.map(() => 0);
  let floats = budget - bytesOf(none);
  for (let tries = 0; tries < 16 && floats >= 0; tries++) {
    const chosen = choose(floats);
    const taken = chosen.reduce((sum, at, g) => sum + floatBytes(sizes[g], dim, widths[at]), 0);
    const wide = taken <= floats ? widen(chosen, groups, floats) : [...chosen];
    const over = bytesOf(wide) - budget;
    if (over <= 0) return wide;
    floats -= over;
  }
  return none;
}
