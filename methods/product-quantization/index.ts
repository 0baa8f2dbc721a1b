import { z } from 'zod';
import type { Method } from '../../harness/contract/method.ts';
import { infeasible } from '../../harness/contract/size.ts';
import { contentsOf, fitBooks, fitCodebooks } from '../shared/clustering/codebooks.ts';
import { fitLevelBooks, fitLevels } from './residual-codebooks.ts';
import { solveCodes } from '../shared/codes/code-budget.ts';
import { codedLayer } from '../shared/codes/coded-layer.ts';
import { convertRows } from '../shared/rows/convert-rows.ts';
import { fullTable } from '../shared/rows/full-table.ts';
import { codebookOptions, gridOf, partsOf } from '../shared/codes/code-grid.ts';
import { keepOption } from '../shared/rows/keep-option.ts';

// Options of residual codes have no default in the schema: ids of runs are made of all options, and those of product codes are as before.
const options = z
  .strictObject({
    kind: z
      .enum(['product', 'residual'])
      .optional()
      .describe(
        'product if not given; residual: a part is a sum of codewords, one of each level, and a vector has one part, or two with many bytes, if parts are not given',
      ),
    ...codebookOptions(2 ** 16),
    levels: z
      .int()
      .min(1)
      .max(16)
      .optional()
      .describe('residual: codewords that are summed for each part; if not given, chosen for the budget'),
    beam: z
      .int()
      .min(1)
      .max(256)
      .optional()
      .describe('residual: sums that go on from level to level when ids are encoded; 8 if not given'),
    refine: z
      .int()
      .min(0)
      .max(100)
      .optional()
      .describe('residual: sweeps of least squares over the codewords of all levels; 1 if not given'),
    weighted: z.boolean().default(true).describe('an id counts as often as training has seen it'),
    fineTune: z
      .number()
      .min(0)
      .default(0)
      .describe('share of the epochs that trains codebooks once codes are fixed'),
    keep: keepOption,
  })
  .refine(
    ({ kind, ...own }) => kind === 'residual' || (own.levels ?? own.beam ?? own.refine) === undefined,
    'levels, beam and refine are of kind=residual alone',
  );

export const productQuantization: Method<z.infer<typeof options>> = {
  name: 'product-quantization',
  aliases: ['pq'],
  title: 'Product quantization',
  idea: 'trained vectors are cut into parts, each stored as the number of the nearest of a few codewords',
  formula:
    'E(i) ≈ [C₁[c₁], …, Cₖ[cₖ]], cₜ = argminⱼ ‖T[i]ₜ − Cₜ[j]‖; kind=residual: Σₗ Cₗ[cₗ] in place of each part',
  paper: {
    cite: 'Jegou et al., Product Quantization for Nearest Neighbor Search, TPAMI 2011; codebooks trained on as in Chen et al., ICML 2020; residual: Chen et al., Sensors 2010, and Babenko & Lempitsky, CVPR 2014',
    url: 'https://arxiv.org/abs/1908.09756',
  },
  departures: [
    {
      what: 'k-means counts an id as often as training has seen it',
      why: 'error counts by lookup; weighted=false counts ids alike; its effect on AUC is +0.0005 ± 0.0016 at 16x, +0.0014 ± 0.0055 at 64x on planted clicks; −0.0001 ± 0.0006 at 16x, +0.0000 ± 0.0002 at 64x on the Criteo sample',
    },
    {
      what: 'from some compression on, rare ids of a field share one vector',
      why: 'longer codes for frequent ids then leave less error over lookups than short codes for all; on the Criteo sample it begins at about 16x',
    },
    {
      what: 'codebooks are not trained on once codes are fixed',
      why: 'a second pass over the same rows overfits; fineTune=1 does it; its effect on AUC is −0.0982 ± 0.0199 at 16x, −0.0687 ± 0.0292 at 64x on planted clicks; −0.0591 ± 0.0020 at 16x, −0.0290 ± 0.0060 at 64x on the Criteo sample',
    },
    {
      what: 'kind=residual: a beam and one sweep of least squares over all levels, which residual quantization has not, and k-means level by level, which additive quantization has not',
      why: 'each lessens the error at little cost; beam=1 with refine=0 is residual quantization as in its paper',
    },
  ],
  family: 'codes',
  cost: 'conversion',
  options,
  plan(layer, { kind, parts, codewords, levels, beam = 8, refine = 1, weighted, fineTune, keep }) {
    const { dim, budget } = layer;
    const residual = kind === 'residual';
    const layout = solveCodes(layer, {
      ...gridOf(dim, { parts, codewords, keep }),
      ...(residual && parts === undefined && { parts: partsOf(dim, 1).concat(partsOf(dim, 2)) }),
      ...(residual && { levels: levels === undefined ? [1, 2, 3, 4, 5, 6, 7, 8] : [levels] }),
    });
    if ('smallestBytes' in layout) return infeasible(layout.smallestBytes, budget, 'a codeword per field');
    const planned = codedLayer(layer, layout);
    const choices = {
      parts: layout.parts,
      ...(residual && { levels: layout.levels ?? 1 }),
      codewords: layout.codewords,
      coded: layout.hot,
    };
    if (planned.codebooks === undefined) {
      const plan = planned.plan(choices);
      return { ...plan, converter: convertRows(layer.fields, plan.tables[0], choices) };
    }
    const { table, embed, rowsOf } = fullTable(layer, dim);
    return {
      tables: [table],
      choices,
      embed,
      serving: planned.serving,
      converter: {
        holds: 'pieces',
        convert(rowsOf) {
          const { books, choose } = residual
            ? fitLevelBooks(layer, planned, rowsOf, { weighted, beam, refine })
            : fitBooks(layer, planned, rowsOf, weighted);
          const { tables, maps } = planned;
          return {
            plan: { tables, maps, choices },
            ...planned.stored(rowsOf, books),
            maps: planned.encodeInPieces(choose, rowsOf(0).pieceRows),
          };
        },
      },
      async next(trained) {
        const rows = await trained.rows(table);
        const rowsOfField = (f: number) => rowsOf(rows, f);
        const { books, codes } = residual
          ? fitLevels(layer, planned, rowsOfField, { weighted, beam, refine })
          : fitCodebooks(layer, planned, rowsOfField, weighted);
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
