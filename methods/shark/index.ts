import { z } from 'zod';
import { idMap } from '../../harness/contract/indices.ts';
import type { Method } from '../../harness/contract/method.ts';
import { infeasible } from '../../harness/contract/size.ts';
import { integersWithin } from '../shared/budget/plan-within.ts';
import { unlessFull } from '../shared/pruning/sparse-rows.ts';
import { countIds } from '../shared/rows/table-parts.ts';
import { formsFor, rowBytes, servedTiers, tierBytes } from './served-tiers.ts';
import { RowPriorities } from './row-priority.ts';
import { fillTiers, tiersByThreshold, type TierSizes } from './tier-layout.ts';

const options = z.strictObject({
  positive: z
    .number()
    .min(0)
    .default(5)
    .describe('worth of a look-up by a positive sample; one by a negative sample is worth 1'),
  decay: z.number().gt(0).lt(1).default(0.1).describe('share of a priority that an update takes away'),
  updates: z.int().min(1).default(200).describe('updates of priorities in a training'),
  ratio: z
    .number()
    .gt(1)
    .default(4)
    .describe('priority from which a tier begins, divided by that of the next'),
  int4: z
    .boolean()
    .default(true)
    .describe('rows of 4 bits between those of 8 and the dropped ones, which the paper has not'),
});

export const shark: Method<z.infer<typeof options>> = {
  name: 'shark',
  aliases: ['priority-quantization', 'f-quantization'],
  title: 'SHARK (row-wise priorities)',
  idea: 'rows are stored as 32-bit floats, 16-bit floats, integers or not at all, by how often clicks and others looked them up',
  formula:
    'E(i) = T[i] in the form of its tier, by P ← (1 − β) P + β (α c⁺ + c⁻); a row of the field below all tiers',
  paper: {
    cite: 'Zhang et al., SHARK: A Lightweight Model Compression Approach for Large-scale Recommender Systems, CIKM 2023',
    url: 'https://arxiv.org/abs/2308.09395',
  },
  departures: [
    {
      what: 'thresholds of tiers are at fixed ratios, one of them is chosen for the budget, and what is left raises the next rows',
      why: 'the paper sets its thresholds by hand, and methods are compared at equal bytes',
    },
    {
      what: 'rows are trained as 32-bit floats and converted at the end; the paper stores them in their tiers while it trains',
      why: 'what is compared is the layer that is served; tiers of few look-ups would add the noise of rounding to training',
    },
    {
      what: "tiers of 4 bits and of dropped rows below the paper's three (int4=false leaves out the former)",
      why: "the paper's smallest tier takes a third of the bytes at dim 16, and budgets go far below that",
    },
    {
      what: 'the weights of positive samples and of decay, and the form of the priority, are ours',
      why: 'the paper was known by its abstract, which names a decay and two weights',
    },
  ],
  family: 'precision',
  cost: 'conversion',
  options,
  plan(layer, { positive, decay, updates, ratio, int4 }) {
    return unlessFull(layer, ({ table, offsets, vectors }) => {
      const { fields, dim, budget } = layer;
      const ids = countIds(fields);
      const used = formsFor(dim, int4);
      const bytesOf = (sizes: TierSizes) => tierBytes(layer, used, sizes);
      const smallest = bytesOf(used.map(() => 0));
      if (smallest > budget) return infeasible(smallest, budget, 'a row per field');
      const most = Math.floor((budget - smallest) / rowBytes(dim, used.at(-1)));
      const words = () => new Uint32Array(ids);
      const state = [idMap(ids, 32, words), idMap(ids, 32, words)] as const;
      const priorities = new RowPriorities(state, { positive, decay, updates });
      return {
        tables: [table],
        maps: state,
        choices: {},
        serving: {
          ...integersWithin(budget),
          toldApart: { byField: fields.map(() => 0), anyField: Math.min(ids, most) },
        },
        embed: (lookup) => vectors(lookup),
        memory: 'nothing',
        afterStep: (step) => priorities.count(step, offsets),
        async next(trained) {
          const found = priorities.atEnd();
          const order = Uint32Array.from(found.keys()).sort((a, b) => found[b] - found[a] || a - b);
          const fits = (sizes: TierSizes) => bytesOf(sizes) <= budget;
          const sorted = Float32Array.from(order, (row) => found[row]);
          const { sizes, threshold } = tiersByThreshold({ sorted, tiers: used.length, ratio, fits });
          const labels = new Uint8Array(ids).fill(used.length);
          let from = 0;
          fillTiers(sizes, ids, fits).forEach((size, tier) => {
            for (const row of order.subarray(from, from + size)) labels[row] = tier;
            from += size;
          });
          const served = servedTiers(layer, used, labels);
          const choices = { ...served.plan.choices, threshold };
          return {
            plan: { ...served.plan, choices, training: { share: 0 } },
            contents: served.contents(await trained.rows(table)),
            network: 'kept',
          };
        },
      };
    });
  },
};
