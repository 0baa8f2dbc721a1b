import { backends, chooseBackend } from '../backends/index.ts';
import { Fault } from '../harness/contract/fault.ts';
import { isInfeasible } from '../harness/contract/method.ts';
import type { OptimizerRule } from '../harness/contract/backend.ts';
import { budgetFor } from '../harness/contract/size.ts';
import { Embedding } from '../harness/embedding.ts';
import { spreadOf } from '../harness/metrics/spread.ts';
import { dlrm } from '../harness/models/dlrm.ts';
import { optimizers } from '../harness/optimizers/index.ts';
import { randomBatches } from '../harness/random-batches.ts';
import { Trainee } from '../harness/trainee.ts';
import { methods } from '../methods/index.ts';
import { findNamed } from '../suites/catalogue.ts';
import { scaledKaggleFields } from '../suites/kaggle.ts';
import { main } from './terminal/main.ts';
import { positiveNumber, ratios, wholeNumber } from './terminal/values.ts';
import { verb } from './terminal/verb.ts';

interface Options {
  readonly method: string;
  readonly compression: number[];
  readonly scales: string;
  readonly batch: number;
  readonly dim: number;
  readonly optimizer: OptimizerRule;
  readonly backend: string;
  readonly steps: number;
}

const command = verb('step-time', '[options]')
  .description(
    "Times a DLRM training step on random ids, with tables of Criteo Kaggle's cardinalities times each scale, in turn.",
  )
  .option('--method <name>', 'a method', 'full')
  .option('--compression <ratio>', 'full bytes / serving bytes', ratios, [1])
  .option('--scales <factors>', "times Kaggle's cardinalities, separated by commas", '0.1,1')
  .option('--batch <n>', 'samples per step', wholeNumber(1), 2048)
  .option('--dim <n>', 'width of the vectors', wholeNumber(1), 16)
  .option('--optimizer <rule>', 'for rows and dense weights', 'sgd')
  .option('--backend <name>', 'what runs tensors', 'auto')
  .option('--steps <n>', 'counted steps per scale', wholeNumber(3), 15);

await main(async () => {
  const {
    method: name,
    compression,
    scales,
    batch,
    dim,
    optimizer,
    backend: wanted,
    steps,
  } = command.parse().opts<Options>();
  const rule = optimizers[optimizer];
  if (rule === undefined)
    throw new Fault(`--optimizer ${optimizer}: there are ${Object.keys(optimizers).join(', ')}`);
  const method = findNamed(methods, 'method', name);
  const backend = await findNamed(backends, 'backend', await chooseBackend(wanted)).open({});

  const contestants = scales
    .split(',')
    .map(positiveNumber)
    .map((scale) => {
      const fields = scaledKaggleFields(scale);
      const layer = { fields, dim, budget: budgetFor({ fields, dim }, compression[0]), seed: 1 };
      const plan = method.plan(layer, method.options.parse({}));
      if (isInfeasible(plan)) throw new Fault(`${method.name} at ${compression[0]}x: ${plan.reason}`);
      const shape = { denseFields: 13, fields: fields.length, dim, bottom: [512, 256, 64], top: [512, 256] };
      const trainee = new Trainee(new Embedding(plan, backend, optimizer, 1), dlrm.build(shape, 1), rule);
      const rows = fields.reduce((sum, { cardinality }) => sum + cardinality, 0);
      return {
        scale,
        rows,
        trainee,
        batches: randomBatches(fields, 13, batch, 8),
        milliseconds: [] as number[],
      };
    });

  const warmUp = 5;
  for (let i = 0; i < warmUp + steps; i++)
    for (const { trainee, batches, milliseconds } of contestants) {
      const start = performance.now();
      const loss = trainee.step(batches[i % batches.length], rule.learningRate);
      await loss.data();
      if (i >= warmUp) milliseconds.push(performance.now() - start);
      loss.dispose();
    }

  for (const { scale, rows, milliseconds } of contestants) {
    const { median, mad } = spreadOf(milliseconds);
    console.log(
      `${method.name} ${compression[0]}x, ${(rows / 1e6).toFixed(2)} M ids (scale ${scale}), dim ${dim}, batch ${batch}, ` +
        `${optimizer}, ${backend.name}, ${backend.threads} thread(s): ${median.toFixed(1)} ms a step ` +
        `(MAD ${mad.toFixed(1)}, ${steps} steps), ${Math.round((1000 * batch) / median)} samples/s`,
    );
  }
  return 0;
});
