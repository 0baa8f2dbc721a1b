import * as tf from '../../tensors/index.ts';
import { z } from 'zod';
import type { Layer, Method, Plan, Table } from '../../harness/contract/method.ts';
import { deriveSeed } from '../../base/hash.ts';
import { withinBudget } from '../../harness/contract/size.ts';
import { fakeQuantize } from '../shared/precision/fake-quantize.ts';
import {
  bitsOption,
  endsOf,
  nearestInteger,
  planWithBits,
  roundAtRandom,
  roundTable,
  usualStep,
} from '../shared/precision/integer-grid.ts';
import { learnSteps, nearestHalf, stepOf, type StepRule, stepState } from './learned-steps.ts';
import { fullTable, gradientsOfRows, touchedRows } from '../shared/rows/full-table.ts';
import { sum } from '../../base/sum.ts';

const options = z.strictObject({
  bits: bitsOption,
  step: z
    .number()
    .positive()
    .optional()
    .describe('first step between neighbouring values; if not given, .01 for 8 bits, wider for fewer'),
  stepRate: z.number().min(0).default(0.002).describe('learning rate of steps, in first steps'),
  stored: z.enum(['fp16', 'fp32']).default('fp16').describe("storage of a row's step"),
});
type Options = z.infer<typeof options>;

export const adaptiveLowPrecisionTraining: Method<Options> = {
  name: 'adaptive-low-precision-training',
  aliases: ['alpt'],
  title: 'Adaptive low-precision training',
  idea: 'rows are integers all through training, as with low-precision training, each with a step that is learned',
  formula: 'E(i) = Δᵢ q, q = ⌊w / Δᵢ + u⌋ after every step, Δᵢ trained',
  paper: {
    cite: 'Li et al., Adaptive Low-Precision Training for Embeddings in Click-Through Rate Prediction, AAAI 2023',
    url: 'https://arxiv.org/abs/2212.05735',
  },
  departures: [
    {
      what: 'the gradient of steps comes from the pass that updates rows',
      why: 'the paper makes a second pass at the updated rows, which doubles the training; both are the same where no float moved by more than half a step; not measured',
    },
    {
      what: 'a step is stored in 16 bits',
      why: "it is half the bytes of steps; stored=fp32 is the paper's; its effect on AUC is +0.0012 ± 0.0074 at 2x on planted clicks; +0.0007 ± 0.0029 at 2x on the Criteo sample",
    },
  ],
  family: 'precision',
  cost: 'upkeep',
  options,
  plan(layer, options) {
    return planWithBits(
      options.bits,
      (bits) =>
      withinBudget(adaptivePlan(layer, bits, options), layer.budget, `${bits} bits for every float, and a step per row,`), // prettier-ignore
    );
  },
};

/**
 * Rows are floats that are whole multiples of their steps. After every update of the rows of a batch come their steps, and
 * the rows are rounded to multiples of the new ones.
 *
 * The authors compute the gradient of steps in a second pass, at the updated rows rounded to the nearest. Here it is the
 * gradient of the pass that was made, at the rows before the update: the same vectors where no float was updated by more
 * than half a step, which small rates do but rarely.
 */
function adaptivePlan(layer: Layer, bits: number, options: Options): Plan {
  const { fields, dim, seed } = layer;
  const { stored, stepRate } = options;
  const asStored = stored === 'fp16' ? nearestHalf : Math.fround;
  const first = asStored(options.step ?? usualStep(bits));
  const ends = endsOf(bits);
  const { table: values, offsets, vectors } = fullTable(layer, dim);
  const alike = fields.map(({ cardinality }) => ({ rows: cardinality, init: { mean: 0, halfWidth: 0 } }));
  const states: Table = { width: stepState, parts: alike, frozen: true };
  const integers: Table = { width: dim, parts: alike, stored: { kind: 'grid', bits, step: 1 } };
  const steps: Table = { width: 1, parts: alike, ...(stored === 'fp16' && { stored: { kind: stored } }) };
  const ruleFor = (batch: number): StepRule => ({
    first,
    rate: stepRate * first,
    ends,
    gradientScale: 1 / Math.sqrt(batch * dim * ends.highest),
    stored: asStored,
  });

  return {
    tables: [values, states],
    choices: { bits, step: first },
    serving: { tables: [integers, steps] },
    embed(lookup) {
      const found = vectors(lookup);
      return lookup.training?.reached(1) === false
        ? fakeQuantize(found, tf.fill([1, 1, 1], first), ends)
        : found;
    },
    memory: 'nothing',
    async afterStep(step) {
      const touched = touchedRows(step, offsets);
      const { rows } = touched;
      const [updated, state] = [await step.read(values, rows), await step.read(states, rows)];
      const rule = ruleFor(step.batch);
      learnSteps({ values: updated, gradients: await gradientsOfRows(step, touched), state }, rule);
      const draws = deriveSeed(seed, 'adaptive-low-precision-training', step.index);
      for (let row = 0; row < rows.length; row++)
        roundAtRandom(updated, { from: row * dim, count: dim }, stepOf(state, row, rule), ends, draws);
      if (step.index === 0) await roundTable(step, values, first, ends);
      step.write(values, rows, updated, true);
      step.write(states, rows, state);
    },
    async next(trained) {
      const [floats, state] = [await trained.rows(values), await trained.rows(states)];
      const rule = ruleFor(1);
      const learned = Float32Array.from({ length: floats.length / dim }, (_, row) =>
        stepOf(state, row, rule),
      );
      for (let i = 0; i < floats.length; i++)
        floats[i] = nearestInteger(floats[i], learned[Math.floor(i / dim)], ends);
      return {
        plan: {
          tables: [integers, steps],
          choices: { bits, meanStep: sum(learned) / learned.length },
          embed({ ids, rows }) {
            const indices = ids.plus(offsets);
            return tf.mul(rows(integers, indices), rows(steps, indices));
          },
          training: { share: 0 },
        },
        contents: new Map([[integers, floats], [steps, learned]]), // prettier-ignore
        network: 'kept',
      };
    },
  };
}
