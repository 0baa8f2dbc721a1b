import { z } from 'zod';
import { topK } from '../../base/top-k.ts';
import type { Method } from '../../harness/contract/method.ts';
import { infeasible } from '../../harness/contract/size.ts';
import { convertRetained, retainedBytes, retainedServing, retainedStage } from './rows-beside-subspace.ts';
import { largestWithin } from '../shared/budget/bisection.ts';
import { rowScores, scoreRows, scoreRowsOf } from './row-scores.ts';
import { unlessFull } from '../shared/pruning/sparse-rows.ts';
import { countIds } from '../shared/rows/table-parts.ts';

const options = z.strictObject({
  score: z
    .enum(rowScores)
    .default('frequency-leverage')
    .describe(
      "score of rows, the highest of which stay; lengths and leverage are of rows less their field's mean",
    ),
  rest: z
    .enum(['share', 'project'])
    .default('share')
    .describe("storage of the other rows: their field's mean, or that and coordinates along its axes"),
  rank: z.int().min(1).default(1).describe('axes of a field, where the rest is projected'),
  sketch: z
    .int()
    .min(1)
    .default(4096)
    .describe('rows of the CountSketch for leverage and axes; smaller tables need none'),
  fineTune: z.number().min(0).default(0).describe('share of the epochs for training the served layer'),
});
type Options = z.infer<typeof options>;

export const leverage: Method<Options> = {
  name: 'leverage',
  aliases: ['leverage-scores'],
  title: 'Rows of high leverage',
  idea: "a full table is trained; then the rows of highest frequency-weighted leverage are kept, and all others become their field's mean",
  formula:
    'E(i) = T[i] where c(i) ‖(T[i] − μ) Wᵀ‖² ≥ τ, else μ; c counts, (WᵀW)⁻¹ = Σ c(i) (T[i] − μ)ᵀ (T[i] − μ)',
  paper: {
    cite: 'Magdon-Ismail and Gittens, Fast Fixed Dimension L2-Subspace Embeddings of Arbitrary Accuracy, 2019 (its leverage scores)',
    url: 'https://arxiv.org/abs/1909.12580',
  },
  departures: [
    {
      what: 'the choice of rows by leverage, weighted by counts, and the mean in place of the others are ours',
      why: 'the paper gives fast leverage scores and no method for embedding tables',
    },
  ],
  family: 'pruning and search',
  cost: 'conversion',
  options,
  plan(layer, { score, rest, rank: axes, sketch, fineTune }) {
    return unlessFull(layer, ({ table, embed }) => {
      const { fields, dim, budget } = layer;
      const ids = countIds(fields);
      const rank = rest === 'share' ? 0 : Math.max(1, Math.min(axes, dim - 1));
      const bytes = (retained: number) => retainedBytes(layer, { retained, rank });
      if (bytes(1) > budget) return infeasible(bytes(1), budget, 'one row beside what is left of all others');
      const retained = Math.max(
        1,
        largestWithin(ids, (retained) => bytes(retained) <= budget),
      );
      return {
        tables: [table],
        choices: { kept: retained },
        embed,
        serving: retainedServing(layer, { retained, rank }),
        converter: {
          holds: 'pieces',
          convert(rowsOf) {
            const chosen = topK(scoreRowsOf(layer, rowsOf, { score, sketch }), retained);
            return convertRetained(layer, { chosen, rank, sketch }, rowsOf);
          },
        },
        async next(trained) {
          const values = await trained.rows(table);
          const chosen = topK(scoreRows(layer, values, { score, sketch }), retained);
          return retainedStage(
            layer,
            { table, chosen, values, rank, sketch },
            { network: 'kept', share: fineTune, name: fineTune > 0 ? 'fine-tuning' : 'conversion' },
          );
        },
      };
    });
  },
};
