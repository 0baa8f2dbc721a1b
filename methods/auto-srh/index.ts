import * as tf from '../../tensors/index.ts';
import { z } from 'zod';
import type { IdMap } from '../../harness/contract/indices.ts';
import { knownEmbed } from '../../harness/contract/known-embed.ts';
import type { Lookup, Method, Table, Trained, Weight } from '../../harness/contract/method.ts';
import { frequencyGroups } from './frequency-groups.ts';
import { keepLargest, planSparse, type Retraining, sparseStage } from '../shared/pruning/sparse-rows.ts';

const options = z.strictObject({
  groups: z.int().min(1).max(256).default(6).describe('groups of ids, by training count'),
  warmUp: z.number().min(0).max(1).default(0.2).describe('share of the search in which weights stay 1'),
  rate: z
    .number()
    .gt(0)
    .default(0.01)
    .describe("learning rate of the weights: mean change of a group's weights in a step"),
  l1: z.number().min(0).default(1e-5).describe('penalty on the sum of the weights'),
  // Fine-tuned floats are T a where T was trained. They keep the optimizer state of T: a is near 1 for the floats that are left.
  finish: z
    .enum(['retrain', 'fine-tune'])
    .default('retrain')
    .describe(
      'second stage: the floats that are left start anew from their first values, with a new network; or continue from the search, which sees samples again',
    ),
});

export const autoSrh: Method<z.infer<typeof options>> = {
  name: 'auto-srh',
  aliases: ['autosrh', 'dnis'],
  title: 'AutoSrh (differentiable neural input search)',
  idea: 'coordinates of ids of like frequency share a weight, learned on samples held out; the smallest products go',
  formula:
    'E(i) = T[i] ∘ a[group(i)], 0 ≤ a ≤ 1 trained on samples held out; the smallest |products| become 0',
  paper: {
    cite: 'Cheng et al., Differentiable Neural Input Search for Recommender Systems, 2020',
    url: 'https://arxiv.org/abs/2006.04466',
  },
  departures: [
    {
      what: 'the search takes one epoch, a fifth of it before the weights move',
      why: 'the authors train 20 epochs before the search; not measured',
    },
    {
      what: 'the floats that are left start anew from their first values',
      why: "fine-tuning sees samples again; finish=fine-tune goes on from the search, which the authors' code also does; its effect on AUC is −0.0151 ± 0.0104 at 16x, −0.0003 ± 0.0092 at 64x on planted clicks; −0.0091 ± 0.0032 at 16x, −0.0020 ± 0.0023 at 64x on the Criteo sample",
    },
    {
      what: 'weights learn from every tenth batch of the training part',
      why: 'the authors take the validation part, which chooses among methods here',
    },
  ],
  family: 'pruning and search',
  cost: 'stages',
  options,
  plan(layer, { groups, warmUp, rate, l1, finish }) {
    return planSparse(layer, (rows) => {
      const { table, nonZeros, offsets } = rows;
      const { dim } = layer;
      const groupMap = frequencyGroups(layer.fields, groups);
      const selection: Weight = {
        shape: [groups, dim],
        init: { mean: 1, halfWidth: 0 },
        optimizer: { rule: 'sgd', learningRate: rate },
        architecture: true,
      };
      const retraining: Retraining =
        finish === 'retrain'
          ? { name: 'retraining', network: 'fresh', share: 1 }
          : { name: 'fine-tuning', network: 'kept', share: 1 };
      /** T a, as it was trained. */
      const products = async (trained: Trained) => {
        const selected = (await trained.weight(selection)).map((a) => Math.min(1, Math.max(0, a)));
        const { values: groupOf } = groupMap;
        const values = await trained.rows(table);
        return values.map((x, at) => x * selected[groupOf[Math.floor(at / dim)] * dim + (at % dim)]);
      };
      return {
        tables: [table],
        weights: [selection],
        maps: [groupMap],
        choices: { nonZeros },
        training: { name: 'search', holdOutEvery: 10 },
        embed: searching({ offsets, warmUp, l1 }, [table, selection, groupMap]),
        async next(trained) {
          const found = await products(trained);
          const values = finish === 'retrain' ? trained.initialRows(table) : found;
          return sparseStage(rows, keepLargest(values, nonZeros, found), retraining);
        },
      };
    });
  },
};

/** Rows times the weights of their groups. It knows no budget: the search is the same for all. */
const searching = knownEmbed(
  'auto-srh: search',
  (
    { offsets, warmUp, l1 }: { offsets: readonly number[]; warmUp: number; l1: number },
    [table, selection, groupMap]: readonly [Table, Weight, IdMap],
  ) =>
    (lookup) => {
      const selected = boxed(lookup.weight(selection) as tf.Tensor2D, trains(lookup, warmUp));
      lookup.penalize(tf.mul<tf.Scalar>(tf.sum(selected), l1));
      const rows = lookup.ids.plus(offsets);
      const groupIndices = rows.through(groupMap);
      return tf.mul(lookup.rows(table, rows), rowsOf(selected, groupIndices.toFloats()));
    },
);

/** True once the weights are trained. */
function trains({ training }: Lookup, warmUp: number): boolean {
  return training?.reached(warmUp * training.steps) === true;
}

/** Rows of a small matrix, by a product with ones at their places: [batch, fields] -> [batch, fields, width]. */
function rowsOf(matrix: tf.Tensor2D, indices: tf.Tensor2D): tf.Tensor3D {
  const [rows, width] = matrix.shape;
  const [batch, fields] = indices.shape;
  const places = tf.equal(tf.reshape(indices, [batch * fields, 1]), tf.range(0, rows, 1, 'float32'));
  return tf.reshape(tf.matMul(tf.cast(places, 'float32'), matrix), [batch, fields, width]);
}

/**
 * Weights within [0, 1]. The gradient of each row is divided by its mean magnitude, as in the authors' search, so that one
 * rate suits all groups, and does not push further what has left the box; where `trained` is not, it is zero.
 */
export function boxed(weights: tf.Tensor2D, trained: boolean): tf.Tensor2D {
  const op = tf.customGrad((...args) => {
    const [a, save] = args as unknown as [tf.Tensor2D, tf.GradSaveFunc];
    save([a]);
    return {
      value: tf.clipByValue(a, 0, 1),
      gradFunc: (dy: tf.Tensor, [a]: tf.Tensor[]) => {
        if (!trained) return tf.zerosLike(a);
        const scaled = tf.div(dy, tf.add(tf.mean(tf.abs(dy), 1, true), 1e-12));
        const [up, down] = [tf.less(scaled, 0), tf.greater(scaled, 0)];
        const stuck = tf.logicalOr(
          tf.logicalAnd(up, tf.greaterEqual(a, 1)),
          tf.logicalAnd(down, tf.lessEqual(a, 0)),
        );
        return tf.mul(scaled, tf.sub(1, tf.cast(stuck, 'float32')));
      },
    };
  });
  return op(weights);
}
