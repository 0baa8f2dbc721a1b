import type { OpenBackend, OptimizerRule } from '../../../harness/contract/backend.ts';
import type { Method } from '../../../harness/contract/method.ts';
import type { Model } from '../../../harness/contract/model.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { optimizers } from '../../../harness/optimizers/index.ts';
import { Trainer } from '../../../harness/training/trainer.ts';
import { full } from '../../../methods/full.ts';
import { hashingTrick } from '../../../methods/hashing-trick.ts';
import { methods as catalogue } from '../../../methods/index.ts';
import { mixedDimension } from '../../../methods/mixed-dimension/index.ts';
import { quotientRemainder } from '../../../methods/quotient-remainder/index.ts';
import { uniform } from '../../../methods/uniform.ts';
import { feasiblePlan, layerAt } from '../../layers.ts';
import { smallData } from '../../small-data.ts';
import { Embedding } from '../../../harness/embedding/embedding.ts';

const data = smallData();

export interface Course {
  readonly method: Method;
  readonly ratio: number;
  readonly options: Record<string, unknown>;
}

/** The classic methods, compressing where they do: trained by every rule on every backend. */
export const methods: readonly Course[] = [
  { method: full, ratio: 1, options: {} },
  { method: uniform, ratio: 3, options: {} },
  { method: mixedDimension, ratio: 3, options: {} },
  { method: quotientRemainder, ratio: 3, options: { threshold: 5 } }, // these fields are small
  { method: hashingTrick, ratio: 3, options: {} },
];

const forSmallFields: Readonly<Record<string, Course['options']>> = {
  'complementary-partitions': { threshold: 5 },
  'deep-hash': { hashes: 16, maxWidth: 9 },
  dpq: { parts: 2, codewords: 8 }, // of many codewords two are soon as near but for the last bit
};

/** The rest of the catalogue: backends differ in their kernels, not in methods, so that one of each is enough. */
export const otherMethods: readonly Course[] = catalogue
  .filter(({ name }) => !methods.some(({ method }) => method.name === name))
  .map((method) => ({ method, ratio: 2, options: forSmallFields[method.name] ?? {} }));

const rates: Partial<Record<OptimizerRule, number>> = { adagrad: 0.05, 'rowwise-adagrad': 0.05, adam: 0.01 };

/** The losses of the first steps, epoch after epoch. */
export async function losses(
  backend: OpenBackend,
  { method, ratio, options }: Course,
  rule: OptimizerRule,
  steps = 50,
  network = { model: dlrm as Model, options: { bottom: [17], top: [9] } as Course['options'] },
): Promise<number[]> {
  const { model, options: ofModel } = network;
  const dim = model.width ?? 4;
  const plan = feasiblePlan(method, layerAt(data.fields, dim, ratio), options);
  const shape = {
    denseFields: data.denseFields.length,
    fields: data.fields.length,
    dim,
  };
  const trainer = new Trainer(
    new Embedding(plan, backend, rule, 5),
    model.build(shape, model.options.parse(ofModel), 6),
    optimizers[rule],
  );
  const found: number[] = [];
  for (let epoch = 0; found.length < steps; epoch++)
    for (const batch of data.batches('train', { batchSize: 50, shuffle: epoch })) {
      if (found.length === steps) break;
      const loss = trainer.step(batch, rates[rule] ?? optimizers[rule].learningRate, {
        index: found.length,
        steps,
      });
      found.push((await loss.data())[0]);
      loss.dispose();
      await trainer.afterStep();
    }
  trainer.dispose();
  return found;
}

/** The furthest that losses are from others, relative to those. */
export const furthest = (found: readonly number[], expected: readonly number[]) =>
  Math.max(...found.map((loss, i) => Math.abs(loss / expected[i] - 1)));
