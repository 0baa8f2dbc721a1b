import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { execaNode } from 'execa';
import { median } from '../../analysis/statistics/estimates.ts';
import type * as NativeModule from '../../backends/native/index.ts';
import type * as Datasets from '../../datasets/index.ts';
import type * as Settings from '../../datasets/prepared/settings.ts';
import type * as Methods from '../../suites/find-method.ts';
import type * as Models from '../../suites/find-model.ts';
import type * as Plans from '../../suites/plan-for.ts';
import type { RunSettings } from '../../harness/run.ts';
import type * as Runs from '../../harness/run.ts';
import { main } from '../../scripts/terminal/main.ts';
import { print } from '../../scripts/terminal/printed.ts';

/**
 * Whole runs of methods here against another checkout: a process each, in turn, by the processor's seconds with one thread. Says whether
 * scores, bytes and the click probabilities of all test rows are the same, bit by bit.
 *
 * `npx tsx test/speed/trainings.ts OTHER LOG METHODS [compressions = 16] [rounds = 5] [cache = .cache]`; OTHER is a checkout that is
 * installed and built, LOG is Criteo's. `npx tsx test/speed/trainings.ts --one CHECKOUT LOG METHOD COMPRESSION CACHE` is one run, for a
 * profile by `node --cpu-prof`.
 */

interface Ran {
  readonly seconds: number;
  /** Seconds of start-up: modules, the backend, the data. */
  readonly before: number;
  readonly digest: string;
  readonly stages: readonly { name: string; seconds: number }[];
}

const processorSeconds = () => process.cpuUsage().user / 1e6;

async function one([checkout, log, method, compression, cache]: readonly string[]): Promise<Ran> {
  const from = async <Module>(file: string) => (await import(join(resolve(checkout), file))) as Module;
  const { native } = await from<typeof NativeModule>('backends/native/index.ts');
  const { datasets, openDataset } = await from<typeof Datasets>('datasets/index.ts');
  const { defaultSettings } = await from<typeof Settings>('datasets/prepared/settings.ts');
  const { findMethod } = await from<typeof Methods>('suites/find-method.ts');
  const { findModel } = await from<typeof Models>('suites/find-model.ts');
  const { planFor } = await from<typeof Plans>('suites/plan-for.ts');
  const { run } = await from<typeof Runs>('harness/run.ts');
  const backend = await native.open({ threads: 1 });
  const dataset = datasets.find(({ name }) => name === 'criteo')!;
  const data = await openDataset(dataset, { ...defaultSettings, options: { data: resolve(log) }, cache });
  const training = { optimizer: 'adagrad', learningRate: 0.01, batchSize: 256, epochs: 1, order: 'shuffled' } as const; // prettier-ignore
  const settings: RunSettings = { ...training, dim: 16, seed: 1 };
  const options = findMethod(method).options.parse({});
  const job = {
    method,
    options: options as Record<string, unknown>,
    compression: Number(compression),
    dim: settings.dim,
    seed: 1,
  };
  const plan = planFor(job, data);
  if (!('tables' in plan)) throw new Error(`${method} does not fit ${compression}x`);
  const digest = createHash('sha256');
  const before = processorSeconds();
  const outcome = await run(data, plan, findModel('dlrm'), backend, settings, {
    tested: (probabilities) => digest.update(new Uint8Array(probabilities.slice().buffer)),
  });
  const seconds = processorSeconds() - before;
  digest.update(JSON.stringify([outcome.size, outcome.quality, outcome.choices]));
  data.close();
  const stages = outcome.stages.map(({ name, seconds }) => ({ name, seconds }));
  return { seconds, before, digest: digest.digest('hex').slice(0, 16), stages };
}

async function inProcess(...args: string[]): Promise<Ran> {
  const { stdout } = await execaNode(import.meta.filename, ['--one', ...args], {
    nodeOptions: ['--import', 'tsx'],
    stderr: 'inherit',
  });
  return JSON.parse(stdout) as Ran;
}

await main(async () => {
  const args = process.argv.slice(2);
  if (args[0] === '--one') {
    print(JSON.stringify(await one(args.slice(1))));
    return 0;
  }
  const [other, log, methods, compressions = '16', rounds = '5', cache = '.cache'] = args;
  const here = join(import.meta.dirname, '../..');
  for (const method of methods.split(','))
    for (const compression of compressions.split(',')) {
      const pairs: [Ran, Ran][] = [];
      for (let round = 0; round < Number(rounds); round++) {
        const theirs = await inProcess(resolve(other), log, method, compression, cache);
        pairs.push([theirs, await inProcess(here, log, method, compression, cache)]);
      }
      const ratios = pairs.map(([theirs, ours]) => ours.seconds / theirs.seconds);
      const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(3));
      const seconds = [0, 1].map((side) => median(pairs.map((pair) => pair[side].seconds)).toFixed(2));
      const same = new Set(pairs.flat().map(({ digest }) => digest)).size === 1;
      print(
        `${method} ${compression}x: ${seconds.join(' s, ')} s, × ${median(ratios).toFixed(3)} (${least} to ${most}), ${same ? 'bit-equal' : 'DIFFERENT'}`,
      );
    }
  return 0;
});
