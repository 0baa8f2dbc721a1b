import { z } from 'zod';
import type { Method } from '../harness/contract/method.ts';
import { infeasible } from '../harness/contract/size.ts';
import { solveCodes } from './shared/codes/code-budget.ts';
import { learnedCodes } from './shared/learned-codes/learned-codes.ts';
import { codebookOptions, gridOf } from './shared/codes/code-grid.ts';
import { keepOption } from './shared/rows/keep-option.ts';

const options = z
  .strictObject({
    form: z
      .enum(['vq', 'sx'])
      .default('vq')
      .describe('the nearest codeword, or the one with the largest softmax of products with keys'),
    temperature: z.number().positive().default(1).describe('temperature of that softmax'),
    normalize: z
      .boolean()
      .optional()
      .describe(
        'if true, distances are normalized over the batch before one is chosen, as in the paper; with form=vq',
      ),
    ...codebookOptions(2 ** 12),
    keep: keepOption,
  })
  .refine(({ form, normalize }) => form === 'vq' || !normalize, 'normalize is for form=vq');

export const dpq: Method<z.infer<typeof options>> = {
  name: 'dpq',
  aliases: ['differentiable-product-quantization'],
  title: 'Differentiable product quantization',
  idea: 'codes and codebooks are learned together: codewords stand in for vectors from the first step on',
  formula: 'E(i) = [C₁[c₁], …, Cₖ[cₖ]], cₜ = argminⱼ ‖qₜ − Cₜ[j]‖, gradients straight to the query q = Q[i]',
  paper: {
    cite: 'Chen et al., Differentiable Product Quantization for End-to-End Embedding Compression, ICML 2020',
    url: 'https://arxiv.org/abs/1908.09756',
  },
  departures: [
    {
      what: 'distances are not batch-normalized',
      why: "the statistics of a batch choose codes in training, and others those that are stored; normalize=true is the paper's way, for vq; its effect on AUC is −0.0019 ± 0.0103 at 16x, +0.0010 ± 0.0069 at 64x on planted clicks; −0.0035 ± 0.0035 at 16x, −0.0025 ± 0.0023 at 64x on the Criteo sample",
    },
    {
      what: 'the regulariser is summed over the fields of a sample',
      why: 'the authors take the mean over all queries; with an adaptive optimizer the factor has no effect, since codebooks get no other gradient',
    },
    {
      what: 'where codes for all ids do not fit, rare ids of a field share one vector',
      why: 'it is DPQ of frequent ids beyond about 16x, as a budget asks for',
    },
    {
      what: 'every field has codebooks of its own for every part, of a size solved for the budget',
      why: 'the paper has one vocabulary, and its code shares a codebook among parts; not measured',
    },
  ],
  family: 'codes',
  cost: 'heavier step',
  options,
  plan(layer, { form, temperature, normalize, parts, codewords, keep }) {
    const { dim } = layer;
    const asked = parts !== undefined || codewords !== undefined;
    const layout = solveCodes(layer, {
      ...gridOf(dim, { parts, codewords, keep }),
      ...(!asked && {
        allowed: (parts, codewords) => worthwhile(form, Math.ceil(dim / parts), parts, codewords),
      }),
    });
    if ('smallestBytes' in layout)
      return infeasible(layout.smallestBytes, layer.budget, 'a codeword per field');
    const choices = { parts: layout.parts, codewords: layout.codewords, coded: layout.hot };
    return learnedCodes(layer, layout, { form, temperature, ...(normalize && { normalize }), choices });
  },
};

/** A step takes time for every codeword of every part; a product with keys of few floats is largest at few of them. */
function worthwhile(form: 'vq' | 'sx', width: number, parts: number, codewords: number): boolean {
  return parts * codewords <= 1024 && (form === 'vq' || codewords <= 4 ** width);
}
