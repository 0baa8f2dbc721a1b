import { z } from 'zod';
import type { Infeasible, Layer, Lookup, Method, Stage } from '../harness/contract/method.ts';
import { fullSize, infeasible, withinBudget } from '../harness/contract/size.ts';
import { symmetricEigen } from './shared/eigen.ts';
import { fieldRanks } from './shared/field-ranks.ts';
import { type Moments, momentsOf } from './shared/gram.ts';
import { firstRows, rowPerId } from './shared/rows.ts';
import { meanBytes, subspaceLayer } from './shared/subspace-layer.ts';
import { keepWhole, wholeFields } from './shared/whole-fields.ts';

const options = z.strictObject({
  weighted: z.boolean().default(true).describe('an id counts as often as training has seen it'),
  centred: z.boolean().default(true).describe("a field's mean is kept apart"),
  scope: z.enum(['field', 'all']).default('field').describe('what has axes of its own'),
  fineTune: z.number().min(0).default(0).describe('share of the epochs that trains on what is served'),
  keep: keepWhole,
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
  family: 'structured',
  cost: 'conversion',
  options,
  plan(layer, options) {
    const { fields, dim, budget } = layer;
    const table = { width: dim, parts: fields.map(rowPerId) };
    const offsets = firstRows(table.parts);
    const ranks = solveRanks(layer, options);
    if ('smallestBytes' in ranks) return ranks;
    const training = {
      tables: [table],
      choices: { ranks },
      embed: ({ ids, rows }: Lookup) => rows(table, ids.plus(offsets)),
    };
    const { scope, centred, fineTune } = options;
    const served = subspaceLayer(layer, { ranks, scope, centred });
    if (ranks.every((rank) => rank === dim)) return training;
    return withinBudget(
      {
        ...training,
        serving: served.plan,
        async next(trained): Promise<Stage> {
          const rows = await trained.rows(table);
          const rowsOf = (f: number) =>
            rows.subarray(offsets[f] * dim, (offsets[f] + fields[f].cardinality) * dim);
          const axesOf = principalAxes(layer, options, ranks, rowsOf);
          return {
            plan: {
              ...served.plan,
              choices: { ranks },
              training: { share: fineTune, ...(fineTune > 0 && { name: 'fine-tuning' }) },
            },
            contents: served.contents((f) => ({ rows: rowsOf(f), ...axesOf(f) })),
            network: 'kept',
          };
        },
      },
      budget,
      'rank 1 of every field',
    );
  },
};

/** With one basis for all, one rank for all that are not whole. */
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
  const rankOf = (whole: readonly boolean[]) => {
    const ids = (kept: boolean) =>
      fields.reduce((sum, { cardinality }, f) => sum + (whole[f] === kept ? cardinality : 0), 0);
    return Math.floor((left.budget / 4 - dim * ids(true)) / (ids(false) + dim));
  };
  const small = wholeFields(fields, keep, Math.floor(left.budget / (4 * dim)));
  const whole = rankOf(small) >= 1 ? small : fields.map(() => false);
  const rank = Math.min(dim - 1, rankOf(whole));
  if (rank >= 1) return whole.map((kept) => (kept ? dim : rank));
  const ids = fields.reduce((sum, { cardinality }) => sum + cardinality, 0);
  return infeasible(4 * (ids + dim) + reserved, budget, 'rank 1 of every field');
}

/** Of the rows of every field, or of all fields that are not whole, each of which counts alike. */
function principalAxes(
  { fields, dim }: Layer,
  { weighted, centred, scope }: Options,
  ranks: readonly number[],
  rowsOf: (field: number) => Float32Array,
): (field: number) => { mean: Float64Array; axes: Float64Array } {
  const moments = (f: number): Moments =>
    momentsOf(rowsOf(f), dim, { weights: weighted ? fields[f].counts : undefined, centred });
  if (scope === 'field')
    return (f) => {
      const { mean, gram } = moments(f);
      return { mean, axes: symmetricEigen(gram, dim).vectors };
    };
  const byField = fields.map((_, f) => (ranks[f] < dim ? moments(f) : undefined));
  const sum = new Float64Array(dim * dim);
  for (const found of byField) found?.gram.forEach((x, at) => (sum[at] += x));
  const axes = symmetricEigen(sum, dim).vectors;
  return (f) => ({ mean: byField[f]?.mean ?? new Float64Array(dim), axes });
}
