import { z } from 'zod';
import type { Method } from '../harness/contract/method.ts';
import { withinBudget } from '../harness/contract/size.ts';
import { planWithWidths } from './shared/low-rank/block-widths.ts';
import { fieldRanks } from './shared/low-rank/field-ranks.ts';
import { fieldRanges } from './shared/frequency/popularity.ts';
import { keepOption } from './shared/rows/keep-option.ts';

const options = z.strictObject({
  keep: keepOption,
});

/** One rank for all fields, whatever their size, is `uniform` with `lift=project`. */
export const lowRank: Method<z.infer<typeof options>> = {
  name: 'low-rank',
  aliases: ['lr', 'factorized'],
  title: 'Low rank',
  idea: "a field's table is a product of two thin matrices, trained as such; every field shrinks alike",
  formula: 'E(i) = A[i] B, A: n × r, B: r × d',
  paper: {
    cite: 'Zhang et al., Experimental Analysis of Large-scale Learnable Vector Storage Compression, VLDB 2024 (its SVD, a rank per field)',
    url: 'https://arxiv.org/abs/2311.15578',
  },
  departures: [
    {
      what: 'what rounding ranks down leaves of the budget raises ranks of small fields',
      why: 'budgets are compared at equal bytes',
    },
    {
      what: 'fields of at most 200 ids keep a row for each',
      why: 'a factorisation of a small table saves next to nothing; not measured',
    },
  ],
  family: 'structured',
  cost: 'step',
  options,
  plan(layer, { keep }) {
    const ranks = fieldRanks(layer, keep);
    if ('smallestBytes' in ranks) return ranks;
    const plan = {
      ...planWithWidths(layer, { ranges: fieldRanges(layer.fields) }, ranks),
      choices: { ranks },
    };
    return withinBudget(plan, layer.budget, 'rank 1 of every field');
  },
};
