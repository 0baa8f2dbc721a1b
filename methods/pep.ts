import { z } from 'zod';
import type { Method } from '../harness/contract/method.ts';
import { granularities, softThresholds } from './shared/pruning/soft-threshold.ts';
import { keepLargest, planSparse, sparseStage } from './shared/pruning/sparse-rows.ts';

const options = z.strictObject({
  granularity: z
    .enum(granularities)
    .default('entry')
    .describe('unit with a threshold of its own; a part is a field'),
  start: z.number().max(-2).default(-15).describe('first logit of the thresholds'),
});

export const pep: Method<z.infer<typeof options>> = {
  name: 'pep',
  aliases: [],
  title: 'PEP',
  idea: 'thresholds are trained with a full table; what stays above them is trained anew from its first values',
  formula: 'E(i) = sign(T[i]) max(0, |T[i]| − σ(s)), s trained',
  paper: {
    cite: 'Liu et al., Learnable Embedding Sizes for Recommender Systems, ICLR 2021',
    url: 'https://arxiv.org/abs/2101.07577',
  },
  departures: [
    {
      what: 'thresholds rise on a schedule that stands in for weight decay, and stop at the budget',
      why: "one epoch is too short for the decay of the authors' code, which writes down candidates on its way and knows no budget; not measured",
    },
    {
      what: 'logits start at -15',
      why: 'the paper starts at -15 or -150 by model; its effect on AUC is −0.0011 ± 0.0053 at 16x, −0.0009 ± 0.0090 at 64x on planted clicks',
    },
  ],
  family: 'pruning and search',
  cost: 'stages',
  options,
  plan(layer, options) {
    return planSparse(layer, (rows) => {
      const { table, nonZeros, offsets } = rows;
      const thresholds = softThresholds(table, { ...options, nonZeros });
      return {
        tables: [table, thresholds.table],
        choices: { nonZeros },
        training: { name: 'search' },
        embed: (lookup) => thresholds.rows(lookup, lookup.ids.plus(offsets)),
        memory: 'nothing',
        afterStep: (step) => thresholds.afterStep(step),
        async next(trained) {
          const ticket = keepLargest(trained.initialRows(table), nonZeros, await thresholds.scores(trained));
          return sparseStage(rows, ticket, { name: 'retraining', network: 'fresh', share: 1 });
        },
      };
    });
  },
};
