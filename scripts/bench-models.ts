import { loadavg } from 'node:os';
import { join } from 'node:path';
import { Option } from 'commander';
import { UserError } from '../base/user-error.ts';
import { throughputGroups } from '../analysis/throughput/groups.ts';
import { dcnV2 } from '../harness/models/dcn-v2.ts';
import { models } from '../harness/models/index.ts';
import { writeReport } from '../reports/report.ts';
import { widthNote } from '../suites/find-model.ts';
import { requireWritable } from '../suites/running/recording-folder.ts';
import { measureThroughput } from '../suites/throughput/measure.ts';
import { findPyTorch } from '../suites/throughput/references.ts';
import { raceSettings, type Racer, racerTitle } from '../suites/throughput/race-models.ts';
import { commandText } from './options/command-text.ts';
import { listOf, place, wholeNumber } from './options/values.ts';
import { verb } from './options/verb.ts';
import { raceHeading, raceRow, type Target } from './results/race-table.ts';
import { Interrupted, interruption } from './terminal/interrupt.ts';
import { main } from './terminal/main.ts';
import { complain, print } from './terminal/printed.ts';

const command = verb('bench:models', '[options]')
  .description(
    'Races every model on the native backend against the same model in PyTorch, one thread each and full tables, prints ' +
      'the ratios of their speeds as a Markdown table, and records them. The two take turns, round after round. See docs/throughput.md.',
  )
  .option('--python <file>', 'a Python that has PyTorch', process.env.EMBED_BENCH_PYTHON ?? 'python3')
  .option('--only <text>', 'race models whose title or options contain this text')
  .addOption(
    new Option('--mode <name>', 'how PyTorch runs; both: the faster one counts')
      .choices(['eager', 'compiled', 'both'])
      .default('eager'),
  )
  .option('--batch <sizes>', 'batch sizes, separated by commas', listOf(wholeNumber(1)), [256, 2048])
  .option('--dim <n>', 'floats of an id', wholeNumber(2), 16)
  .option('--rounds <n>', 'turns of each model', wholeNumber(1), 7)
  .option('--out <folder>', 'folder of the recording (default: results/models- and the time)', place);

interface Options {
  readonly python: string;
  readonly only?: string;
  readonly mode: 'eager' | 'compiled' | 'both';
  readonly batch: readonly number[];
  readonly dim: number;
  readonly rounds: number;
  readonly out?: string;
}

/** Ratios that the project asks of its native backend beside PyTorch eager, by batch size. */
const targets: Readonly<Record<number, Target>> = { 256: 2, 2048: 1.3 };

const racers: readonly Racer[] = [
  ...models.map((model) => ({ model })),
  { model: dcnV2, options: { rank: 64 } },
  { model: dcnV2, options: { rank: 64, experts: 4 } },
];

export const ended = main(async () => {
  const { python, only = '', mode, batch, dim, rounds, ...rest } = command.parse().opts<Options>();
  const out =
    rest.out ?? join('results', `models-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}`);
  const chosen = racers.filter((racer) => racerTitle(racer).toLowerCase().includes(only.toLowerCase()));
  if (chosen.length === 0) throw new UserError(`--only ${only}: no model has this in its title or options`);
  requireWritable(out);
  const note = once(complain);
  const [{ compiles }] = await findPyTorch([python], note, { optional: false });
  const withoutCompiler = `the PyTorch of ${python} has no torch.compile`;
  if (mode === 'compiled' && !compiles)
    throw new UserError(`--mode compiled: ${withoutCompiler}; use --mode eager`);
  if (mode === 'both' && !compiles) note(`${withoutCompiler}: it runs eager alone`);
  const modes = mode === 'both' ? (['eager', 'compiled'] as const) : [mode];
  const race = { python, modes, batches: [...new Set(batch)], rounds, dim, scale: 0.1 };
  for (const { model } of chosen) {
    const width = widthNote(model, dim);
    if (width !== undefined) note(width);
  }
  const interrupt = interruption();
  interrupt.listen();
  const watch = {
    building() {},
    turn() {},
    lost: (title: string, error: string) => complain(`${title}: ${error}`),
  };
  const typed = `bench:models -- ${commandText(process.argv.slice(2))}`.replace(/ -- $/, '');
  print(raceHeading(mode));
  let exitCode = 0;
  let raced = 0;
  try {
    for (const racer of chosen) {
      const { records } = await measureThroughput(raceSettings(racer, race), {
        ...{ out, command: typed, signal: interrupt.signal, watch, note },
      });
      raced += 1;
      const groups = throughputGroups(records);
      // One way to run PyTorch may fail while the other works.
      const lost = groups.some(({ rows }) => rows.length === 0 || rows.some(({ toPeer }) => !toPeer));
      if (lost || groups.length === 0) exitCode = 1;
      for (const group of groups) {
        const row = raceRow(racerTitle(racer), group, mode === 'eager' ? targets : {}, loadavg()[0]);
        if (row !== undefined) print(row);
      }
    }
  } catch (error) {
    if (raced > 0) await tell(out);
    if (!interrupt.signal.aborted) throw error;
    throw new Interrupted(raced > 0 ? `what was raced before is in ${out}` : 'nothing is recorded');
  }
  await tell(out);
  return exitCode;
});

async function tell(out: string): Promise<void> {
  print(`results: ${out}\nreport: ${await writeReport(out)}`);
}

/** Says each line once: every race looks for PyTorch anew. */
function once(say: (line: string) => void): (line: string) => void {
  const said = new Set<string>();
  return (line) => {
    if (!said.has(line)) say(line);
    said.add(line);
  };
}
