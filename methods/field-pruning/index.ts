import { z } from 'zod';
import { knownEmbed } from '../../harness/contract/known-embed.ts';
import type { Method, Table, Weight } from '../../harness/contract/method.ts';
import { infeasible } from '../../harness/contract/size.ts';
import { anythingWithin } from '../shared/budget/plan-within.ts';
import { collect, sumsOf } from '../shared/pruning/collected-sums.ts';
import { unlessFull } from '../shared/pruning/sparse-rows.ts';
import { countIds } from '../shared/rows/table-parts.ts';
import { fieldSums, meansAndScores } from './field-scores.ts';
import { keeping, keptFields, orders } from './kept-fields.ts';

const options = z.strictObject({
  order: z
    .enum(orders)
    .default('knapsack')
    .describe('the fields that together matter most for their bytes; rank: those that matter least go first'),
  window: z
    .number()
    .gt(0)
    .max(1)
    .default(0.1)
    .describe('share of the search whose gradients decide, the last part of it'),
  retrain: z
    .boolean()
    .default(true)
    .describe(
      'if true, the fields that are left are trained anew; false: they are served as the search has left them',
    ),
});
type Options = z.infer<typeof options>;

export const fieldPruning: Method<Options> = {
  name: 'field-pruning',
  aliases: ['f-permutation'],
  title: 'Field pruning (F-Permutation of SHARK)',
  idea: 'fields whose ids change the loss least keep one vector for all of their ids; the others keep their rows',
  formula: 'E(i) = T[i], or one e of the field; a field matters by the mean of |⟨∂L / ∂E(i), Ē − E(i)⟩|',
  paper: {
    cite: 'Zhang et al., SHARK: A Lightweight Model Compression Approach for Large-scale Recommender Systems, CIKM 2023',
    url: 'https://arxiv.org/abs/2308.09395',
  },
  departures: [
    {
      what: 'of the paper the abstract alone was read; the score is that of two public reimplementations',
      why: 'its text was not at hand',
    },
    {
      what: 'scores are taken while the last tenth of the search trains (option window), not by a pass over other data',
      why: 'gradients are there anyway, and neither validation nor test rows may decide',
    },
    {
      what: 'fields are chosen by score for their bytes (order=knapsack), not dropped from the lowest score on',
      why: 'a few fields hold nearly all ids: with the order of scores alone most of the budget stays unspent',
    },
    {
      what: 'the fields that are left are trained anew, and a dropped field has one vector, its mean at first, that is trained as well',
      why: 'a search is to leave nothing behind but its choice, as in other methods here; retrain=false serves the means as they are; its effect on AUC is −0.0022 ± 0.0008 at 16x, −0.0077 ± 0.0043 at 64x on the Criteo sample',
    },
  ],
  family: 'pruning and search',
  cost: 'stages',
  options,
  plan(layer, { order, window, retrain }) {
    return unlessFull(layer, (full) => {
      const { fields, dim, budget } = layer;
      const minBytes = 4 * dim * fields.length;
      if (minBytes > budget) return infeasible(minBytes, budget, 'one vector for each field');
      const sums = sumsOf([fields.length, dim + 2]);
      return {
        tables: [full.table],
        weights: [sums],
        serving: {
          ...anythingWithin(budget, 0, 2),
          toldApart: {
            byField: fields.map(() => 0),
            anyField: Math.min(countIds(fields), Math.floor(budget / (4 * dim))),
          },
        },
        choices: {},
        training: { name: 'search' },
        embed: searching({ offsets: full.offsets, window }, [full.table, sums]),
        async next(trained) {
          const { means, scores } = meansAndScores(await trained.weight(sums), dim);
          const kept = keptFields(layer, scores, order);
          return keeping(layer, full, kept, { means, scores, trained: retrain ? undefined : trained });
        },
      };
    });
  },
};

/** A full table, and sums of what decides. It knows no budget: the search is the same for all. */
const searching = knownEmbed(
  'field-pruning: search',
  (
    { offsets, window }: { readonly offsets: readonly number[]; readonly window: number },
    [table, weight]: readonly [Table, Weight],
  ) =>
    (lookup) =>
      collect(lookup, { weight, window }, lookup.rows(table, lookup.ids.plus(offsets)), fieldSums),
);
