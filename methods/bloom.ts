import * as tf from '../tensors/index.ts';
import { z } from 'zod';
import { idsOfUncompressed } from '../harness/contract/keys.ts';
import type { Infeasible, Layer, Method, Table, Lookup } from '../harness/contract/method.ts';
import { infeasible } from '../harness/contract/size.ts';
import { joinFields } from '../harness/ops/join-fields.ts';
import { joinRows } from '../harness/ops/join-rows.ts';
import { besideUncompressedFields, type PartPlan } from './shared/rows/beside-uncompressed-fields.ts';
import {
  minRows,
  hashedParts,
  hashedRows,
  type HashedShape,
  hashedSigns,
  hashSeeds,
  sharing,
} from './shared/rows/hashed-rows.ts';
import { keepOption } from './shared/rows/keep-option.ts';
import { sum } from '../base/sum.ts';

const options = z.strictObject({
  hashes: z.int().min(1).max(16).default(4).describe('rows added for an id'),
  signs: z
    .boolean()
    .default(false)
    .describe('each row with a hashed sign, so that collisions cancel on average'),
  partitioned: z.boolean().default(false).describe('every hash has rows of its own: no row is taken twice'),
  shared: sharing('field'),
  weights: z
    .number()
    .gt(0)
    .lt(1)
    .optional()
    .describe(
      'Mem-Rec: share of the floats for numbers that as many hashes of an id choose again; their mean scales the mean of the rows',
    ),
  keep: keepOption,
});
type Options = z.infer<typeof options>;

export const bloom: Method<Options> = {
  name: 'bloom',
  aliases: ['bloom-embeddings'],
  title: 'Bloom embeddings',
  idea: 'an id is the sum of a few hashed rows, as its Bloom code says',
  formula: 'E(i) = Σₜ T[hₜ(i)], t = 1 … k',
  paper: {
    cite: 'Serra and Karatzoglou, Getting Deep Recommenders Fit: Bloom Embeddings for Sparse Binary Input/Output Networks, RecSys 2017',
    url: 'https://arxiv.org/abs/1706.03993',
  },
  departures: [
    {
      what: 'only the input side is hashed',
      why: 'the paper also hashes the output layer of a recommender, which a click model does not have',
    },
    {
      what: 'every field has rows of its own',
      why: 'the paper has one set of items; shared=all is one table for all fields; its effect on AUC is +0.0031 ± 0.0032 at 16x, +0.0066 ± 0.0071 at 64x on the Criteo sample',
    },
    {
      what: 'with weights, rows and numbers are averaged',
      why: "sums, as in Mem-Rec, start vectors at a scale that depends on the number of hashes; sums are not measured, and Mem-Rec's form (weights=0.1 with shared=all) against the default is: +0.0017 ± 0.0103 at 16x, −0.0001 ± 0.0042 at 64x on planted clicks; +0.0027 ± 0.0049 at 16x, +0.0051 ± 0.0051 at 64x on the Criteo sample",
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
    besideUncompressedFields(layer, options.keep, (others) =>
      options.weights === undefined ? compress(others, options) : scaled(others, options, options.weights),
    ),
};

/**
 * The paper multiplies the bits of the code with a matrix, which adds rows. A mean of rows would be the same start with
 * gradients that are `hashes` times smaller.
 */
function compress(
  { fields, dim, budget, seed }: Layer,
  { hashes, signs, partitioned, shared }: Options,
): PartPlan | Infeasible {
  const shape: HashedShape = { fields, shared, pieces: partitioned ? hashes : 1 };
  const rowBudget = Math.floor(budget / (4 * dim));
  const min = minRows(shape);
  if (min > rowBudget) return infeasible(4 * dim * min, budget, 'one row per field and hash');

  const table: Table = { width: dim, parts: hashedParts(shape, rowBudget, 1 / Math.sqrt(hashes)) };
  const columns = { fields: fields.length, lookups: hashes, seed: hashSeeds(seed, 'bloom') };
  const places = hashedRows(table, shape, columns);
  const signsOf = hashedSigns({ ...columns, seed: hashSeeds(seed, 'bloom', 'signs') });
  const fieldOf = fields.flatMap((_, f) => Array.from({ length: hashes }, () => f));
  const group = ({ ids }: Lookup) => ({ table, indices: places(ids), fields: fieldOf });
  return {
    tables: [table],
    ...(!signs && { group }),
    choices: { rows: table.parts.map(({ rows }) => rows) },
    toldApart: idsOfUncompressed(fields, () => false),
    embed(lookup) {
      if (!signs) return joinRows(lookup, [group(lookup)], fields.length, dim);
      const { ids, rows } = lookup;
      const found = rows(table, places(ids)); // [batch, fields * hashes, dim]
      const vectors = tf.mul<tf.Tensor3D>(found, tf.expandDims(signsOf(ids), 2));
      return joinFields([{ vectors, fields: fieldOf }], fields.length, dim);
    },
  };
}

/**
 * Mem-Rec (Jha et al., 2023, arXiv 2305.07205): a second code of the id chooses from a table of numbers, and scales the vector.
 * Means take the place of the paper's sums, so that vectors start at the scale of a full table's whatever the number of
 * hashes.
 */
function scaled(
  { fields, dim, budget, seed }: Layer,
  { hashes, signs, partitioned, shared }: Options,
  share: number,
): PartPlan | Infeasible {
  const shape: HashedShape = { fields, shared, pieces: partitioned ? hashes : 1 };
  const floats = Math.floor(budget / 4);
  const min = minRows(shape);
  if (min * (dim + 1) > floats) return infeasible(4 * min * (dim + 1), budget, 'a row and a number per field and hash'); // prettier-ignore
  const wanted = Math.max(min, Math.min(Math.floor(share * floats), floats - min * dim));
  const numbers: Table = {
    width: 1,
    parts: hashedParts(shape, wanted).map(({ rows }) => ({ rows, init: { mean: 1, halfWidth: 0 } })),
  };
  const left = floats - sum(numbers.parts.map(({ rows }) => rows));
  const table: Table = { width: dim, parts: hashedParts(shape, Math.floor(left / dim), Math.sqrt(hashes)) };
  const columns = { fields: fields.length, lookups: hashes, seed: hashSeeds(seed, 'bloom') };
  const places = hashedRows(table, shape, columns);
  const numbersAt = hashedRows(numbers, shape, { ...columns, seed: hashSeeds(seed, 'bloom', 'weights') });
  const signsOf = hashedSigns({ ...columns, seed: hashSeeds(seed, 'bloom', 'signs') });
  return {
    tables: [table, numbers],
    choices: {
      rows: table.parts.map(({ rows }) => rows),
      weights: numbers.parts.map(({ rows }) => rows),
    },
    toldApart: idsOfUncompressed(fields, () => false),
    embed({ ids, rows }) {
      const meanOf = (found: tf.Tensor, width: number) =>
        tf.mean<tf.Tensor3D>(tf.reshape(found, [ids.batch, fields.length, hashes, width]), 2);
      const found = rows(table, places(ids)); // [batch, fields * hashes, dim]
      const signed = signs ? tf.mul(found, tf.expandDims(signsOf(ids), 2)) : found;
      return tf.mul(meanOf(signed, dim), meanOf(rows(numbers, numbersAt(ids)), 1));
    },
  };
}
