import { z } from 'zod';
import type { Method } from '../harness/contract/method.ts';
import { infeasible } from '../harness/contract/size.ts';
import { contentsOf, fitCodebooks } from './shared/clustering/codebooks.ts';
import { solveCodes } from './shared/codes/code-budget.ts';
import { codedLayer } from './shared/codes/coded-layer.ts';
import { fullTable } from './shared/rows/full-table.ts';
import { codebookOptions, gridOf } from './shared/codes/code-grid.ts';
import { keepOption } from './shared/rows/keep-option.ts';

const options = z.strictObject({
  ...codebookOptions(2 ** 16),
  weighted: z.boolean().default(true).describe('an id counts as often as training has seen it'),
  fineTune: z
    .number()
    .min(0)
    .default(0)
    .describe('share of the epochs that trains codebooks once codes are fixed'),
  keep: keepOption,
});

export const productQuantization: Method<z.infer<typeof options>> = {
  name: 'product-quantization',
  aliases: ['pq'],
  title: 'Product quantization',
  idea: 'trained vectors are cut into parts, each stored as the number of the nearest of a few codewords',
  formula: 'E(i) ≈ [C₁[c₁], …, Cₖ[cₖ]], cₜ = argminⱼ ‖T[i]ₜ − Cₜ[j]‖',
  paper: {
    cite: 'Jegou et al., Product Quantization for Nearest Neighbor Search, TPAMI 2011; codebooks trained on as in Chen et al., ICML 2020',
    url: 'https://arxiv.org/abs/1908.09756',
  },
  departures: [
    {
      what: 'k-means counts an id as often as training has seen it',
      why: 'error counts by lookup; weighted=false counts ids alike: not measured',
    },
    {
      what: 'from some compression on, rare ids of a field share one vector',
      why: 'longer codes for frequent ids then leave less error over lookups than short codes for all; on the Criteo sample it begins at about 16x',
    },
    {
      what: 'codebooks are not trained on once codes are fixed',
      why: 'a second pass over the same rows overfits; fineTune=1 does it: not measured',
    },
  ],
  family: 'codes',
  cost: 'conversion',
  options,
  plan(layer, { parts, codewords, weighted, fineTune, keep }) {
    const { dim, budget } = layer;
    const layout = solveCodes(layer, gridOf(dim, { parts, codewords, keep }));
    if ('smallestBytes' in layout) return infeasible(layout.smallestBytes, budget, 'a codeword per field');
    const planned = codedLayer(layer, layout);
    const choices = { parts: layout.parts, codewords: layout.codewords, coded: layout.hot };
    if (planned.codebooks === undefined) return planned.plan(choices);
    const { table, embed, rowsOf } = fullTable(layer, dim);
    return {
      tables: [table],
      choices,
      embed,
      serving: planned.serving,
      async next(trained) {
        const rows = await trained.rows(table);
        const rowsOfField = (f: number) => rowsOf(rows, f);
        const { books, codes } = fitCodebooks(layer, planned, rowsOfField, weighted);
        const served = codedLayer(layer, layout, { codes });
        return {
          plan: {
            ...served.plan(choices),
            training: { share: fineTune, ...(fineTune > 0 && { name: 'fine-tuning' }) },
          },
          contents: contentsOf(served, rowsOfField, books),
          states: new Map(served.uncompressed.states(table)),
          network: 'kept',
        };
      },
    };
  },
};
