import { z } from 'zod';
import { knownEmbed } from '../../harness/contract/known-embed.ts';
import type { Method, Table, Weight } from '../../harness/contract/method.ts';
import { withBiases } from './biases.ts';
import { infeasible } from '../../harness/contract/size.ts';
import { joinFields } from '../../harness/ops/join-fields.ts';
import { widthsUpTo } from '../shared/budget/shares.ts';
import { planWithWidths, widthBytes } from '../shared/low-rank/block-widths.ts';
import { chooseWithin } from '../shared/budget/knapsack.ts';
import { unlessFull } from '../shared/pruning/sparse-rows.ts';
import { mixedMatrices, type Mixture, widthSearch } from './width-search.ts';
import { sum } from '../../base/sum.ts';
import { anythingWithin } from '../shared/budget/plan-within.ts';
import { fieldRanges } from '../shared/frequency/popularity.ts';

// The paper steps on the logits by SGD at .001 and takes the largest of each field, however little they differ; it has no
// budget and no prior. Where a budget is shared out, differences count, and those that come of few samples have to weigh
// little. On the validation parts of two planted logs of 120,000 rows (two seeds, 4x and 12x) settings are hardly told apart:
// a rate of 1 with a prior of .05 had the best mean AUC, .7565, the paper's rate without a prior .7551.
const options = z.strictObject({
  rate: z
    .number()
    .gt(0)
    .default(1)
    .describe('learning rate of the logits of widths, by SGD: those that matter more move more'),
  prior: z
    .number()
    .min(0)
    .default(0.05)
    .describe('worth of twice the width in nats, beside what the search has learned of it'),
  coolest: z
    .number()
    .gt(0)
    .max(1)
    .default(0.01)
    .describe('temperature at the end of the search; it begins with 1'),
  bias: z
    .boolean()
    .optional()
    .describe('if true, a vector is added to each projected one, as in the paper; its bytes count'),
});

export const autoDim: Method<z.infer<typeof options>> = {
  name: 'auto-dim',
  aliases: ['autodim'],
  title: 'AutoDim',
  idea: 'the width of each field is searched for by gradients on samples held out, then fields are trained anew',
  formula: 'E(i) = T[i] P, T: n × w; w from Σ_w p_w x_w, p = softmax((α + Gumbel noise) / τ)',
  paper: {
    cite: 'Zhao et al., AutoDim: Field-aware Embedding Dimension Search in Recommender Systems, WWW 2021',
    url: 'https://arxiv.org/abs/2006.14827',
  },
  departures: [
    {
      what: 'logits move at a rate of 1, with a prior for wide fields, and a knapsack chooses widths for the budget',
      why: 'the paper takes the largest logit at a rate of .001, and has no budget; rate=0.001 with prior=0; its effect on AUC is −0.0056 ± 0.0059 at 4x, −0.0029 ± 0.0084 at 8x on planted clicks; −0.0014 ± 0.0023 at 4x, −0.0003 ± 0.0051 at 8x on the Criteo sample',
    },
    {
      what: 'candidates are prefixes of one row',
      why: 'a table for each candidate doubles the memory of the search; not measured',
    },
    {
      what: 'columns of the matrices have norm 1, in place of batch normalization',
      why: 'a matrix does as much for vectors, and does not depend on the batch; not measured',
    },
    {
      what: 'retrained projections have no bias',
      why: "they take bytes, and layers above have biases; bias=true is the paper's form; its effect on AUC is +0.0016 ± 0.0024 at 4x, +0.0034 ± 0.0030 at 8x on planted clicks; +0.0001 ± 0.0018 at 4x, +0.0001 ± 0.0006 at 8x on the Criteo sample",
    },
    {
      what: 'logits learn from every tenth batch of the training part',
      why: 'the paper takes the validation part, which chooses among methods here',
    },
  ],
  family: 'pruning and search',
  cost: 'stages',
  options,
  plan(layer, { rate, prior, coolest, bias = false }) {
    return unlessFull(layer, ({ table, offsets }) => {
      const { fields, dim, budget } = layer;
      const candidates = widthsUpTo(dim);
      const costs = fields.map(({ cardinality }) =>
        candidates.map((width) => widthBytes(cardinality, width, dim) + (bias && width < dim ? 4 * dim : 0)),
      );
      const minBytes = sum(costs.map((ofField) => Math.min(...ofField)));
      if (minBytes > budget) return infeasible(minBytes, budget, 'the cheapest width of each field');
      // The widest projection of every field, as if no field had its full width.
      const projections = 4 * fields.length * dim * Math.max(0, ...candidates.filter((width) => width < dim));
      const search = widthSearch(layer, candidates, { rate, coolest });
      return {
        tables: [table],
        weights: search.weights,
        serving: anythingWithin(budget, projections),
        choices: { candidates },
        training: { name: 'search', holdOutEvery: 10 },
        embed: searching({ ...search.mixture, offsets }, [table, ...search.weights]),
        async next(trained) {
          const logits = await trained.weight(search.logits);
          const worth = fields.map((_, f) => {
            const ofField = logits.subarray(f * candidates.length, (f + 1) * candidates.length);
            return candidates.map((_, m) => ({
              value: logSoftmax(ofField, m) + prior * Math.log2(candidates[m]),
              cost: costs[f][m],
            }));
          });
          const widths = chooseWithin(worth, budget)!.map((m) => candidates[m]);
          const plan = planWithWidths(layer, { ranges: fieldRanges(layer.fields) }, widths);
          return {
            plan: {
              ...(bias ? withBiases(plan, widths, dim) : plan),
              training: { name: 'retraining' },
            },
            network: 'fresh',
          };
        },
      };
    });
  },
};

function logSoftmax(logits: Float32Array, m: number): number {
  const max = Math.max(...logits);
  return logits[m] - max - Math.log(logits.reduce((sum, x) => sum + Math.exp(x - max), 0));
}

/** Rows of full width times the matrices of the search. It knows no budget: the search is the same for all. */
const searching = knownEmbed(
  'auto-dim: search',
  (
    { offsets, ...mixture }: Mixture & { readonly offsets: readonly number[] },
    [table, ...weights]: readonly [Table, ...Weight[]],
  ) => {
    const matricesOf = mixedMatrices(mixture, weights);
    const fields = [...offsets.keys()];
    return (lookup) => {
      const vectors = lookup.rows(table, lookup.ids.plus(offsets));
      return joinFields([{ vectors, matrices: matricesOf(lookup), fields }], offsets.length, mixture.dim);
    };
  },
);
