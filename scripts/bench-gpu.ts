import { join } from 'node:path';
import { inspect } from 'node:util';
import { backends } from '../backends/index.ts';
import { allowSoftware } from '../backends/webgpu/device.ts';
import { makeFolder } from '../files/folders.ts';
import { writeWhole } from '../files/whole-file.ts';
import { UserError } from '../base/user-error.ts';
import { writeReport } from '../reports/report.ts';
import type { ThroughputRecord } from '../results/throughput-record.ts';
import { gpuStages, type Stage, stageEnd } from '../suites/throughput/gpu-stages.ts';
import type { ThroughputSettings } from '../suites/throughput/settings.ts';
import { measureThroughput } from '../suites/throughput/measure.ts';
import { requireWritable } from '../suites/running/recording-folder.ts';
import { commandText } from './options/command-text.ts';
import { goneHostOption } from './options/dataset-options.ts';
import { examine, findingLines } from './doctor/findings.ts';
import { Interrupted, interruption } from './terminal/interrupt.ts';
import { main } from './terminal/main.ts';
import { raceLines } from './progress/race-lines.ts';
import { throughputTables } from './results/throughput-table.ts';
import { list, listOf, place, positiveNumber, wholeNumber } from './options/values.ts';
import { complain, print, shortLine } from './terminal/printed.ts';
import { verb } from './options/verb.ts';

interface Options {
  readonly minutes: number;
  readonly backend?: string[];
  readonly python?: string[];
  readonly peer: boolean;
  readonly tf32?: boolean;
  readonly part?: number[];
  readonly out?: string;
  readonly goneHost?: string[];
  readonly dryRun?: boolean;
}

const command = verb('bench:gpu', '[options]')
  .description(
    'Measures a graphics card with --suite throughput in one call: full Kaggle cardinalities, dim 16 and 64, batches ' +
      'from 2,048 to 131,072, beside PyTorch with CUDA, with profiles. The most important measurements come first, and ' +
      'what is finished when the time is up is recorded and reported.',
  )
  .option('--minutes <n>', 'that it may take in all', positiveNumber, 25)
  .option('--backend <names>', 'on graphics cards, separated by commas (default: all that work)', list)
  .option('--python <files>', 'where to look for PyTorch, separated by commas (default: python3)', list)
  .option('--part <numbers>', 'of the series, separated by commas (default: all)', listOf(wholeNumber(1)))
  .option('--tf32', 'also time PyTorch with TF32 matrix products')
  .option('--no-peer', 'leave PyTorch out')
  .option('--out <folder>', 'of the recording (default: results/gpu- and the time)', place)
  .addOption(goneHostOption())
  .option('--dry-run', 'go every way on tiny sizes, where there is no card on the CPU; measures nothing');

/** Seconds reserved for profiles after the last turn, and for the report. */
const reserveMilliseconds = 40_000;
/** Building the configurations is not worth it for less time. */
const minMilliseconds = 15_000;

export const ended = main(async () => {
  const start = performance.now();
  const options = command.parse().opts<Options>();
  if (options.dryRun) process.env[allowSoftware] ??= '1';
  const out =
    options.out ?? join('results', `gpu-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}`);
  requireWritable(out);
  const found = await examine(options.peer ? (options.python ?? ['python3']) : []);
  print(findingLines(found));
  makeFolder(out, { otherwise: 'choose another --out' });
  writeWhole(join(out, 'doctor.json'), `${JSON.stringify(found, null, 2)}\n`);

  const works = (name: string) => found.backends.some((one) => one.name === name && one.ok);
  const stages = gpuStages({
    backends: options.backend ?? (await cards(options.dryRun ?? false)),
    host: works('native') ? 'native' : undefined,
    pythons: options.peer ? options.python : [],
    tf32: options.tf32 ?? false,
    tiny: options.dryRun ?? false,
  });
  const { part } = options;
  const parts = stages.filter((_, i) => part === undefined || part.includes(i + 1));
  if (parts.length === 0) throw new UserError(`--part ${part!.join(',')}: there are ${stages.length} parts`);
  if (options.dryRun) print('a dry run: what it prints and records measures nothing');
  return runStages(parts, out, options.goneHost, start + options.minutes * 60_000 - reserveMilliseconds);
});

/** Backends that compute on a graphics card. */
async function cards(dryRun: boolean): Promise<string[]> {
  const names: string[] = [];
  for (const name of ['webgpu', 'tensorflow']) {
    const backend = backends.find((one) => one.name === name);
    const { usable, automatic = true } = (await backend?.probe()) ?? { usable: false };
    if (usable && (automatic || dryRun)) names.push(name);
  }
  if (names.length === 0)
    throw new UserError(
      'no graphics card works here, see above; --dry-run needs a software driver of Vulkan at least',
    );
  return names;
}

async function runStages(
  stages: readonly Stage[],
  out: string,
  goneHosts: readonly string[] | undefined,
  end: number,
): Promise<number> {
  const interrupt = interruption();
  interrupt.listen();
  const typed = commandText(process.argv.slice(2));
  const failures: string[] = [];
  let report: string | undefined;
  for (const [i, { title, settings }] of stages.entries()) {
    const deadline = stageEnd(stages.slice(i), performance.now(), end);
    if (deadline - performance.now() < minMilliseconds) {
      failures.push(`${title}: the time was up`);
      continue;
    }
    print(`\n== ${i + 1} of ${stages.length}: ${title} ==`);
    const lines = raceLines(settings.rounds);
    try {
      const { records } = await measureThroughput(settings, {
        ...{ out, goneHosts, command: `bench:gpu -- ${typed}`, signal: interrupt.signal, deadline },
        ...{ watch: lines, note: lines.note },
      });
      lines.stop();
      failures.push(...lost(title, settings, records));
      if (records.length === 0) continue;
      print(throughputTables(records));
      report = await writeReport(out);
    } catch (error) {
      if (interrupt.signal.aborted) throw new Interrupted(`what was measured before is in ${out}`);
      failures.push(shortLine(`${title}: ${error instanceof Error ? error.message : String(error)}`));
      if (!(error instanceof UserError)) complain(inspect(error));
    } finally {
      lines.stop();
    }
  }
  print(failures.length === 0 ? '\nall measured' : `\nnot measured:\n  ${failures.join('\n  ')}`);
  print(`results: ${out}`);
  if (report === undefined) return 1;
  print(`report: ${report}`);
  return failures.length === 0 ? 0 : 1;
}

/** Configurations that failed, each once, PyTorch included, and sizes that there was no time for. */
function lost(
  title: string,
  { batches }: ThroughputSettings,
  records: readonly ThroughputRecord[],
): string[] {
  const reasons = records.flatMap((record) => {
    if (record.status === 'completed') return [];
    const name =
      record.kind === 'method' ? `${record.method} on ${record.backend}` : `PyTorch ${record.mode}`;
    return [`${title}: ${name}: ${record.status}: ${record.error}`];
  });
  const missed = batches.filter((batch) => !records.some(({ batchSize }) => batchSize === batch));
  return [...new Set(reasons), ...missed.map((batch) => `${title}: batch ${batch}: the time was up`)];
}
