import { z } from 'zod';
import type { Method } from '../harness/contract/method.ts';
import { infeasible } from '../harness/contract/size.ts';
import { solveCodes } from './shared/codes/code-budget.ts';
import { learnedCodes } from './shared/learned-codes/learned-codes.ts';
import { codebookOptions, gridOf } from './shared/codes/code-grid.ts';
import { keepOption } from './shared/rows/keep-option.ts';

const options = z.strictObject({
  hot: z
    .number()
    .gt(0)
    .lt(1)
    .optional()
    .describe(
      'share of the ids that have codes, the most frequent, with all codewords; chosen for the budget where not given',
    ),
  fewer: z
    .int()
    .min(2)
    .default(4)
    .describe('divisor of the number of codewords for the other ids with codes'),
  ...codebookOptions(2 ** 12),
  keep: keepOption,
});

export const mgqe: Method<z.infer<typeof options>> = {
  name: 'mgqe',
  aliases: ['multi-granular-quantized'],
  title: 'Multi-granular quantized embeddings',
  idea: 'codes learned with the rest; frequent ids choose among all codewords, the others among the first few',
  formula: 'E(i) = [C₁[c₁], …, Cₖ[cₖ]], cₜ = argmin ‖qₜ − Cₜ[j]‖ over j < K, over j < K′ of rare ids',
  paper: {
    cite: 'Kang et al., Learning Multi-granular Quantized Embeddings for Large-Vocab Categorical Features in Recommender Systems, WWW 2020',
    url: 'https://arxiv.org/abs/2002.08530',
  },
  departures: [
    {
      what: 'the share of ids with all codewords is chosen for the budget',
      why: 'the paper takes a tenth, which is hot=0.1; its effect on AUC is +0.0012 ± 0.0006 at 16x, +0.0007 ± 0.0049 at 64x on planted clicks; −0.0002 ± 0.0023 at 16x, −0.0003 ± 0.0020 at 64x on the Criteo sample',
    },
    {
      what: 'where codes for all ids do not fit, there is a third tier, whose ids share one vector of their field',
      why: "the budgets here go beyond the paper's",
    },
    {
      what: 'distances are not batch-normalized',
      why: 'as in dpq, whose entry has the effect',
    },
  ],
  family: 'codes',
  cost: 'heavier step',
  options,
  plan(layer, { hot, fewer, parts, codewords, keep }) {
    const asked = parts !== undefined || codewords !== undefined;
    const layout = solveCodes(layer, {
      ...gridOf(layer.dim, { parts, codewords, keep }),
      // A step takes time for every codeword of every part.
      ...(!asked && { allowed: (parts, codewords) => parts * codewords <= 1024 }),
      tiers: { hot, fewer },
    });
    if ('smallestBytes' in layout)
      return infeasible(layout.smallestBytes, layer.budget, 'a codeword per field');
    const { parts: cut, codewords: all, warmCodewords, hot: most, warm } = layout;
    const choices = { parts: cut, codewords: all, warmCodewords, hot: most, warm };
    return learnedCodes(layer, layout, { form: 'vq', temperature: 1, choices });
  },
};
