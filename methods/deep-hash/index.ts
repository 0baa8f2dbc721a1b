import * as tf from '../../tensors/index.ts';
import { z } from 'zod';
import { idsOfUncompressed } from '../../harness/contract/keys.ts';
import type { Layer, Lookup, Method, Plan } from '../../harness/contract/method.ts';
import { sizeOf, withinBudget } from '../../harness/contract/size.ts';
import { createDecoder, decoderFloats } from './decoder.ts';
import { normalizedPlan } from './normalized-plan.ts';
import { uncompressedFields } from '../shared/rows/uncompressed-fields.ts';
import { encode, encodingSeeds } from './hash-encodings.ts';
import { largestWithin } from '../shared/budget/bisection.ts';
import { lazily } from '../../base/lazily.ts';
import { sum } from '../../base/sum.ts';
import { chooseUncompressed, fieldsWhere, keepOption } from '../shared/rows/keep-option.ts';

/**
 * Width of the hidden layers at the least. Where none of a layer's units is above 0 an id is lost, and of w units none is
 * with probability 2^-w: at 8 and 5 layers for 2 % of the ids, at 4 for 28 %.
 */
const narrowest = 8;

const options = z.strictObject({
  hashes: z.int().min(2).multipleOf(2).default(1024).describe('hashes per id, at most 32 times the width'),
  encoding: z.enum(['uniform', 'normal']).default('uniform').describe('encoding of hashes as real numbers'),
  decoder: z.enum(['shared', 'field']).default('shared').describe('one for all fields, or each its own'),
  depth: z.int().min(1).default(5).describe('hidden layers'),
  width: z
    .int()
    .min(narrowest)
    .optional()
    .describe('width of hidden layers; if not given, solved for the budget'),
  maxWidth: z
    .int()
    .min(narrowest)
    .default(256)
    .describe('largest width where it is solved; the rest of the budget goes to rows of small fields'),
  activation: z.enum(['relu', 'mish']).default('relu').describe('activation of hidden layers'),
  normalize: z
    .boolean()
    .optional()
    .describe(
      'if true, hidden layers are batch-normalized while they are trained, as in the paper; statistics of training rows then become part of the weights',
    ),
  learningRate: z
    .number()
    .min(0)
    .default(0.001)
    .describe("learning rate of the decoder's Adam, as in the paper; 0: the run's rule and rate"),
  keep: keepOption,
});
type Options = z.infer<typeof options>;

export const deepHash: Method<Options> = {
  name: 'deep-hash',
  aliases: ['dhe', 'deep-hash-embedding'],
  title: 'Deep hash embedding',
  idea: 'no table: many hashes of an id are decoded to its vector by a network',
  formula: 'E(i) = MLP(e(i)), e(i)ₜ = (2 hₜ(i) + 1) / m − 1, hₜ: ids → 0 … m − 1',
  paper: {
    cite: 'Kang et al., Learning to Embed Categorical Features without Embedding Tables for Recommendation, KDD 2021',
    url: 'https://arxiv.org/abs/2010.10784',
  },
  departures: [
    {
      what: 'the decoder has no batch normalization',
      why: "its statistics over the ids of a batch are not those of the ids that are served, and a reimplementation leaves it out, too; normalize=true is the paper's way; its effect on AUC is +0.0023 ± 0.0033 at 16x, −0.0006 ± 0.0052 at 64x on planted clicks; −0.0002 ± 0.0035 at 16x, −0.0013 ± 0.0032 at 64x on the Criteo sample",
    },
    {
      what: 'hidden layers end in ReLU',
      why: "a reimplementation found it better than the paper's Mish, which is activation=mish; its effect on AUC is −0.0000 ± 0.0094 at 16x, −0.0011 ± 0.0126 at 64x on planted clicks; +0.0010 ± 0.0028 at 16x, +0.0002 ± 0.0052 at 64x on the Criteo sample",
    },
    {
      what: 'there are at most 32 hashes for a unit of the hidden layers',
      why: 'at small budgets 1,024 hashes would take all the weights for the first layer; not measured',
    },
    {
      what: 'one decoder serves all fields',
      why: 'a decoder for each field costs as much again for each; decoder=field is that; its effect on AUC is +0.0050 ± 0.0107 at 16x, −0.0030 ± 0.0036 at 64x on the Criteo sample',
    },
    {
      what: 'hashes have 2^20 values, not 10^6',
      why: 'floats of powers of two are exact; nothing else changes',
    },
    {
      what: 'fields of at most 200 ids keep a row for each',
      why: 'the paper has no table at all; not measured',
    },
  ],
  family: 'structured',
  cost: 'heavier step',
  options,
  plan(layer, options) {
    const { fields, dim, budget } = layer;
    const small = chooseUncompressed(fields, options.keep, Math.floor(budget / (4 * dim)));
    const plan = solve(layer, options, small);
    const fits = sizeOf(plan).servingBytes <= budget;
    // If uncompressed fields leave too little for the decoder, there are none.
    const none = fields.map(() => false);
    return withinBudget(
      fits ? plan : solve(layer, options, none),
      budget,
      `width ${options.width ?? narrowest}`,
    );
  },
};

/** Takes the widest decoder that fits, then as many uncompressed fields, smallest first, as still fit. */
function solve(layer: Layer, options: Options, small: readonly boolean[]): Plan {
  const { fields, budget } = layer;
  const bytes = (width: number, small: readonly boolean[]) =>
    sizeOf(planWith(layer, options, width, small)).servingBytes;
  const solved = largestWithin(options.maxWidth, (width) => bytes(width, small) <= budget);
  const width = options.width ?? Math.max(narrowest, solved);
  const bySize = [...fields.keys()].sort((a, b) => fields[a].cardinality - fields[b].cardinality);
  const smallest = (count: number) => small.map((keeps, f) => keeps || bySize.indexOf(f) < count);
  const count = largestWithin(fields.length, (count) => bytes(width, smallest(count)) <= budget);
  return planWith(layer, options, width, smallest(count));
}

function planWith(layer: Layer, options: Options, width: number, small: readonly boolean[]): Plan {
  const { fields, dim, seed } = layer;
  const { encoding, depth, activation, learningRate } = options;
  const hashes = Math.min(options.hashes, 32 * width);
  const shape = { inputs: hashes, width, depth, outputs: dim };
  const keepsRows = fields.map(({ cardinality }, f) => {
    const larger = options.decoder === 'field' && decoderFloats(shape) >= cardinality * dim;
    return small[f] || larger;
  });
  const uncompressed = uncompressedFields(
    layer,
    fieldsWhere(keepsRows, (keeps) => keeps),
  );
  const coded = fieldsWhere(keepsRows, (keeps) => !keeps);

  const groups = options.decoder === 'field' ? coded.map((f) => [f]) : coded.length > 0 ? [coded] : [];
  const decoders = groups.map((members) => {
    const seeds = lazily(() => encodingSeeds(members, hashes, seed));
    const network = createDecoder(shape, {
      activation,
      learningRate,
      inputVariance: encoding === 'uniform' ? 1 / 3 : 1,
      // One decoder starts its fields at one scale: the geometric mean of those they would have.
      variance: geometricMean(members.map((f) => 1 / (3 * fields[f].cardinality))),
    });
    const embed = ({ ids, weight }: Lookup) => {
      const codes = encode(ids.pick(members), seeds(), encoding);
      const vectors = network.decode(codes, weight); // [batch x members, dim]
      return tf.reshape<tf.Rank.R3>(vectors, [ids.batch, members.length, dim]);
    };
    return { fields: members, weights: network.weights, embed, network, seeds };
  });

  const plan: Plan = {
    tables: uncompressed.tables,
    weights: decoders.flatMap(({ weights }) => weights),
    choices: { width, hashes, whole: uncompressed.fields.map((f) => fields[f].name) },
    toldApart: idsOfUncompressed(fields, (f) => keepsRows[f]),
    embed: (lookup) => uncompressed.embedBeside(lookup, decoders),
  };
  if (options.normalize !== true || decoders.length === 0) return plan;
  return normalizedPlan(layer, plan, { decoders, encoding, uncompressed });
}

const geometricMean = (values: readonly number[]) =>
  Math.exp(sum(values.map((value) => Math.log(value))) / values.length);
