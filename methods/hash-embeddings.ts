import * as tf from '../tensors/index.ts';
import { z } from 'zod';
import type { Indices } from '../harness/contract/indices.ts';
import { idsOfUncompressed } from '../harness/contract/keys.ts';
import type { Infeasible, Layer, Method, Table } from '../harness/contract/method.ts';
import { infeasible } from '../harness/contract/size.ts';
import { besideUncompressedFields, type PartPlan } from './shared/rows/beside-uncompressed-fields.ts';
import {
  minRows,
  hashedParts,
  hashedRows,
  type HashedShape,
  hashSeeds,
  sharing,
} from './shared/rows/hashed-rows.ts';
import { countIds, firstRows } from './shared/rows/table-parts.ts';
import { keepOption } from './shared/rows/keep-option.ts';

const options = z.strictObject({
  hashes: z.int().min(1).max(16).default(2).describe('rows mixed for an id'),
  importances: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.5)
    .describe(
      'share of the bytes for importances, of which an id has one per row; no more than all ids need',
    ),
  scale: z
    .number()
    .positive()
    .optional()
    .describe('importances start uniform on ± this, and rows so that mixtures start alike; if not given, 1'),
  append: z.boolean().default(false).describe('the importances as the last coordinates of the vector'),
  shared: sharing('all'),
  keep: keepOption,
});
type Options = z.infer<typeof options>;

export const hashEmbeddings: Method<Options> = {
  name: 'hash-embeddings',
  aliases: ['hemb', 'hash-embedding'],
  title: 'Hash embeddings',
  idea: 'an id is a mixture of a few hashed rows, with weights of its own that are trained',
  formula: 'E(i) = Σₜ W[h₀(i)]ₜ T[hₜ(i)], t = 1 … k',
  paper: {
    cite: 'Svenstrup et al., Hash Embeddings for Efficient Word Representations, NIPS 2017',
    url: 'https://arxiv.org/abs/1709.03933',
  },
  departures: [
    {
      what: 'importances start uniform on -1 to 1',
      why: 'the published reimplementation does so, and the paper starts them small; scale=0.1 starts them ten times smaller and rows ten times larger; its effect on AUC is −0.0022 ± 0.0021 at 16x, −0.0004 ± 0.0038 at 64x on the Criteo sample',
    },
    {
      what: 'importances take half of the bytes, about 8 of them for a row of 16 floats',
      why: 'the paper wants more than ten for a row, which importances=0.6 gives; its effect on AUC is −0.0010 ± 0.0061 at 16x, −0.0018 ± 0.0046 at 64x on the Criteo sample',
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

function compress(
  { fields, dim, budget, seed }: Layer,
  { hashes, importances, scale = 1, append, shared }: Options,
): PartPlan | Infeasible {
  const appended = append ? Math.min(hashes, dim - 1) : 0;
  const width = dim - appended;
  const shape: HashedShape = { fields, shared };
  const min = minRows(shape);
  const floats = Math.floor(budget / 4);
  if (min * (width + hashes) > floats)
    return infeasible(
      4 * min * (width + hashes),
      budget,
      shared === 'all' ? 'a row and its importances' : 'a row and its importances per field',
    );

  const ids = countIds(fields);
  const wanted = Math.floor((importances * floats) / hashes);
  const weights = Math.min(ids, Math.max(min, Math.min(wanted, Math.floor((floats - min * width) / hashes))));
  const ownWeights = weights === ids;
  // The mean square of U(-1, 1) is 1/3: the weighted sum of `hashes` rows has the variance of one row.
  const mixture: Table = {
    width: hashes,
    parts: (ownWeights
      ? fields.map(({ cardinality }) => ({ rows: cardinality }))
      : hashedParts(shape, weights)
    ).map(({ rows }) => ({ rows, init: { mean: 0, halfWidth: scale } })),
  };
  const left = Math.floor((floats - weights * hashes) / width);
  const components: Table = { width, parts: hashedParts(shape, left, Math.sqrt(3 / hashes) / scale) };

  const offsets = firstRows(mixture.parts);
  const weightsAt = ownWeights
    ? (ids: Indices) => ids.plus(offsets)
    : hashedRows(mixture, shape, {
        fields: fields.length,
        lookups: 1,
        seed: hashSeeds(seed, 'hash-embeddings', 'importances'),
      });
  const componentsAt = hashedRows(components, shape, {
    fields: fields.length,
    lookups: hashes,
    seed: hashSeeds(seed, 'hash-embeddings', 'components'),
  });
  const scales = fields.map(({ cardinality }) => 1 / Math.sqrt(cardinality) / scale);
  return {
    tables: [components, mixture],
    choices: {
      rows: components.parts.map(({ rows }) => rows),
      importances: mixture.parts.map(({ rows }) => rows),
    },
    // Importances of their own are found by the id's number.
    ...(!ownWeights && { toldApart: idsOfUncompressed(fields, () => false) }),
    embed: ({ ids, rows }) => {
      const each = ids.batch * fields.length;
      const weights = rows(mixture, weightsAt(ids)); // [batch, fields, hashes]
      const vectors = rows(components, componentsAt(ids)); // [batch, fields * hashes, width]
      const mixed = tf.reshape<tf.Rank.R3>(
        tf.matMul(tf.reshape(weights, [each, 1, hashes]), tf.reshape(vectors, [each, hashes, width])),
        [ids.batch, fields.length, width],
      );
      if (appended === 0) return mixed;
      // Unscaled importances would drown the mixture: bring them to the scale of the field's vectors.
      const last = tf.mul(
        tf.slice(weights, [0, 0, 0], [-1, -1, appended]),
        tf.tensor3d(scales, [1, fields.length, 1]),
      );
      return tf.concat<tf.Tensor3D>([mixed, last as tf.Tensor3D], 2);
    },
  };
}
