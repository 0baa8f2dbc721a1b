/**
 * Training steps on the webgpu backend, replayed and on the tape, in alternating rounds of one process on the same tables. Prints for each
 * way the median time of a step that this process takes to ask for it, and the time until the device has computed it, in milliseconds, and
 * the ratios of rounds with their spread. A driver that computes on the CPU takes part in both times.
 *
 * npx tsx test/speed/webgpu-replay.ts [batch sizes] [methods] [rounds] [steps a turn] [share of Kaggle's cardinalities] [width of layers]
 * npx tsx test/speed/webgpu-replay.ts 128,2048 full,mixed-dimension 7 32 0.01
 *
 * A width of layers makes the network as deep as DLRM's default and as wide as that, so that a driver on the CPU ends in time.
 */
import { isInfeasible } from '../../harness/contract/method.ts';
import { budgetFor } from '../../harness/contract/size.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { randomBatches } from '../../harness/batches/random-batches.ts';
import { optimizers } from '../../harness/optimizers/index.ts';
import { Trainer } from '../../harness/training/trainer.ts';
import { scaledKaggleFields } from '../../suites/described/kaggle.ts';
import { findMethod } from '../../suites/find-method.ts';
import { findModel } from '../../suites/find-model.ts';
import { denseFields } from '../../suites/throughput/settings.ts';
import { openOn } from '../../backends/webgpu/open.ts';
import { adapterForTests } from '../backends/webgpu/adapter-for-tests.ts';

const [sizes = '128,2048', names = 'full,mixed-dimension', rounds = '7', steps = '32', share = '0.01', wide] =
  process.argv.slice(2);
const dim = 16;
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];
const spread = (values: readonly number[]) => {
  const sorted = values.toSorted((a, b) => a - b);
  return `${sorted[0].toFixed(2)} to ${sorted.at(-1)!.toFixed(2)}`;
};

const found = await adapterForTests();
const backend = await openOn(found);
const fields = scaledKaggleFields(Number(share));
const model = findModel('dlrm');
console.log(found.name);
for (const name of names.split(','))
  for (const size of sizes.split(',').map(Number)) await measure(name, size);

async function measure(name: string, size: number): Promise<void> {
  const method = findMethod(name);
  const budget = budgetFor({ fields, dim }, name === 'full' ? 1 : 16);
  const plan = method.plan({ fields, dim, budget, seed: 1 }, method.options.parse({}));
  if (isInfeasible(plan)) return console.log(`${name}: ${plan.reason}`);
  const layers = (count: number) => Array.from({ length: count }, () => Number(wide));
  const options = model.options.parse(wide === undefined ? {} : { bottom: layers(3), top: layers(2) });
  const network = model.build({ denseFields, fields: fields.length, dim }, options, 1);
  const trainer = new Trainer(new Embedding(plan, backend, 'adagrad', 1), network, optimizers.adagrad);
  const batches = randomBatches(fields, denseFields, size, 8);
  const turn = async (replays: boolean) => {
    trainer.replays = replays;
    const start = performance.now();
    let asking = 0;
    for (let i = 0; i < Number(steps); i++) {
      const before = performance.now();
      trainer.step(batches[i % batches.length], 0.01).dispose();
      asking += performance.now() - before;
      await trainer.afterStep();
      if (i % 8 === 7) await backend.synchronize!();
    }
    await backend.synchronize!();
    return [asking / Number(steps), (performance.now() - start) / Number(steps)];
  };
  for (const replays of [false, true]) await turn(replays);
  const ways: [number[], number[]][] = [[[], []], [[], []]]; // prettier-ignore
  for (let round = 0; round < Number(rounds); round++)
    for (const replays of round % 2 === 0 ? [false, true] : [true, false])
      (await turn(replays)).forEach((time, i) => ways[Number(replays)][i].push(time));
  const [tape, replayed] = ways;
  ['asked for', 'computed'].forEach((what, i) => {
    const ratios = tape[i].map((time, round) => time / replayed[i][round]);
    console.log(
      `${name}, batch ${size}, ${what}: tape ${median(tape[i]).toFixed(2)} ms, replayed ${median(replayed[i]).toFixed(2)} ms, ` +
        `ratio ${median(ratios).toFixed(2)} (${spread(ratios)})`,
    );
  });
  trainer.dispose();
}
