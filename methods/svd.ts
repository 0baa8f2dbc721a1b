import { z } from 'zod';
import type { Infeasible, Layer, Method, Plan, Stage } from '../harness/contract/method.ts';
import { fullSize, infeasible, withinBudget } from '../harness/contract/size.ts';
import { fieldRanks } from './shared/low-rank/field-ranks.ts';
import { type FieldAxes, principalAxes } from './shared/low-rank/principal-axes.ts';
import type { AnyRows } from './shared/rows/row-source.ts';
import { countIds } from './shared/rows/table-parts.ts';
import { meanBytes, subspaceLayer } from './shared/low-rank/subspace-layer.ts';
import { sum } from '../base/sum.ts';
import { convertRows } from './shared/rows/convert-rows.ts';
import { fullTable } from './shared/rows/full-table.ts';
import { chooseUncompressed, fieldsWhere, keepOption } from './shared/rows/keep-option.ts';

/** Rows of the sketch of a larger field: its error e is about 2 sqrt(dim / 4096), an eighth for 16 columns. */
const sketchRows = 4096;

const options = z.strictObject({
  weighted: z.boolean().default(true).describe('an id counts as often as training has seen it'),
  centred: z.boolean().default(true).describe("a field's mean is kept apart"),
  decomposition: z
    .enum(['exact', 'sketch'])
    .default('exact')
    .describe(
      'source of the axes: second moments of rows, or a subspace embedding of them, which takes fewer steps',
    ),
  scope: z
    .enum(['field', 'all'])
    .default('field')
    .describe('tables that share axes: those of one field, or of all'),
  fineTune: z.number().min(0).default(0).describe('share of the epochs that trains on what is served'),
  keep: keepOption,
});
type Options = z.infer<typeof options>;

export const svd: Method<Options> = {
  name: 'svd',
  aliases: ['pca', 'truncated-svd'],
  title: 'Truncated SVD after training',
  idea: 'a full table is trained; then its rows are stored as coordinates along their principal axes',
  formula: 'E(i) ≈ μ + A[i] B, B the r leading axes of the trained rows, A[i] = (T[i] − μ) Bᵀ',
  paper: {
    cite: 'Yu et al., Unified Low-rank Compression Framework for Click-through Rate Prediction, KDD 2024 (its PCA of what is looked up)',
    url: 'https://arxiv.org/abs/2405.18146',
  },
  departures: [
    {
      what: 'embedding tables alone are compressed',
      why: 'the paper also compresses the layers of the network, which are outside of the budget here',
    },
    {
      what: 'no training follows the conversion',
      why: 'a second pass over the same rows overfits; fineTune=1 trains another epoch as the paper does; its effect on AUC is −0.0698 ± 0.0057 at 4x, −0.0549 ± 0.0077 at 8x on planted clicks; −0.0455 ± 0.0051 at 4x, −0.0378 ± 0.0070 at 8x on the Criteo sample',
    },
    {
      what: 'axes come from rows weighted by their counts',
      why: 'that is the covariance of what is looked up, which the paper takes from a sample',
    },
  ],
  family: 'structured',
  cost: 'conversion',
  options,
  plan(layer, options) {
    const { fields, dim, budget } = layer;
    const { table, embed, rowsOf } = fullTable(layer, dim);
    const ranks = solveRanks(layer, options);
    if ('smallestBytes' in ranks) return ranks;
    const training: Plan = { tables: [table], choices: { ranks }, embed };
    const { scope, centred, weighted, decomposition, fineTune } = options;
    const served = subspaceLayer(layer, { ranks, scope, centred });
    if (ranks.every((rank) => rank === dim))
      return { ...training, converter: convertRows(fields, table, { ranks }) };
    const axesOfRows = (rowsOfField: (f: number) => AnyRows): ((f: number) => FieldAxes) =>
      principalAxes(
        layer,
        fieldsWhere(ranks, (rank) => rank < dim),
        rowsOfField,
        {
          centred,
          scope,
          weightsOf: (f) => (weighted ? fields[f].counts : undefined),
          sketch: decomposition === 'sketch' ? sketchRows : undefined,
        },
      );
    return withinBudget(
      {
        ...training,
        serving: served.plan,
        converter: {
          holds: 'pieces',
          convert(rowsOf) {
            const axesOf = axesOfRows(rowsOf);
            return served.conversion((f) => ({ rows: rowsOf(f), ...axesOf(f) }), { ranks });
          },
        },
        async next(trained): Promise<Stage> {
          const rows = await trained.rows(table);
          const rowsOfField = (f: number) => rowsOf(rows, f);
          const axesOf = axesOfRows(rowsOfField);
          return {
            plan: {
              ...served.plan,
              choices: { ranks },
              training: { share: fineTune, ...(fineTune > 0 && { name: 'fine-tuning' }) },
            },
            contents: served.contents((f) => ({ rows: rowsOfField(f), ...axesOf(f) })),
            states: served.states(table),
            network: 'kept',
          };
        },
      },
      budget,
      'rank 1 of every field',
    );
  },
};

/** The rank of each field, dim where it is uncompressed. One basis for all fields has one rank for all others. */
function solveRanks(layer: Layer, { scope, centred, keep }: Options): readonly number[] | Infeasible {
  const { fields, dim, budget } = layer;
  if (fullSize(layer).servingBytes <= budget) return fields.map(() => dim);
  const reserved = centred ? meanBytes(layer) : 0;
  const left = { ...layer, budget: budget - reserved };
  if (scope === 'field') {
    const ranks = fieldRanks(left, keep);
    if (!('smallestBytes' in ranks)) return ranks;
    return infeasible(ranks.smallestBytes + reserved, budget, 'rank 1 of every field');
  }
  const rankOf = (uncompressed: readonly boolean[]) => {
    const ids = (keeps: boolean) =>
      sum(fields.map(({ cardinality }, f) => (uncompressed[f] === keeps ? cardinality : 0)));
    return Math.floor((left.budget / 4 - dim * ids(true)) / (ids(false) + dim));
  };
  const small = chooseUncompressed(fields, keep, Math.floor(left.budget / (4 * dim)));
  const uncompressed = rankOf(small) >= 1 ? small : fields.map(() => false);
  const rank = Math.min(dim - 1, rankOf(uncompressed));
  if (rank >= 1) return uncompressed.map((keeps) => (keeps ? dim : rank));
  const ids = countIds(fields);
  return infeasible(4 * (ids + dim) + reserved, budget, 'rank 1 of every field');
}
