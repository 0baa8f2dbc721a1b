import * as tf from '../tensors/index.ts';
import { z } from 'zod';
import type { Infeasible, Layer, Method, Table } from '../harness/contract/method.ts';
import { deriveSeed } from '../base/hash.ts';
import { infeasible } from '../harness/contract/size.ts';
import { besideUncompressedFields, type PartPlan } from './shared/rows/beside-uncompressed-fields.ts';
import { rowShares } from './shared/budget/shares.ts';
import { firstRows, idInit } from './shared/rows/table-parts.ts';
import { sum } from '../base/sum.ts';
import { keepOption } from './shared/rows/keep-option.ts';

const options = z.strictObject({
  shift: z
    .boolean()
    .default(false)
    .describe('if true, a number per id is also added to all of its coordinates'),
  index: z
    .enum(['modulo', 'hash'])
    .default('modulo')
    .describe(
      'index of shared rows: id mod rows, as in the paper, which separates frequent ids where ids are sorted; or a hash',
    ),
  keep: keepOption,
});
type Options = z.infer<typeof options>;

export const memcom: Method<Options> = {
  name: 'memcom',
  aliases: ['multi-embedding-compression'],
  title: 'MEmCom',
  idea: 'ids share hashed rows, each scaled by a number of the id',
  formula: 'E(i) = vᵢ U[i mod m]',
  paper: {
    cite: 'Pansare et al., Learning Compressed Embeddings for On-Device Inference, MLSys 2022',
    url: 'https://arxiv.org/abs/2203.10135',
  },
  departures: [
    {
      what: "the number that is added to an id's coordinates is off",
      why: "it costs 4 bytes for every id; shift=true is the paper's variant with bias; its effect on AUC is −0.0027 ± 0.0052 at 4x on planted clicks; +0.0013 ± 0.0031 at 4x on the Criteo sample",
    },
    {
      what: 'fields of at most 200 ids keep a row for each',
      why: 'it is the rule of all methods here that share rows; not measured',
    },
  ],
  family: 'hashing and sharing',
  cost: 'step',
  options,
  plan: (layer, options) =>
    besideUncompressedFields(layer, options.keep, (others) => compress(others, options)),
};

function compress({ fields, dim, budget, seed }: Layer, { shift, index }: Options): PartPlan | Infeasible {
  const cardinalities = fields.map(({ cardinality }) => cardinality);
  const own = (shift ? 2 : 1) * sum(cardinalities);
  const rowBudget = Math.floor((budget / 4 - own) / dim);
  if (rowBudget < fields.length)
    return infeasible(
      4 * (own + fields.length * dim),
      budget,
      'one row per field and the numbers of every id',
    );

  const buckets = rowShares(cardinalities, rowBudget);
  const shared: Table = {
    width: dim,
    parts: buckets.map((rows, f) => ({ rows, init: idInit(cardinalities[f]) })),
  };
  const perId = (mean: number): Table => ({
    width: 1,
    parts: cardinalities.map((rows) => ({ rows, init: { mean, halfWidth: 0 } })),
  });
  const scales = perId(1);
  const shifts = perId(0);
  const seeds = fields.map((_, f) => deriveSeed(seed, 'memcom', f));
  return {
    tables: [shared, scales, ...(shift ? [shifts] : [])],
    choices: { buckets },
    embed({ ids, rows }) {
      const spread = index === 'hash' ? ids.hash(seeds) : ids;
      const vectors = rows(shared, spread.mod(buckets).plus(firstRows(shared.parts)));
      const each = ids.plus(firstRows(scales.parts));
      const scaled = tf.mul<tf.Tensor3D>(vectors, rows(scales, each)); // [batch, fields, dim] by [batch, fields, 1]
      return shift ? tf.add(scaled, rows(shifts, each)) : scaled;
    },
  };
}
