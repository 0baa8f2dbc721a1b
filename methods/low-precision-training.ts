import * as tf from '../tensors/index.ts';
import { z } from 'zod';
import type { Layer, Method, Plan, Table } from '../harness/contract/method.ts';
import { deriveSeed } from '../base/hash.ts';
import { withinBudget } from '../harness/contract/size.ts';
import { fakeQuantize } from './shared/precision/fake-quantize.ts';
import {
  bitsOption,
  endsOf,
  planWithBits,
  roundAtRandom,
  roundTable,
  roundToNearest,
  usualStep,
} from './shared/precision/integer-grid.ts';
import { fullTable, touchedRows } from './shared/rows/full-table.ts';

const options = z.strictObject({
  bits: bitsOption,
  step: z
    .number()
    .positive()
    .optional()
    .describe('step between neighbouring values; if not given, .01 for 8 bits, wider for fewer'),
  rounding: z
    .enum(['stochastic', 'nearest'])
    .default('stochastic')
    .describe('rounding after every step; nearest loses updates of less than half a step'),
});
type Options = z.infer<typeof options>;

export const lowPrecisionTraining: Method<Options> = {
  name: 'low-precision-training',
  aliases: ['lpt'],
  title: 'Low-precision training',
  idea: 'rows are integers all through training: after every update they are rounded at random, up or down',
  formula: 'E(i) = Δ q, q = ⌊w / Δ + u⌋ after every step, u uniform on [0, 1)',
  paper: {
    cite: 'Li et al., Adaptive Low-Precision Training for Embeddings in Click-Through Rate Prediction, AAAI 2023 (its LPT)',
    url: 'https://arxiv.org/abs/2212.05735',
  },
  departures: [
    {
      what: 'the step is .01 at 8 bits and wider at fewer',
      why: 'as in a reimplementation, which has no fewer bits than 8; not measured',
    },
    {
      what: 'rows are floats that are whole multiples of the step while they train',
      why: 'training memory is not the budget here; the values are the same',
    },
  ],
  family: 'precision',
  cost: 'upkeep',
  options,
  plan(layer, options) {
    return planWithBits(options.bits, (bits) =>
      withinBudget(roundedPlan(layer, bits, options), layer.budget, `${bits} bits for every float`),
    );
  },
};

/**
 * Rows are floats that are whole multiples of the step. That they could be kept as integers while they are trained is not
 * made use of. The first rows are rounded to the nearest: the first lookup rounds what it sees, and all rows are rounded
 * after it, but for those that the first update has changed, which are rounded with it.
 */
function roundedPlan(layer: Layer, bits: number, { rounding, step: asked }: Options): Plan {
  const apart = Math.fround(asked ?? usualStep(bits)); // multiples are the same in this process and on a device
  const ends = endsOf(bits);
  const { table: floats, offsets, vectors } = fullTable(layer, layer.dim);
  const table: Table = { ...floats, stored: { kind: 'grid', bits, step: apart } };
  return {
    tables: [table],
    choices: { bits, step: apart },
    embed(lookup) {
      const found = vectors(lookup, table);
      return lookup.training?.reached(1) === false
        ? fakeQuantize(found, tf.fill([1, 1, 1], apart), ends)
        : found;
    },
    memory: 'nothing',
    async afterStep(step) {
      const { rows } = touchedRows(step, offsets);
      const values = await step.read(table, rows);
      const all = { from: 0, count: values.length };
      if (rounding === 'nearest') roundToNearest(values, all, apart, ends);
      else
        roundAtRandom(values, all, apart, ends, deriveSeed(layer.seed, 'low-precision-training', step.index));
      if (step.index === 0) await roundTable(step, table, apart, ends);
      step.write(table, rows, values, true);
    },
  };
}
