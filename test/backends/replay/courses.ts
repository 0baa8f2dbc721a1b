import { random } from '../../../base/random.ts';
import { optimizerRules } from '../../../harness/contract/backend.ts';
import type { Batch } from '../../../harness/contract/data.ts';
import { withFurther } from '../../../harness/contract/further-values.ts';
import { WeightAverage } from '../../../harness/training/weight-average.ts';
import { findMethod } from '../../../suites/find-method.ts';
import { widthUnder } from '../../../suites/find-model.ts';
import { smallVariants } from '../../harness/models/small-variants.ts';
import { feasiblePlan, layerAt } from '../../layers.ts';
import { batches, type Course, fields } from './course.ts';

/** Models, optimizers and everything that training can be asked for. */

const planOf = (name: string, ratio = 16) => {
  const method = findMethod(name);
  return () => feasiblePlan(method, layerAt(fields, 8, ratio));
};
export const full = planOf('full', 1);

const stream = random(5);
const weighted = batches.map((batch): Batch => ({
  ...batch,
  weights: Float32Array.from({ length: batch.size }, () => Math.floor(3 * stream.uniform())),
}));

/** Batches with one to three values in a field; `alike`: as many further values in all of them. */
function pooled(pool: 'sum' | 'mean', alike: boolean): Batch[] {
  return batches.map((batch) => {
    const field = 2;
    const lengths = Uint8Array.from({ length: batch.size }, (_, sample) =>
      alike ? 1 + (sample % 3) : 1 + Math.floor(3 * stream.uniform()),
    );
    const count = lengths.reduce((sum, length) => sum + length, 0);
    const values = Uint32Array.from({ length: count }, () => Math.floor(700 * stream.uniform()));
    return { ...batch, ...withFurther(batch.ids.slice(), batch.size, [{ field, pool, lengths, values }]) };
  });
}

/** Steps of one size are on the tape twice, and again where the course makes it so. */
export interface Case extends Course {
  readonly name: string;
  /** Steps on the tape of 24, at most; 4 if absent. */
  readonly taped?: number;
}

let average: WeightAverage;
export const courses: readonly Case[] = [
  ...optimizerRules.map((rule) => ({ name: `full by ${rule}`, plan: full, rule })),
  ...optimizerRules.map((rule) => ({ name: `dpq by ${rule}`, plan: planOf('dpq'), rule })),
  { name: 'one recorded again in between', plan: planOf('cafe'), steps: 60, taped: 6 },
  { name: 'dropout', plan: full, settings: { dropout: 0.3, dropoutSeed: 9 } },
  { name: 'L2', plan: planOf('hashing-trick'), settings: { l2Rows: 0.01, l2Network: 0.02 } },
  ...([2, 4, 8] as const).map((activations) => ({
    ...{ name: `activations of ${activations} bits`, plan: full, settings: { activations, dropout: 0.2 } },
  })),
  { name: 'gradients of rank 3', plan: full, rule: 'adam', settings: { gradients: 'sbpca:3' } },
  {
    name: 'codes and estimates with a method that does something after each step',
    plan: planOf('low-precision-training'),
    settings: { gradients: 'sbpca:2', activations: 4, l2Rows: 0.1 },
    taped: 5,
  },
  { name: 'weights of rows', plan: full, batches: weighted },
  { name: 'a schedule of the rate', plan: full, rule: 'adam', rateFactor: (step) => (step + 1) / 24 },
  { name: 'a schedule of the rate, methods with rates of their own', plan: planOf('opt-embed'), rateFactor: (step) => 1 / (step + 1), taped: 6 }, // prettier-ignore
  ...(['sum', 'mean'] as const).map((pool) => ({
    ...{ name: `pooled fields, ${pool}, as many values in each batch`, plan: full },
    batches: pooled(pool, true),
  })),
  {
    name: 'pooled fields, other numbers of values in each batch',
    plan: planOf('cafe'),
    batches: pooled('mean', false),
    settings: { l2Rows: 0.01 },
    taped: 16,
  },
  {
    name: 'weights that are put back',
    plan: planOf('mixed-dimension'),
    between(trainer, step) {
      if (step === 8) trainer.save();
      if (step === 15) trainer.restore();
    },
    taped: 10,
  },
  {
    name: 'weights that are put back as a step is to be recorded again',
    plan: planOf('mixed-dimension'),
    batches: batches.slice(0, 4),
    steps: 45,
    between(trainer, step) {
      if (step === 0) trainer.save();
      if (step === 33 || step === 34) trainer.restore();
    },
    taped: 8,
  },
  {
    name: 'weights that are read after every step',
    plan: planOf('mixed-dimension'),
    between: (trainer) => trainer.readWeights(),
    taped: 5,
  },
  {
    name: 'a mean of weights that is scored and taken out again',
    plan: planOf('robe'),
    async between(trainer, step) {
      if (step === 6) average = new WeightAverage(trainer);
      if (step >= 6 && step < 9) await average.take();
      if (step === 9) await average.putIn();
      if (step === 9) average.putBack();
    },
    taped: 8,
  },
  ...smallVariants.map(({ title, model, options }) => ({
    ...{ name: `the model ${title}`, model, modelOptions: options, dim: widthUnder(model, 8) },
    plan: () => feasiblePlan(findMethod('full'), layerAt(fields, widthUnder(model, 8), 1)),
  })),
  { name: 'int8(cafe)', plan: planOf('int8(cafe)'), taped: 5 },
];
