import * as tf from '../../tensors/index.ts';
import { z } from 'zod';
import type { Layer, Method, Stage, Table, Weight } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { fakeQuantize } from '../shared/precision/fake-quantize.ts';
import { bitsOption, endsOf } from '../shared/precision/integer-grid.ts';
import { bitsPerField, integerFields } from './integer-fields.ts';
import { largestScale } from './largest-scale.ts';
import { fullTable } from '../shared/rows/full-table.ts';

const options = z.strictObject({
  bits: bitsOption,
  stepRate: z.number().min(0).default(0.01).describe('learning rate of the logarithms of steps'),
  // Absent by default, so that runs without them keep the names that they have.
  scale: z
    .enum(['learned', 'largest'])
    .optional()
    .describe(
      'largest: steps are not trained, but made of the largest magnitude of a field (DQRM, Zhou et al. 2024); learned if not given',
    ),
  period: z
    .int()
    .min(1)
    .optional()
    .describe('training steps from one largest magnitude to the next; if not given, 200'),
  exact: z
    .boolean()
    .optional()
    .describe(
      'the largest of all floats of a field, not of rows that were looked up so far; false if not given',
    ),
});
type Options = z.infer<typeof options>;

const usualPeriod = 200;

export const learnedStepQuantization: Method<Options> = {
  name: 'learned-step-quantization',
  aliases: ['lsq'],
  title: 'Learned step size quantization',
  idea: 'floats are trained as if they were stored as integers already, times a step per field that is trained with them',
  formula: 'E(i) = Δ round(clip(T[i] / Δ)), Δ of a field, trained',
  paper: {
    cite: 'Esser et al., Learned Step Size Quantization, ICLR 2020',
    url: 'https://arxiv.org/abs/1902.08153',
  },
  departures: [
    {
      what: 'a field has one step, trained by its logarithm with Adam',
      why: 'fields differ in scale by orders of magnitude, and no step may become negative; the paper has one for a layer, trained as the weights are; not measured',
    },
    {
      what: "the batch and not the table counts in the scale of the step's gradient",
      why: 'with Adam the scale has no effect',
    },
    {
      what: 'with scale=largest a step is made of the rows looked up so far, and never shrinks',
      why: 'DQRM reads whole tables every 200 steps, which takes longer than those steps where they are large; exact=true does so',
    },
    {
      what: 'with scale=largest rows are rounded one by one',
      why: 'the code of DQRM rounds pooled vectors; both are the same where a field has one value',
    },
  ],
  family: 'precision',
  cost: 'conversion',
  options,
  /**
   * A step is trained by its logarithm and Adam: fields differ in the scale of their rows by orders of magnitude, rows grow far
   * beyond what they start with, and no step may become negative.
   */
  plan(layer, { bits, stepRate, scale, period, exact }) {
    const { fields, dim } = layer;
    const steps: Weight = { shape: [fields.length], init: { mean: 0, halfWidth: 0 } };
    const servingWith = (bits: readonly number[]) => ({
      tables: integerFields(layer, bits).tables,
      weights: [steps],
    });
    const bitsOf = bitsPerField(layer, bits, (bits) => sizeOf(servingWith(bits)).servingBytes);
    if ('smallestBytes' in bitsOf) return bitsOf;

    const all = fullTable(layer, dim);
    const { table } = all;
    const served = servedAfter({ layer, bitsOf, steps });
    if (scale === 'largest') {
      const largest = largestScale(layer, all, bitsOf, {
        period: period ?? usualPeriod,
        exact: exact ?? false,
      });
      return {
        tables: [table, largest.table],
        serving: servingWith(bitsOf),
        choices: { bits: bitsOf },
        embed: (lookup) => largest.vectors(lookup),
        memory: largest.memory,
        afterStep: (step) => largest.afterStep(step),
        next: async (trained) => served(await trained.rows(table), await trained.rows(largest.table)),
      };
    }

    const ends = bitsOf.map(endsOf);
    const highest = ends.map(({ highest }) => highest);
    // 2 mean|w| / sqrt(highest), and the first rows are uniform on +-1/sqrt(n).
    const first = fields.map(({ cardinality }, f) => 1 / Math.sqrt(cardinality * highest[f]));
    const logs: Weight = { ...steps, optimizer: { rule: 'adam', learningRate: stepRate } };
    const stepsFrom = (logs: tf.Tensor) => tf.reshape<tf.Rank.R3>(tf.mul(tf.exp(logs), first), [1, fields.length, 1]); // prettier-ignore
    return {
      tables: [table],
      weights: [logs],
      serving: servingWith(bitsOf),
      choices: { bits: bitsOf },
      embed(lookup) {
        const gradientScale = 1 / Math.sqrt(lookup.ids.batch * dim * Math.max(...highest));
        return fakeQuantize(all.vectors(lookup), stepsFrom(lookup.weight(logs)), ends, gradientScale);
      },
      async next(trained) {
        const ofLogs = tf.tensor1d(await trained.weight(logs));
        const ofSteps = tf.tidy(() => stepsFrom(ofLogs)); // by the kernel that training had
        const learned = (await ofSteps.data<'float32'>()).slice();
        tf.dispose([ofLogs, ofSteps]);
        return served(await trained.rows(table), learned);
      },
    };
  },
};

/** The stage that serves integers, of trained rows and the step of each field. */
function servedAfter(of: { layer: Layer; bitsOf: readonly number[]; steps: Weight }) {
  const { layer, bitsOf, steps } = of;
  const integers = integerFields(layer, bitsOf);
  return (floats: Float32Array, learned: Float32Array): Stage => ({
    plan: {
      tables: integers.tables,
      weights: [steps],
      choices: { bits: bitsOf, steps: [...learned] },
      embed: (lookup) => tf.mul(integers.vectors(lookup), tf.reshape(lookup.weight(steps), [1, layer.fields.length, 1])), // prettier-ignore
      training: { share: 0 },
    },
    contents: new Map<Table | Weight, Float32Array>([
      ...integers.contents(floats, learned),
      [steps, learned],
    ]),
    network: 'kept',
  });
}
