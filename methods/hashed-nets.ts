import * as tf from '../tensors/index.ts';
import { z } from 'zod';
import { idsOfUncompressed } from '../harness/contract/keys.ts';
import type { Infeasible, Layer, Method, Table } from '../harness/contract/method.ts';
import { infeasible } from '../harness/contract/size.ts';
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

const options = z.strictObject({
  signs: z
    .boolean()
    .default(true)
    .describe('each float with a hashed sign, so that collisions cancel on average'),
  shared: sharing('field'),
  keep: keepOption,
});
type Options = z.infer<typeof options>;

export const hashedNets: Method<Options> = {
  name: 'hashed-nets',
  aliases: ['hashednets', 'element-hashing'],
  title: 'HashedNets',
  idea: 'every coordinate of every id is hashed to a shared float of its own',
  formula: 'E(i)ⱼ = ξ(i, j) M[h(i, j)], ξ = ±1',
  paper: {
    cite: 'Chen et al., Compressing Neural Networks with the Hashing Trick, ICML 2015',
    url: 'https://arxiv.org/abs/1504.04788',
  },
  departures: [
    {
      what: 'embedding tables alone are hashed',
      why: 'the paper hashes the weights of dense layers, which are outside of the budget here',
    },
    {
      what: 'fields of at most 200 ids keep a row for each',
      why: 'it is the rule of all methods here that share rows; not measured',
    },
  ],
  family: 'hashing and sharing',
  cost: 'heavier step',
  options,
  plan: (layer, options) =>
    besideUncompressedFields(layer, options.keep, (others) => compress(others, options)),
};

function compress({ fields, dim, budget, seed }: Layer, { signs, shared }: Options): PartPlan | Infeasible {
  const shape: HashedShape = { fields, shared, rowsPerId: dim };
  const floats = Math.floor(budget / 4);
  const min = minRows(shape);
  if (min > floats) return infeasible(4 * min, budget, 'a float per field');

  const memory: Table = { width: 1, parts: hashedParts(shape, floats) };
  const columns = { fields: fields.length, lookups: dim, seed: hashSeeds(seed, 'hashed-nets') };
  const places = hashedRows(memory, shape, columns);
  const signsOf = hashedSigns({ ...columns, seed: hashSeeds(seed, 'hashed-nets', 'signs') });
  return {
    tables: [memory],
    choices: { floats: memory.parts.map(({ rows }) => rows) },
    toldApart: idsOfUncompressed(fields, () => false),
    embed({ ids, rows }) {
      const asVectors = (x: tf.Tensor) => tf.reshape<tf.Rank.R3>(x, [ids.batch, fields.length, dim]);
      const found = asVectors(rows(memory, places(ids))); // [batch, fields * dim, 1] before
      return signs ? tf.mul<tf.Tensor3D>(found, asVectors(signsOf(ids))) : found;
    },
  };
}
