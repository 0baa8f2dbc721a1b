import * as tf from '../../tensors/index.ts';
import { z } from 'zod';
import type { Method, Table, Weight } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { fakeQuantize } from '../shared/precision/fake-quantize.ts';
import { bitsOption, endsOf } from '../shared/precision/integer-grid.ts';
import { bitsPerField, integerFields } from './integer-fields.ts';
import { fullTable } from '../shared/rows/full-table.ts';

const options = z.strictObject({
  bits: bitsOption,
  stepRate: z.number().min(0).default(0.01).describe('learning rate of the logarithms of steps'),
});

export const learnedStepQuantization: Method<z.infer<typeof options>> = {
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
  ],
  family: 'precision',
  cost: 'conversion',
  options,
  /**
   * A step is trained by its logarithm and Adam: fields differ in the scale of their rows by orders of magnitude, rows grow far
   * beyond what they start with, and no step may become negative.
   */
  plan(layer, { bits, stepRate }) {
    const { fields, dim } = layer;
    const steps: Weight = { shape: [fields.length], init: { mean: 0, halfWidth: 0 } };
    const servingWith = (bits: readonly number[]) => ({
      tables: integerFields(layer, bits).tables,
      weights: [steps],
    });
    const bitsOf = bitsPerField(layer, bits, (bits) => sizeOf(servingWith(bits)).servingBytes);
    if ('smallestBytes' in bitsOf) return bitsOf;

    const ends = bitsOf.map(endsOf);
    const highest = ends.map(({ highest }) => highest);
    // 2 mean|w| / sqrt(highest), and the first rows are uniform on +-1/sqrt(n).
    const first = fields.map(({ cardinality }, f) => 1 / Math.sqrt(cardinality * highest[f]));
    const { table, vectors } = fullTable(layer, dim);
    const logs: Weight = { ...steps, optimizer: { rule: 'adam', learningRate: stepRate } };
    const stepsFrom = (logs: tf.Tensor) => tf.reshape<tf.Rank.R3>(tf.mul(tf.exp(logs), first), [1, fields.length, 1]); // prettier-ignore
    const integers = integerFields(layer, bitsOf);
    return {
      tables: [table],
      weights: [logs],
      serving: servingWith(bitsOf),
      choices: { bits: bitsOf },
      embed(lookup) {
        const gradientScale = 1 / Math.sqrt(lookup.ids.batch * dim * Math.max(...highest));
        return fakeQuantize(vectors(lookup), stepsFrom(lookup.weight(logs)), ends, gradientScale);
      },
      async next(trained) {
        const ofLogs = tf.tensor1d(await trained.weight(logs));
        const ofSteps = tf.tidy(() => stepsFrom(ofLogs)); // by the kernel that training had
        const learned = (await ofSteps.data<'float32'>()).slice();
        tf.dispose([ofLogs, ofSteps]);
        return {
          plan: {
            tables: integers.tables,
            weights: [steps],
            choices: { bits: bitsOf, steps: [...learned] },
            embed: (lookup) => tf.mul(integers.vectors(lookup), tf.reshape(lookup.weight(steps), [1, fields.length, 1])), // prettier-ignore
            training: { share: 0 },
          },
          contents: new Map<Table | Weight, Float32Array>([
            ...integers.contents(await trained.rows(table), learned),
            [steps, learned],
          ]),
          network: 'kept',
        };
      },
    };
  },
};
