import { loadavg } from 'node:os';
import { UserError } from '../base/user-error.ts';
import { dcnV2 } from '../harness/models/dcn-v2.ts';
import { models } from '../harness/models/index.ts';
import { raceModel, type Racer, racerTitle } from '../suites/throughput/race-models.ts';
import { findPyTorch } from '../suites/throughput/references.ts';
import { interruption } from './terminal/interrupt.ts';
import { main } from './terminal/main.ts';
import { complain, print } from './terminal/printed.ts';
import { listOf, wholeNumber } from './options/values.ts';
import { verb } from './options/verb.ts';

const command = verb('bench:models', '[options]')
  .description(
    'Races every model on the native backend against the same model in PyTorch eager, one thread each and full tables, and prints ' +
      'the ratios of their training speeds as a Markdown table. The two take turns, round after round. See docs/throughput.md.',
  )
  .option('--python <file>', 'a Python that has PyTorch', process.env.EMBED_BENCH_PYTHON ?? 'python3')
  .option('--only <text>', 'race models whose title or options contain this text')
  .option('--batch <sizes>', 'batch sizes, separated by commas', listOf(wholeNumber(1)), [256, 2048])
  .option('--dim <n>', 'floats of an id', wholeNumber(2), 16)
  .option('--rounds <n>', 'turns of each model', wholeNumber(1), 7);

/** Ratios that the project asks of its native backend, by batch size. */
const targets: Readonly<Record<number, number | undefined>> = { 256: 2, 2048: 1.3 };

const racers: readonly Racer[] = [
  ...models.map((model) => ({ model })),
  { model: dcnV2, options: { rank: 64 } },
  { model: dcnV2, options: { rank: 64, experts: 4 } },
];

export const ended = main(async () => {
  const { python, only = '', batch: batches, dim, rounds } = command.parse().opts<Options>();
  const [installed] = await findPyTorch([python], complain);
  const chosen = racers.filter((racer) => racerTitle(racer).toLowerCase().includes(only.toLowerCase()));
  if (chosen.length === 0) throw new UserError(`--only ${only}: no model has this in its title or options`);
  const interrupt = interruption();
  interrupt.listen();
  const watch = {
    building() {},
    turn() {},
    lost: (title: string, error: string) => complain(`${title}: ${error}`),
  };
  print(
    '| model | batch | native / PyTorch eager | target | native, samples/s | PyTorch, samples/s | load |',
  );
  print('|---|---:|---:|---:|---:|---:|---:|');
  for (const racer of chosen) {
    const settings = { installed, batches, rounds, dim, scale: 0.1, optimizer: 'sgd' as const };
    const raced = await raceModel(racer, { ...settings, signal: interrupt.signal, watch });
    for (const { batch, ratio, native, peer } of raced) {
      const target = targets[batch];
      const cells = [
        racerTitle(racer),
        String(batch),
        `${ratio.median.toFixed(2)} ± ${ratio.mad.toFixed(2)}`,
      ];
      cells.push(target === undefined ? '' : ratio.median < target ? `**below ${target}**` : `${target}`);
      cells.push(...[native, peer].map((speed) => String(Math.round(speed))), loadavg()[0].toFixed(1));
      print(`| ${cells.join(' | ')} |`);
    }
  }
  return 0;
});

interface Options {
  readonly python: string;
  readonly only?: string;
  readonly batch: readonly number[];
  readonly dim: number;
  readonly rounds: number;
}
