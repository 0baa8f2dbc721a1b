import type { Command } from 'commander';
import { writeReport } from '../../reports/report.ts';
import { throughputSuite } from '../../suites/index.ts';
import { measureThroughput } from '../../suites/throughput/measure.ts';
import { commandText } from '../options/command-text.ts';
import type { BenchOptions } from '../options/bench-options.ts';
import { Interrupted, interruption } from '../terminal/interrupt.ts';
import { findModel, widthNote } from '../../suites/find-model.ts';
import { chosenModelOptions } from '../options/model-options.ts';
import { practiceOptionNames } from '../options/practice-options.ts';
import { chosenMethods } from '../options/set-option.ts';
import { refuse } from '../options/misplaced.ts';
import { print, printJson } from '../terminal/printed.ts';
import { raceLines } from '../progress/race-lines.ts';
import { throughputTables } from '../results/throughput-table.ts';

/** Options of training and scoring, by their names in code. */
const onlyTraining = [
  'plan',
  ...['seeds', 'dataset', 'data', 'protocol', 'shares', 'rollingDays', 'rollingDay'],
  ...['minCount', 'idOrder', 'idsPerToken', 'dense', 'logTransform'],
  ...['maxBadLines', 'cache', 'rows', 'dataSeed', 'batchOrder', 'epochs', 'learningRate'],
  ...practiceOptionNames,
  'activations',
  ...['count', 'references', 'equalCompute', 'toTarget'],
  'gradients',
  ...['jobs', 'force', 'scores', 'margin', 'stageCache', 'checkpointMinutes', 'memory'],
];

/** Times configurations in interleaved rounds. Returns the report's path and the exit code. */
export async function benchThroughput(command: Command): Promise<{ report: string; exitCode: number }> {
  const options = command.opts<BenchOptions>();
  refuse(command, onlyTraining, '--suite throughput times a model on random ids and trains on no data');
  refuse(command, ['watch'], 'it shows runs that train, and a measurement of throughput has none');
  const suite = throughputSuite;
  const { backend, set = [] } = options;
  const model = findModel(options.model);
  const settings = {
    methods: chosenMethods(options.method ?? suite.methods, set, [model.name]),
    baseline: options.baseline,
    compressions: options.compression ?? suite.compressions,
    backends: backend?.includes('auto') ? undefined : backend,
    threads: options.threads,
    batches: [...new Set(options.batch ?? suite.batches)],
    optimizers: options.optimizer ?? [suite.optimizer],
    hostRows: options.hostRows ?? false,
    dims: [...new Set(options.dim)],
    model: model.name,
    modelOptions: chosenModelOptions(model, command, set),
    scales: [...new Set(options.scale ?? [1])],
    rounds: options.rounds ?? suite.rounds,
    profile: options.profile ?? false,
    tf32: options.tf32 ?? false,
    pythons: options.peer ? options.python : [],
  };
  const lines = raceLines(settings.rounds);
  const interrupt = interruption();
  interrupt.listen();
  const note = settings.dims.map((dim) => widthNote(model, dim)).find((text) => text !== undefined);
  if (note !== undefined) lines.note(note);
  try {
    const { directory, records } = await measureThroughput(settings, {
      out: options.out,
      goneHosts: options.goneHost,
      command: commandText(process.argv.slice(2)),
      about: options.note,
      signal: interrupt.signal,
      watch: lines,
      note: lines.note,
    });
    lines.stop();
    const report = await writeReport(directory);
    if (options.json) printJson({ recording: directory, report, throughput: records });
    else print(`${throughputTables(records)}\nresults: ${directory}\nreport: ${report}`);
    // A failed reference is recorded and shown; it is no failure of this project.
    const failed = records.some(({ kind, status }) => kind === 'method' && status === 'failed');
    return { report, exitCode: failed ? 1 : 0 };
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    throw new Interrupted('nothing is recorded of a measurement that did not end');
  } finally {
    lines.stop();
  }
}
