import * as tf from '../tensors/index.ts';
import { z } from 'zod';
import { knownEmbed } from '../harness/contract/known-embed.ts';
import type { Method, Table, Weight } from '../harness/contract/method.ts';
import { infeasible } from '../harness/contract/size.ts';
import { anyWidthsWithin, boughtBytes, planBought } from './shared/low-rank/bought-widths.ts';
import { collect, sumsOf } from './shared/pruning/collected-sums.ts';
import { unlessFull } from './shared/pruning/sparse-rows.ts';

const orders = ['saliency', 'per-byte'] as const;

const options = z.strictObject({
  share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.3)
    .describe('share of the run in which the full table is pretrained; the paper pretrains to the end'),
  window: z
    .number()
    .gt(0)
    .max(1)
    .default(0.05)
    .describe('share of the pretraining whose gradients decide, the last part of it'),
  order: z
    .enum(orders)
    .default('saliency')
    .describe('coordinates are taken by their saliency, or by what they have of it per byte'),
});

export const sseds: Method<z.infer<typeof options>> = {
  name: 'sseds',
  aliases: ['single-shot'],
  title: 'SSEDS (single-shot embedding dimension search)',
  idea: 'coordinates of fields are kept by what the loss would lose without them, measured once; then fields are trained anew',
  formula: 'E(i) = T[i] P, T: n × w; w coordinates of largest |Σ ∂L / ∂E(i)ⱼ E(i)ⱼ| of all fields',
  paper: {
    cite: 'Qu et al., Single-shot Embedding Dimension Search in Recommender System, SIGIR 2022',
    url: 'https://arxiv.org/abs/2204.03281',
  },
  departures: [
    {
      what: 'the paper is known from its abstract alone; the saliency is that of single-shot pruning of networks',
      why: 'its text was not at hand',
    },
    {
      what: 'the full table is pretrained for .3 of the run (option share), not to the end',
      why: 'the search is to cost less than the training that counts',
    },
    {
      what: 'saliency is summed over the last steps of the pretraining (option window), not over one large batch',
      why: 'it comes with gradients that are computed anyway, and takes no further pass',
    },
    {
      what: 'a coordinate that does not fit is passed over, and the most frequent ids of its field get it as far as bytes are left',
      why: 'one large field would end the selection, with most of the budget unspent',
    },
    {
      what: 'a field is as wide as the model where its matrix would take more than the coordinates that it lacks',
      why: 'bytes of matrices count',
    },
  ],
  family: 'pruning and search',
  cost: 'stages',
  options,
  plan(layer, { share, window, order }) {
    return unlessFull(layer, ({ table, offsets }) => {
      const { fields, dim, budget } = layer;
      const minBytes = Math.min(...fields.map(({ cardinality }) => boughtBytes(cardinality, 1, dim)));
      if (minBytes > budget) return infeasible(minBytes, budget, 'one coordinate of the smallest field');
      const saliencies = sumsOf([fields.length, dim]);
      return {
        tables: [table],
        weights: [saliencies],
        serving: anyWidthsWithin(layer),
        choices: {},
        training: { name: 'search', share },
        embed: searching({ offsets, window }, [table, saliencies]),
        async next(trained) {
          const saliency = (await trained.weight(saliencies)).map(Math.abs);
          const wanted = inOrder(saliency, fields.map(({ cardinality }) => cardinality), order); // prettier-ignore
          const plan = planBought(layer, fields.map(() => 0), wanted); // prettier-ignore
          return { plan: { ...plan, training: { name: 'retraining' } }, network: 'fresh' };
        },
      };
    });
  },
};

/** A full table, and sums of its vectors times their gradients. It knows no budget: the search is the same for all. */
const searching = knownEmbed(
  'sseds: search',
  (
    { offsets, window }: { readonly offsets: readonly number[]; readonly window: number },
    [table, saliencies]: readonly [Table, Weight],
  ) =>
    (lookup) =>
      collect(
        lookup,
        { weight: saliencies, window },
        lookup.rows(table, lookup.ids.plus(offsets)),
        (vectors, gradients) => tf.sum(tf.mul(vectors, gradients), 0),
      ),
);

/**
 * The field of each coordinate, in falling order of `saliency`, row-major [fields, coordinates], or of saliency by the rows of the
 * field; of equal ones the first.
 */
export function inOrder(
  saliency: Float32Array,
  rows: readonly number[],
  order: (typeof orders)[number],
): number[] {
  const width = saliency.length / rows.length;
  const fieldOf = (at: number) => Math.floor(at / width);
  const scores = Float64Array.from(saliency, (s, at) => (order === 'saliency' ? s : s / rows[fieldOf(at)]));
  return [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b).map(fieldOf);
}
