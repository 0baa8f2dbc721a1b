import * as tf from '../../tensors/index.ts';
import { z } from 'zod';
import type { Lookup, Method, Plan, Table } from '../../harness/contract/method.ts';
import { infeasible } from '../../harness/contract/size.ts';
import { nonZerosWithin, sparseBytes } from '../../harness/contract/storage.ts';
import { tableFloats } from '../../harness/contract/table-shape.ts';
import { bucketPairs, pairRows, pairVectors } from './bucket-pairs.ts';
import { softThreshold } from '../shared/pruning/soft-threshold.ts';
import { keepLargest, keepZeros, unlessFull } from '../shared/pruning/sparse-rows.ts';
import { chooseUncompressed, keepOption } from '../shared/rows/keep-option.ts';

const options = z.strictObject({
  density: z
    .number()
    .gt(0)
    .max(1)
    .default(0.5)
    .describe('share of the floats of the bucket tables that is served'),
  diversity: z.number().min(0).default(0.001).describe('weight of what keeps summed vectors away from zero'),
  threshold: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.1)
    .describe('first threshold of floats, relative to their initial range'),
  keep: keepOption,
});

export const cerp: Method<z.infer<typeof options>> = {
  name: 'cerp',
  aliases: ['regularized-pruning'],
  title: 'Compact compositional embeddings by regularized pruning',
  idea: 'an id is the sum of two bucket rows whose smallest floats are pruned by learned thresholds, then trained anew',
  formula: 'E(i) = S(Q[q(i)]) + S(R[r(i)]), S(x) = sign(x) max(0, |x| − s), s trained for a row',
  paper: {
    cite: 'Liang et al., Learning Compact Compositional Embeddings via Regularized Pruning for Recommendation, ICDM 2023',
    url: 'https://arxiv.org/abs/2309.03518',
  },
  departures: [
    {
      what: "thresholds are relative to the first range of a field's rows",
      why: 'fields differ in scale by orders of magnitude; not measured',
    },
    {
      what: 'a row has one threshold, which begins at a tenth of that range',
      why: 'a reimplementation has one for each float, which doubles the memory of the search, and begins near 0; not measured',
    },
    {
      what: 'the search goes on to the end of its epoch',
      why: 'that code stops it when enough floats are zero, and knows no budget',
    },
    {
      what: 'the largest floats above their thresholds are kept, as many as the budget stores',
      why: 'the paper has no budget: what the thresholds leave is what it serves',
    },
    {
      what: 'tables have rows for half as dense a layer, one pair for each field',
      why: 'the paper has 8,000 rows in a pair for all; density sets it; not measured',
    },
  ],
  family: 'pruning and search',
  cost: 'stages',
  options,
  /**
   * Searching, every row has a threshold sigmoid(s) times its field's initial range, which its floats are shrunk by; the
   * loss is also paid for vectors near zero. The floats that are largest above their thresholds, as many as the budget
   * stores, are trained anew from where they started.
   */
  plan(layer, { density, diversity, threshold, keep }) {
    return unlessFull(layer, () => {
      const { fields, dim, budget } = layer;
      // A float of the tables takes a bit, and 4 bytes where it is served.
      const rows = Math.floor(budget / ((4 * density + 1 / 8 + 1 / 128) * dim));
      const pairs = bucketPairs(fields, chooseUncompressed(fields, keep, rows), rows);
      const table: Table = { width: dim, parts: pairs.parts };
      const nonZeros = nonZerosWithin(budget, tableFloats(table));
      if (nonZeros < 1) return infeasible(sparseBytes(tableFloats(table), 1), budget, 'one float');
      const served: Table = { ...table, stored: { kind: 'sparse', nonZeros } };
      const logit = Math.log(threshold / (1 - threshold));
      const thresholds: Table = {
        width: 1,
        parts: pairs.parts.map((part) => ({ rows: part.rows, init: { mean: logit, halfWidth: 0 } })),
      };
      const ranges = pairs.parts.map(({ init }) => init.halfWidth);
      const choices = { buckets: pairs.buckets, density: nonZeros / tableFloats(table) };

      const search = (lookup: Lookup): tf.Tensor3D => {
        const vectors = pairVectors(pairs, lookup, dim, (places, ofPart) => {
          const range = tf.tensor3d(ofPart.map((part) => ranges[part]), [1, ofPart.length, 1]); // prettier-ignore
          const limits = tf.mul(tf.sigmoid(lookup.rows(thresholds, places)), range); // [batch, members, 1]
          return softThreshold(lookup.rows(table, places), limits);
        });
        const filled = tf.square(tf.tanh(tf.mul(vectors, 100)));
        if (diversity > 0) lookup.penalize(tf.mul<tf.Scalar>(tf.mean(filled), -diversity));
        return vectors;
      };
      const retrained: Plan = {
        tables: [served],
        choices,
        training: { name: 'retraining' },
        embed: (lookup) =>
          lookup.training
            ? pairVectors(pairs, lookup, dim, (places) => keepZeros(lookup.rows(served, places)))
            : pairRows(pairs, lookup, dim, served),
      };
      return {
        tables: [table, thresholds],
        choices,
        training: { name: 'search' },
        serving: { tables: [served] },
        embed: search,
        async next(trained) {
          const [values, limits] = [await trained.rows(table), await trained.rows(thresholds)];
          const above = overLimits(values, limits, table, ranges);
          const ticket = keepLargest(trained.initialRows(table), nonZeros, above);
          return { plan: retrained, contents: new Map([[served, ticket]]), network: 'fresh' };
        },
      };
    });
  },
};

/** Scores floats by their distance above their threshold; floats below it score less, so that all can be compared. */
function overLimits(
  values: Float32Array,
  logits: Float32Array,
  { width, parts }: Table,
  ranges: readonly number[],
): Float32Array {
  const scores = new Float32Array(values.length);
  let row = 0;
  parts.forEach(({ rows }, part) => {
    for (let end = row + rows; row < end; row++) {
      const limit = ranges[part] / (1 + Math.exp(-logits[row]));
      for (let at = row * width; at < (row + 1) * width; at++) {
        // 1 + the excess above the threshold; below it the share of the threshold that is reached, less than 1.
        const over = Math.abs(values[at]) - limit;
        scores[at] = over > 0 ? 1 + over : Math.abs(values[at]) / limit;
      }
    }
  });
  return scores;
}
