import { z } from 'zod';
import type { Method, Plan, Stage } from '../../harness/contract/method.ts';
import { deriveSeed } from '../../base/hash.ts';
import { infeasible } from '../../harness/contract/size.ts';
import { type Representatives, representatives } from './near-duplicates.ts';
import { blockLayer, blocksIn, solveBlocks } from './row-blocks.ts';
import { convertRows } from '../shared/rows/convert-rows.ts';
import { fullTable } from '../shared/rows/full-table.ts';
import { type AnyRows, readAll } from '../shared/rows/row-source.ts';
import { keepOption } from '../shared/rows/keep-option.ts';

const options = z.strictObject({
  block: z
    .int()
    .min(1)
    .max(65536)
    .optional()
    .describe(
      'rows that are merged as one; for the budget the fewest whose map takes at most half, where not given',
    ),
  weighted: z.boolean().default(true).describe('an id counts as often as training has seen it'),
  fineTune: z
    .number()
    .min(0)
    .default(0)
    .describe(
      'share of the epochs that trains what blocks share once they are merged; more than 0 sees samples again, and a second epoch often overfits',
    ),
  keep: keepOption,
});

/**
 * Most rows that are alike after one epoch are rows that training has hardly moved: in a large table they lie near zero,
 * where they began, and are merged first. That is frequency truncation, found in the table and not in the counts.
 */
export const deduplication: Method<z.infer<typeof options>> = {
  name: 'deduplication',
  aliases: ['dedup'],
  title: 'Deduplication',
  idea: 'a full table is trained; blocks of rows that are nearly alike are then stored once',
  formula: 'E(i) = U[map(⌊i / b⌋)][i mod b], blocks of b rows nearer than a tolerance stored once',
  paper: {
    cite: 'Zhou et al., Serving Deep Learning Models with Deduplication from Relational Databases, VLDB 2022',
    url: 'https://arxiv.org/abs/2201.10442',
  },
  departures: [
    {
      what: 'the tolerance follows from the budget',
      why: 'the paper sets it by hand, and has no budget',
    },
    {
      what: 'blocks are gone through by weighted magnitude',
      why: 'a reimplementation goes by a quartile of weights; not measured',
    },
    {
      what: 'no training follows',
      why: 'a second pass over the same rows overfits; fineTune=1 does it; its effect on AUC is −0.1022 ± 0.0271 at 16x, −0.0004 ± 0.0106 at 64x on planted clicks; −0.0875 ± 0.0352 at 16x, −0.0366 ± 0.0342 at 64x on the Criteo sample',
    },
  ],
  family: 'codes',
  cost: 'conversion',
  options,
  plan(layer, { block, weighted, fineTune, keep }) {
    const { dim, budget, seed } = layer;
    const layout = solveBlocks(layer, { block, keep });
    if ('smallestBytes' in layout) return infeasible(layout.smallestBytes, budget, 'a block per field');
    const { table, embed, rowsOf: rowsIn } = fullTable(layer, dim);
    const full: Plan = {
      tables: [table],
      choices: {},
      embed,
    };
    if (layout.shared.length === 0) return { ...full, converter: convertRows(layer.fields, table) };
    const planned = blockLayer(layer, layout);
    const mergedOf = (rowsOf: (field: number) => AnyRows) => {
      const { weights, ...blocks } = blocksIn(layer, layout, rowsOf);
      const own = { ...blocks, ...(weighted && weights && { weights }) };
      return { blocks, found: representatives(own, layout.stored, deriveSeed(seed, 'deduplication')) };
    };
    const choicesOf = ({ tolerance }: Representatives) => ({ ...planned.plan.choices, tolerance });
    return {
      ...full,
      choices: planned.plan.choices,
      serving: planned.serving,
      converter: {
        holds: 'all rows',
        convert(rowsOf) {
          const merged = mergedOf(rowsOf);
          const served = blockLayer(layer, layout, merged.found.map);
          const contents = served.contents(merged.blocks, merged.found, (f) => readAll([rowsOf(f)]));
          const { tables, maps } = served.plan;
          return {
            plan: { tables, maps: maps ?? [], choices: choicesOf(merged.found) },
            tables: new Map(tables.map((one) => [one, () => [contents.get(one)!]])),
            recipe: served.recipe(),
          };
        },
      },
      async next(trained): Promise<Stage> {
        const rows = await trained.rows(table);
        const rowsOf = (f: number) => rowsIn(rows, f);
        const merged = mergedOf(rowsOf);
        const served = blockLayer(layer, layout, merged.found.map);
        return {
          plan: {
            ...served.plan,
            choices: choicesOf(merged.found),
            training: { share: fineTune, ...(fineTune > 0 && { name: 'fine-tuning' }) },
          },
          contents: served.contents(merged.blocks, merged.found, rowsOf),
          states: served.states(merged.found, table),
          network: 'kept',
        };
      },
    };
  },
};
