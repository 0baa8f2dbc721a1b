/**
 * Training steps on the native backend, replayed and on the tape, in alternating rounds of one process on the same tables, beside
 * the matrix products of the same steps alone. Prints medians of samples/s with their spread, the ratio of rounds, and the share of the
 * products' speed.
 *
 * npx tsx test/speed/replay.ts [threads] [batch sizes] [methods] [models] [rounds] [share of Kaggle's cardinalities] [compression]
 * npx tsx test/speed/replay.ts 2 128,256,2048 full,mixed-dimension,dpq dlrm 7 0.1 16
 */
import { native } from '../../backends/native/index.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { budgetFor } from '../../harness/contract/size.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { randomBatches } from '../../harness/batches/random-batches.ts';
import { matrixProducts, PreparedProducts } from '../../harness/measuring/matrix-products.ts';
import { doWork, type Work } from '../../harness/measuring/timed-work.ts';
import { optimizers } from '../../harness/optimizers/index.ts';
import { Trainer } from '../../harness/training/trainer.ts';
import { scaledKaggleFields } from '../../suites/described/kaggle.ts';
import { findMethod } from '../../suites/find-method.ts';
import { findModel, widthUnder } from '../../suites/find-model.ts';
import { denseFields } from '../../suites/throughput/settings.ts';

const [threads = '2', sizes = '128,256,2048', methodNames = 'full,mixed-dimension,hashing-trick,dpq'] =
  process.argv.slice(2);
const [modelNames = 'dlrm', rounds = '7', share = '0.1', compression = '16'] = process.argv.slice(5);
const learningRate = 0.01;
/** About so many samples in a turn. */
const samplesPerTurn = 2 ** 15;

const backend = await native.open({ threads: Number(threads) });
const fields = scaledKaggleFields(Number(share));
for (const modelName of modelNames.split(','))
  for (const methodName of methodNames.split(',')) await measure(modelName, methodName);

async function measure(modelName: string, methodName: string): Promise<void> {
  const model = findModel(modelName);
  const dim = widthUnder(model, 16);
  const method = findMethod(methodName);
  const ratio = method.name === 'full' ? 1 : Number(compression);
  const layer = { fields, dim, budget: budgetFor({ fields, dim }, ratio), seed: 1 };
  const plan = method.plan(layer, method.options.parse({}));
  if (isInfeasible(plan)) return console.log(`${methodName}: ${plan.reason}`);
  const shape = { denseFields, fields: fields.length, dim };
  const network = model.build(shape, model.options.parse({}), 1);
  const trainer = new Trainer(new Embedding(plan, backend, 'adagrad', 1), network, optimizers.adagrad);
  for (const size of sizes.split(',').map(Number)) {
    const batches = randomBatches(fields, denseFields, size, 8);
    const products =
      network.layers.length > 0 ? new PreparedProducts(matrixProducts(network.layers, size)) : undefined;
    const turn = Array.from(
      { length: Math.max(8, Math.round(samplesPerTurn / size)) },
      (_, i) => batches[i % 8],
    );
    const timed = async (work: Work, replays: boolean) => {
      trainer.replays = replays;
      const start = performance.now();
      if (plan.afterStep === undefined || work === 'products')
        await doWork(work, { trainer, learningRate, ...(products && { products }) }, turn);
      else
        for (const batch of turn) {
          trainer.step(batch, learningRate).dispose();
          await trainer.afterStep();
        }
      return (turn.length * size) / (performance.now() - start);
    };
    const speeds = { tape: [] as number[], replay: [] as number[], products: [] as number[] };
    for (let round = -1; round < Number(rounds); round++) {
      const found = {
        tape: await timed('train', false),
        replay: await timed('train', true),
        products: products ? await timed('products', true) : NaN,
      };
      if (round < 0) continue; // warms caches and records steps
      for (const name of ['tape', 'replay', 'products'] as const) speeds[name].push(found[name]);
    }
    const ratios = speeds.replay.map((speed, i) => speed / speeds.tape[i]);
    const shares = [speeds.tape, speeds.replay].map((of) => of.map((speed, i) => speed / speeds.products[i]));
    const { replayed, taped, reason = '' } = trainer.stepCounts!;
    console.log(
      [
        `${modelName} ${methodName} ${ratio}x, batch ${size}, ${threads} thread(s):`,
        `tape ${text(speeds.tape)} k/s, replay ${text(speeds.replay)} k/s, ratio ${text(ratios)},`,
        `share of products ${text(shares[0])} -> ${text(shares[1])}; ${replayed} replayed, ${taped} recorded ${reason}`,
      ].join(' '),
    );
    products?.dispose();
  }
  trainer.dispose();
}

/** The median, with the least and the greatest. */
function text(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const [least, middle, most] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)!];
  return `${middle.toFixed(2)} (${least.toFixed(2)}-${most.toFixed(2)})`;
}
