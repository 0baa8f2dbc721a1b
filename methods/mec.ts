import * as tf from '../tensors/index.ts';
import { z } from 'zod';
import { idMap, type IdMap } from '../harness/contract/indices.ts';
import { knownEmbed } from '../harness/contract/known-embed.ts';
import type { Field } from '../harness/contract/data.ts';
import type { Method, Plan, Table, Weight } from '../harness/contract/method.ts';
import { fullSize, infeasible } from '../harness/contract/size.ts';
import { contentsOf, fitCodebooks } from './shared/clustering/codebooks.ts';
import { solveCodes } from './shared/codes/code-budget.ts';
import { codedLayer, type CodedLayer } from './shared/codes/coded-layer.ts';
import { countIds, fieldOffsets } from './shared/rows/table-parts.ts';
import { fullTable } from './shared/rows/full-table.ts';
import { codebookOptions, gridOf } from './shared/codes/code-grid.ts';
import { keepOption } from './shared/rows/keep-option.ts';

const options = z.strictObject({
  pretraining: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.5)
    .describe('share of the epochs before codes are chosen; the rest trains what is served'),
  popularity: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe(
      'an id counts as often as training has seen it to this power, so that rare ids have codes, too',
    ),
  shrink: z.number().min(0).default(0.001).describe('weight of the squared length of vectors'),
  contrast: z.number().min(0).default(0.01).describe('weight of what keeps vectors of different ids apart'),
  ...codebookOptions(2 ** 16),
  keep: keepOption,
});
type Options = z.infer<typeof options>;

export const mec: Method<Options> = {
  name: 'mec',
  aliases: ['model-agnostic-embedding-compression'],
  title: 'MEC',
  idea: 'vectors trained to be told apart get codes; then codebooks, an adapter and the network are trained on fixed codes',
  formula: 'E(i) = v + v A, v = [C₁[c₁(i)], …, Cₖ[cₖ(i)]] with codes fixed after a pretraining',
  paper: {
    cite: 'Wang et al., 2025 (our reading of its abstract: the weights of both terms and the form of the adapter are ours)',
    url: 'https://arxiv.org/abs/2502.15355',
  },
  departures: [
    {
      what: 'the weights of both terms, and the adapter, a matrix beside the identity, are ours',
      why: 'the paper was read in its abstract alone; not measured',
    },
    {
      what: 'both trainings share one pass over the log',
      why: 'a second pass finds the labels of rare ids in their codes: it cost 0.06 of AUC on 40,000 planted rows',
    },
  ],
  family: 'codes',
  cost: 'stages',
  options,
  /**
   * The two trainings share one pass: a second one over the same rows would find their labels in the codes of ids that are
   * seen once or twice (0.06 of AUC was lost to that on 40,000 planted rows).
   */
  plan(layer, { pretraining, popularity, shrink, contrast, parts, codewords, keep }) {
    const { fields, dim, budget } = layer;
    const grid = gridOf(dim, { parts, codewords, keep });
    // The adapter is one matrix more, unless all fields have a row per id.
    const full = fullSize(layer).servingBytes;
    const adapterBytes = budget >= full ? 0 : 4 * dim ** 2;
    const layout = solveCodes({ ...layer, budget: budget - adapterBytes }, grid);
    if ('smallestBytes' in layout) {
      const smallest = Math.min(full, layout.smallestBytes + adapterBytes);
      return infeasible(smallest, budget, 'a codeword per field, and an adapter');
    }
    const planned = codedLayer(layer, layout);
    const choices = { parts: layout.parts, codewords: layout.codewords, coded: layout.hot };
    if (planned.codebooks === undefined) return planned.plan(choices);

    const { table, offsets, rowsOf } = fullTable(layer, dim);
    const adapter: Weight = { shape: [dim, dim], init: { mean: 0, halfWidth: 0 } };
    return {
      tables: [table],
      choices,
      training: { name: 'pretraining', share: pretraining },
      serving: { ...planned.serving, weights: [adapter] },
      embed: pretrained({ offsets, popularity, shrink, contrast }, [table, levelsOf(fields)]),
      async next(trained) {
        const rows = await trained.rows(table);
        const rowsOfField = (f: number) => rowsOf(rows, f);
        const { books, codes } = fitCodebooks(layer, planned, rowsOfField, popularity);
        const served = codedLayer(layer, layout, { codes });
        return {
          plan: adapted(served, adapter, 1 - pretraining, choices),
          contents: contentsOf(served, rowsOfField, books),
          states: new Map(served.uncompressed.states(table)),
          network: 'kept',
        };
      },
    };
  },
};

/** Codes are fixed; codebooks and a matrix A, which starts as zeros, are trained: v + v A. */
function adapted(served: CodedLayer, adapter: Weight, share: number, choices: Plan['choices']): Plan {
  const plan = served.plan(choices);
  return {
    ...plan,
    weights: [adapter],
    training: { name: 'retraining', share, continues: true },
    embed(lookup) {
      const vectors = plan.embed(lookup);
      const [batch, fields, dim] = vectors.shape;
      const flat = tf.reshape(vectors, [batch * fields, dim]);
      const matrix = lookup.weight(adapter) as tf.Tensor2D;
      return tf.reshape(tf.add(flat, tf.matMul(flat, matrix)), [batch, fields, dim]);
    },
  };
}

interface Pretraining {
  readonly offsets: readonly number[];
  readonly popularity: number;
  readonly shrink: number;
  readonly contrast: number;
}

/** Rows that are told apart. It knows no budget: the pretraining is the same for all. */
const pretrained = knownEmbed(
  'mec: pretraining',
  ({ offsets, popularity, shrink, contrast }: Pretraining, [table, levels]: readonly [Table, IdMap]) =>
    (lookup) => {
      const places = lookup.ids.plus(offsets);
      const found = lookup.rows(table, places);
      if (lookup.training) {
        const seen = places.through(levels).toFloats();
        const weights = tf.exp(tf.mul<tf.Tensor2D>(seen, (popularity - 1) * Math.LN2)); // count^(popularity - 1)
        if (shrink > 0) lookup.penalize(tf.mul(lengths(found, weights), shrink));
        if (contrast > 0) lookup.penalize(tf.mul(likeness(found), contrast));
      }
      return found;
    },
);

/** The binary logarithm of every id's training count, rounded down. */
function levelsOf(fields: readonly Field[]): IdMap {
  const offsets = fieldOffsets(fields);
  const ids = countIds(fields);
  return idMap(ids, 5, () => {
    const values = new Uint32Array(ids);
    fields.forEach(({ counts }, f) => values.set(counts.map((count) => 31 - Math.clz32(count | 1)), offsets[f])); // prettier-ignore
    return values;
  });
}

/** Squared lengths, weighted, all fields of a sample together: the mean over the batch. */
function lengths(vectors: tf.Tensor3D, weights: tf.Tensor2D): tf.Scalar {
  return tf.div(tf.sum(tf.mul(tf.sum(tf.square(vectors), 2), weights)), vectors.shape[0]);
}

/**
 * Likeness of the directions of a field's vectors in one sample and in the next: the mean of exp(-2 |x - y|^2) of unit
 * vectors (Wang and Isola, ICML 2020). Equal ids have gradient 0 here.
 */
function likeness(vectors: tf.Tensor3D): tf.Scalar {
  const norms = tf.sqrt(tf.add(tf.sum(tf.square(vectors), 2, true), 1e-12));
  const units = tf.div(vectors, norms);
  const next = tf.concat([tf.slice(units, [1]), tf.slice(units, [0], [1])]);
  const cosines = tf.sum(tf.mul(units, next), 2);
  return tf.mean<tf.Scalar>(tf.exp(tf.mul(tf.sub(cosines, 1), 4)));
}
