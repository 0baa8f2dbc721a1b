import * as tf from '../../tensors/index.ts';
import { z } from 'zod';
import { sum } from '../../base/sum.ts';
import { bitsFor, idMap } from '../../harness/contract/indices.ts';
import type { Lookup, Method, Weight } from '../../harness/contract/method.ts';
import { infeasible } from '../../harness/contract/size.ts';
import { joinFields } from '../../harness/ops/join-fields.ts';
import { anyWidthsWithin, boughtBytes, planBought } from '../shared/low-rank/bought-widths.ts';
import { unlessFull } from '../shared/pruning/sparse-rows.ts';
import { activeCoordinates, gated, gatePenalty, shuffled } from './gates.ts';
import { foundWidths, growFields } from './growth.ts';

// The paper's penalty (of weight 1 in the research code) closes all gates in an epoch on a small log: no field grows. Validation AUC
// on a planted log of 120,000 rows, mean of two seeds at 4x: .7640 at .001, .7620 without a penalty; one seed: .7616 at 1. Rates of
// .05, .1 and .2 are not told apart.
const options = z.strictObject({
  grow: z
    .number()
    .min(0.5)
    .lt(1)
    .default(0.6)
    .describe('a field grows while all of its gates are above this'),
  shrink: z.number().gt(0).lt(0.5).default(0.01).describe('a field shrinks where one gate is below this'),
  penalty: z.number().min(0).default(0.001).describe('weight of the loss that closes gates'),
  temperature: z.number().gt(0).default(5).describe('factor of the logits of gates'),
  rate: z.number().gt(0).default(0.1).describe('learning rate of the logits of gates, by Adam'),
  holdOut: z.int().min(2).default(10).describe('every n-th batch trains gates, and nothing else'),
  tests: z.int().min(1).default(200).describe('number of times in a search that widths may change'),
});

export const dimGrow: Method<z.infer<typeof options>> = {
  name: 'dim-grow',
  aliases: ['dimgrow'],
  title: 'DimGrow',
  idea: 'fields begin with one coordinate and get another while gates say that all they have matter, then are trained anew',
  formula: 'E(i) = T[i] P, T: n × w; in the search x g + x̃ (1 − g), g = σ(5 θ), x̃ of another sample',
  paper: {
    cite: 'Huang and Chu, DimGrow: Memory-Efficient Field-level Embedding Dimension Search, 2025',
    url: 'https://arxiv.org/abs/2505.12683',
  },
  departures: [
    {
      what: 'of the paper the abstract alone was read; rules and constants are those of research code of the same form',
      why: 'its text was not at hand',
    },
    {
      what: 'the search trains a full table whose further columns stand still',
      why: 'tables cannot grow while they are trained: the memory of training that the paper saves is not saved',
    },
    {
      what: 'gates learn from every tenth batch of the training part, not from the validation part',
      why: 'validation chooses between methods here',
    },
    {
      what: 'widths are tested 200 times in a search, and a field grows after two wishes in a row, not after every step',
      why: 'gates move on held-out batches alone, so most steps change nothing',
    },
    {
      what: 'the loss that closes gates has a weight of .001 (option penalty), not 1',
      why: 'in an epoch on a small log it closed all gates, and no field grew; validation AUC did not tell them apart',
    },
    {
      what: 'the budget is in bytes with matrices; bytes that are left buy further coordinates',
      why: 'all methods are compared at equal bytes',
    },
    {
      what: 'each field has a matrix to the width of the model, not to a common width of their sum',
      why: 'models here take one vector per field',
    },
    {
      what: 'coordinates of other samples are taken by going round the batch by a random number of samples, not by any permutation, and in training alone',
      why: 'it is a permutation drawn in less time; scores of a search would be random otherwise',
    },
  ],
  family: 'pruning and search',
  cost: 'stages',
  options,
  plan(layer, { grow, shrink, penalty, temperature, rate, holdOut, tests }) {
    return unlessFull(layer, ({ table, offsets }) => {
      const { fields, dim, budget, seed } = layer;
      const bytesOf = (f: number, width: number) => boughtBytes(fields[f].cardinality, width, dim);
      const minBytes = sum(fields.map((_, f) => bytesOf(f, 1)));
      if (minBytes > budget) return infeasible(minBytes, budget, 'one coordinate of each field');

      const logits: Weight = {
        shape: [fields.length, dim],
        init: { mean: 0, halfWidth: 0 },
        optimizer: { rule: 'adam', learningRate: rate },
        architecture: true,
      };
      // The first coordinate alone has the scale of a row, the others begin with a deviation of .01.
      const first: Weight = { shape: [fields.length, 1, dim], init: { mean: 0, halfWidth: Math.sqrt(3) } };
      const others: Weight = { shape: [fields.length, dim - 1, dim], init: { mean: 0, halfWidth: 0.01 * Math.sqrt(3) } }; // prettier-ignore
      const matrices = dim > 1 ? [first, others] : [first];
      const widthMap = idMap(fields.length, bitsFor(dim + 1), () => new Uint32Array(fields.length).fill(1));
      const wishMap = idMap(fields.length, 32, () => new Uint32Array(fields.length));

      const vectorsOf = (lookup: Lookup) => {
        const rows = lookup.rows(table, lookup.ids.plus(offsets));
        const active = activeCoordinates(widthMap.values, dim);
        const { training } = lookup;
        if (training === undefined) return tf.mul<tf.Tensor3D>(rows, active);
        const learned = lookup.weight(logits) as tf.Tensor2D;
        lookup.penalize(tf.mul(gatePenalty(learned, active, temperature), penalty));
        return gated(rows, (x) => shuffled(x, seed, training), learned, active, temperature);
      };
      return {
        tables: [table],
        weights: [logits, ...matrices],
        maps: [widthMap, wishMap],
        serving: anyWidthsWithin(layer),
        choices: {},
        training: { name: 'search', holdOutEvery: holdOut },
        embed(lookup) {
          if (lookup.training?.reached(1) === false) {
            widthMap.values.fill(1);
            wishMap.values.fill(0);
          }
          const all = tf.concat(matrices.map((weight) => lookup.weight(weight) as tf.Tensor3D), 1); // prettier-ignore
          const vectors = vectorsOf(lookup);
          return joinFields([{ vectors, matrices: all, fields: [...fields.keys()] }], fields.length, dim);
        },
        memory: 'nothing',
        async afterStep(step) {
          const tested = (done: number) => Math.floor((tests * done) / step.steps);
          if (tested(step.index + 1) === tested(step.index)) return;
          const widths = widthMap.values;
          const fits = (field: number, width: number) =>
            sum(Array.from(widths, (now, f) => bytesOf(f, f === field ? width : now))) <= budget;
          const rule = { grow, shrink, temperature };
          growFields({ widths, wishes: wishMap.values }, await step.weight(logits), rule, fits);
        },
        async next(trained) {
          const { widths, wanted } = foundWidths(widthMap.values, await trained.weight(logits), temperature);
          const plan = planBought(layer, widths, wanted);
          const choices = { ...plan.choices, found: widths };
          return { plan: { ...plan, choices, training: { name: 'retraining' } }, network: 'fresh' };
        },
      };
    });
  },
};
