import type * as tf from '../tensors/index.ts';
import { z } from 'zod';
import type { Method, Plan, Stage, Table, Trained, Weight } from '../harness/contract/method.ts';
import { withinBudget } from '../harness/contract/size.ts';
import { joinFields } from '../harness/ops/join-fields.ts';
import { fieldRanks } from './shared/low-rank/field-ranks.ts';
import { firstRows } from './shared/rows/table-parts.ts';
import { type SubspaceGroup, subspaceLayer } from './shared/low-rank/subspace-layer.ts';
import { keepOption } from './shared/rows/keep-option.ts';

const options = z.strictObject({
  inner: z.int().min(2).default(4).describe('width of trained rows, in widths of those that are served'),
  keep: keepOption,
});

/** It serves what low-rank serves at the same budget: the two differ in how that is trained. */
export const multiLayer: Method<z.infer<typeof options>> = {
  name: 'multi-layer',
  aliases: ['mlet'],
  title: 'Multi-layer embedding training',
  idea: 'narrow rows are trained as wider ones times a matrix, and multiplied out to be served',
  formula: 'E(i) = W[i] P B, W: n × k r, P: k r × r, B: r × d; W P is stored',
  paper: {
    cite: 'Ghaemmaghami et al., Training with Multi-Layer Embeddings for Model Reduction, 2020',
    url: 'https://arxiv.org/abs/2006.05623',
  },
  departures: [
    {
      what: 'the trained width is four times the served one',
      why: 'the paper tries several; inner sets it; not measured',
    },
    {
      what: 'fields of at most 200 ids keep a row for each',
      why: 'a factorisation of a small table saves next to nothing; not measured',
    },
  ],
  family: 'structured',
  cost: 'heavier step',
  options,
  plan(layer, { inner, keep }) {
    const { fields, dim, budget } = layer;
    const ranks = fieldRanks(layer, keep);
    if ('smallestBytes' in ranks) return ranks;
    const { groups, plan: served } = subspaceLayer(layer, { ranks, scope: 'field', centred: false });
    const choices = { ranks, inner };
    const trainedGroups = groups.map((group) => widened(group, inner));
    if (groups.every(({ basis }) => basis === undefined)) return { ...served, choices };

    const plan: Plan = {
      tables: trainedGroups.map(({ rows }) => rows),
      weights: trainedGroups.flatMap(({ fold, basis }) => (fold && basis ? [fold, basis] : [])),
      choices,
      serving: served,
      embed({ ids, rows, weight }) {
        const parts = trainedGroups.map(({ members, rank, rows: table, fold, basis }) => {
          const vectors = rows(table, ids.pick(members).plus(firstRows(table.parts)));
          if (fold === undefined || basis === undefined) return { fields: members, vectors };
          const own = { vectors, matrices: weight(fold) as tf.Tensor3D, fields: [...members.keys()] };
          const narrow = joinFields([own], members.length, rank); // [batch, members, rank]
          return { fields: members, vectors: narrow, matrices: weight(basis) as tf.Tensor3D };
        });
        return joinFields(parts, fields.length, dim);
      },
      async next(trained): Promise<Stage> {
        const contents = new Map<Table | Weight, Float32Array>();
        for (const group of trainedGroups) {
          contents.set(group.table, await servedRows(group, trained));
          if (group.basis) contents.set(group.basis, await trained.weight(group.basis));
        }
        return { plan: { ...served, choices, training: { share: 0 } }, contents, network: 'kept' };
      },
    };
    return withinBudget(plan, budget, 'rank 1 of every field');
  },
};

interface TrainedGroup extends SubspaceGroup {
  /** [ids of all members, inner * rank]; `table` itself where nothing is projected. */
  readonly rows: Table;
  /** [members, inner * rank, rank] */
  readonly fold?: Weight;
}

function widened(group: SubspaceGroup, inner: number): TrainedGroup {
  const { rank, members, table, basis } = group;
  if (basis === undefined) return { ...group, rows: table };
  const wide = inner * rank;
  // Variance 1 / wide: products have the variance of the rows.
  const fold: Weight = {
    shape: [members.length, wide, rank],
    init: { mean: 0, halfWidth: Math.sqrt(3 / wide) },
  };
  return { ...group, rows: { ...table, width: wide }, fold };
}

/** Each member's rows [n, wide] times its matrix [wide, rank]. */
async function servedRows({ rank, rows, fold }: TrainedGroup, trained: Trained): Promise<Float32Array> {
  const wideRows = await trained.rows(rows);
  if (fold === undefined) return wideRows;
  const folds = await trained.weight(fold);
  const wide = rows.width;
  const products = new Float32Array((wideRows.length / wide) * rank);
  let row = 0;
  rows.parts.forEach((part, member) => {
    const matrix = folds.subarray(member * wide * rank, (member + 1) * wide * rank);
    for (const end = row + part.rows; row < end; row++)
      for (let k = 0; k < rank; k++) {
        let sum = 0;
        for (let j = 0; j < wide; j++) sum += wideRows[row * wide + j] * matrix[j * rank + k];
        products[row * rank + k] = sum;
      }
  });
  return products;
}
