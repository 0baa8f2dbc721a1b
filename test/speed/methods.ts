import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as tf from '../../tensors/index.ts';
import { mean, median } from '../../analysis/statistics/estimates.ts';
import { native } from '../../backends/native/index.ts';
import type { NativeBackend } from '../../backends/native/backend.ts';
import { deriveSeed } from '../../base/hash.ts';
import { datasets, openDataset } from '../../datasets/index.ts';
import { defaultSettings } from '../../datasets/prepared/settings.ts';
import { findNamed } from '../../base/find-named.ts';
import { copyOf } from '../../harness/batches/copy-of.ts';
import { sampleIds } from '../../harness/batches/sample-ids.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import type { Batch, Data } from '../../harness/contract/data.ts';
import { isInfeasible, type Plan } from '../../harness/contract/method.ts';
import { budgetFor } from '../../harness/contract/size.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { doWork } from '../../harness/measuring/timed-work.ts';
import { optimizers } from '../../harness/optimizers/index.ts';
import { serve } from '../../harness/serving/serve.ts';
import { runStages } from '../../harness/training/stages/run-stages.ts';
import { Trainer } from '../../harness/training/trainer.ts';
import { main } from '../../scripts/terminal/main.ts';
import { print } from '../../scripts/terminal/printed.ts';
import { findMethod, expandName } from '../../suites/find-method.ts';
import { defaultModel } from '../../suites/find-model.ts';

/**
 * Training and inference of methods as ratios to `full`, on native: in turn in one process, `full` first in every round, by CPU time
 * with one thread and by the clock with more. Training is that of the first stage; inference is that of what is served after stages of a
 * few batches.
 *
 * `npx tsx test/speed/methods.ts [--method all] [--compression 16] [--batch 256] [--threads 1] [--rounds 7] [--steps 12] [--course N]
 * [--data FILE] [--profile]`; FILE is Criteo's, planted rows where none is given. `--course N`: steps are those of a first stage of N
 * steps, one round after the other, and means are compared, so that work between steps counts as often as it comes (rounds + 2 times
 * steps are to be N). `--profile`: besides, calls of the add-on and their time.
 */

const { values: asked } = parseArgs({
  options: {
    method: { type: 'string', default: 'all' },
    compression: { type: 'string', default: '16' },
    batch: { type: 'string', default: '256' },
    threads: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '7' },
    steps: { type: 'string', default: '12' },
    course: { type: 'string' },
    data: { type: 'string' },
    cache: { type: 'string', default: '.cache' },
    work: { type: 'string', default: 'train,inference' },
    profile: { type: 'boolean', default: false },
  },
});
const batchSize = Number(asked.batch);
const steps = Number(asked.steps);
const dim = 16;
type Work = 'train' | 'inference';

/** The first rows of a log alone. */
function begun(data: Data, batches: number): Data {
  return {
    name: data.name,
    protocol: data.protocol,
    fingerprint: data.fingerprint,
    fields: data.fields,
    denseFields: data.denseFields,
    rows: { train: batches * batchSize, validation: batchSize, test: batchSize },
    *batches(part, { batchSize }) {
      let left = part === 'train' ? batches : 1;
      for (const batch of data.batches(part, { batchSize })) {
        if (left-- === 0) return;
        yield batch;
      }
    },
    labels: (part) => data.labels(part).subarray(0, part === 'train' ? batches * batchSize : batchSize),
    trueProbabilities: () => undefined,
    close() {},
  };
}

interface Built {
  readonly train: Trainer;
  readonly inference: Trainer;
}

async function build(data: Data, name: string, backend: OpenBackend): Promise<Built | undefined> {
  const method = findMethod(name);
  const settings = {
    ...({
      dim,
      optimizer: 'adagrad',
      learningRate: 0.02,
      batchSize,
      epochs: 1,
      order: 'log',
      seed: 1,
    } as const),
  };
  const shape = { denseFields: data.denseFields.length, fields: data.fields.length, dim };
  const plan = (): Plan | undefined => {
    const compression = name === 'full' ? 1 : Number(asked.compression);
    for (const ratio of [compression, 4, 2]) {
      const budget = budgetFor({ fields: data.fields, dim }, name === 'full' ? 1 : ratio);
      const layer = { fields: data.fields, dim, budget, seed: deriveSeed(1, 'method') };
      const planned = method.plan(
        { ...layer, sample: (rows: number) => sampleIds(data, rows) },
        method.options.parse({}),
      );
      if (!isInfeasible(planned)) return planned;
    }
    return undefined;
  };
  const first = plan();
  if (first === undefined) return undefined;
  const network = () => defaultModel.build(shape, defaultModel.options.parse({}), 1);
  const train = new Trainer(new Embedding(first, backend, 'adagrad', 1), network(), optimizers.adagrad);
  const served = plan()!;
  const { trainer } = await runStages(begun(data, 8), served, defaultModel, backend, settings);
  return { train, inference: await serve(trainer, served, backend) };
}

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const clock = asked.threads === '1' ? cpu : () => performance.now();

const stepsDone = new WeakMap<Trainer, number>();

/** The next step of a stage of so many, with what the plan does after it. */
async function stepOfCourse(trainer: Trainer, batch: Batch, steps: number): Promise<void> {
  const index = stepsDone.get(trainer) ?? 0;
  stepsDone.set(trainer, index + 1);
  trainer.step(batch, 0.01, { index, steps, heldOut: trainer.holdsOut(index) }).dispose();
  await trainer.afterStep();
}

async function time(trainer: Trainer, what: Work, batches: readonly Batch[]): Promise<number> {
  const course = what === 'train' ? asked.course : undefined;
  const spent: number[] = [];
  for (const batch of batches) {
    const start = clock();
    if (course !== undefined) await stepOfCourse(trainer, batch, Number(course));
    else await doWork(what, { trainer, learningRate: 0.01 }, [batch]);
    spent.push(clock() - start);
  }
  await setImmediate();
  return course !== undefined ? mean(spent) : median(spent);
}

/** Milliseconds of a step by calls of the add-on. */
async function profiled(run: () => Promise<unknown>, count: number): Promise<string[]> {
  const { addon } = tf.backend() as NativeBackend;
  const calls = new Map<string, { calls: number; spent: number }>();
  const functions = addon as unknown as Record<string, (...args: unknown[]) => unknown>;
  const originals = { ...functions };
  for (const [name, call] of Object.entries(originals))
    functions[name] = (...args) => {
      const start = clock();
      try {
        return call(...args);
      } finally {
        const entry = calls.get(name) ?? { calls: 0, spent: 0 };
        entry.calls++;
        entry.spent += clock() - start;
        calls.set(name, entry);
      }
    };
  const start = clock();
  await run();
  const whole = clock() - start;
  Object.assign(functions, originals);
  const inside = [...calls.values()].reduce((sum, { spent }) => sum + spent, 0);
  const entries = [...calls].sort(([, a], [, b]) => b.spent - a.spent);
  return [
    `${(whole / count).toFixed(3)} ms a step, ${(inside / count).toFixed(3)} in ${entries.reduce((sum, [, { calls }]) => sum + calls, 0) / count} calls`,
    ...entries.map(
      ([name, { calls, spent }]) =>
        `  ${name} ${calls / count} calls ${((1000 * spent) / count).toFixed(0)} us`,
    ),
  ];
}

await main(async () => {
  const backend = await native.open({ threads: Number(asked.threads) });
  if (backend.fallbacks) backend.fallbacks.refused = true;
  tf.enableProdMode();
  const dataset = findNamed(datasets, 'data set', asked.data ? 'criteo' : 'planted');
  const options = asked.data ? { data: asked.data } : { rows: 50_000, scale: 0.003 };
  const data = await openDataset(dataset, { ...defaultSettings, options, cache: asked.cache });
  const batches: Batch[] = [];
  for (const batch of data.batches('validation', { batchSize })) {
    if (batches.length < steps && batch.size === batchSize) batches.push(copyOf(batch));
  }
  const full = (await build(data, 'full', backend))!;
  const works = asked.work.split(',') as Work[];
  const names = asked.method.split(',').flatMap((name) => expandName(name));
  for (const name of names) {
    if (name === 'full' && names.length > 1) continue;
    const built = await build(data, name, backend);
    if (built === undefined) {
      print(`${name}: infeasible`);
      continue;
    }
    const line: string[] = [];
    for (const what of works) {
      const ratios: number[] = [];
      const times: number[][] = [[], []];
      for (let round = -2; round < Number(asked.rounds); round++) {
        const whole = await time(full[what], what, batches);
        const own = await time(built[what], what, batches);
        if (round < 0) continue; // code is compiled and memory taken
        ratios.push(whole / own);
        times[0].push(whole);
        times[1].push(own);
      }
      const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((x) => x.toFixed(2));
      line.push(
        `${what} ${median(ratios).toFixed(3)} (${least} to ${most}; ${median(times[1]).toFixed(2)} ms of ${median(times[0]).toFixed(2)})`,
      );
    }
    print(`${name}: ${line.join(', ')}`);
    if (asked.profile)
      for (const what of works)
        for (const [whose, trainer] of [
          ['full', full[what]],
          [name, built[what]],
        ] as const) {
          const lines = await profiled(async () => {
            for (const batch of batches) await doWork(what, { trainer, learningRate: 0.01 }, [batch]);
          }, batches.length);
          print(`  ${what}, ${whose}: ${lines.join('\n    ')}`);
        }
    for (const what of works) built[what].dispose();
  }
  data.close();
  return 0;
});
