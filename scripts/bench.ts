import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import open from 'open';
import { chooseBackend } from '../backends/index.ts';
import { Fault } from '../harness/contract/fault.ts';
import { optimizerRules, type OptimizerRule } from '../harness/contract/backend.ts';
import { optimizers } from '../harness/optimizers/index.ts';
import { writeReport } from '../reports/report.ts';
import { findNamed } from '../suites/catalogue.ts';
import { compare } from '../suites/compare.ts';
import { defaultSuite, suites } from '../suites/index.ts';
import {
  addDatasetOptions,
  datasetNames,
  datasetRequest,
  type DatasetOptions,
} from './terminal/dataset-options.ts';
import { interruptSignal, Interrupted } from './terminal/interrupt.ts';
import { main } from './terminal/main.ts';
import { chosenMethods, setting, type Setting } from './terminal/method-options.ts';
import { preparationBar } from './terminal/preparation-bar.ts';
import { runLines } from './terminal/run-lines.ts';
import { layerWidths, list, positiveNumber, ratios, wholeNumber } from './terminal/values.ts';

interface Options extends DatasetOptions {
  readonly method?: string[];
  readonly set: Setting[];
  readonly suite?: string;
  readonly compression?: number[];
  readonly seeds?: number;
  readonly dataset: string;
  readonly data?: string;
  readonly baseline: boolean;
  readonly backend: string;
  readonly threads?: number;
  readonly model: string;
  readonly bottom: number[];
  readonly top: number[];
  readonly dim: number;
  readonly batch: number;
  readonly batchOrder: 'log' | 'shuffled';
  readonly epochs: number;
  readonly optimizer: OptimizerRule;
  readonly learningRate?: number;
  readonly jobs: number;
  readonly out?: string;
  readonly open: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

const command = new Command('bench')
  .description(
    'Trains embedding compression methods under one budget and protocol, and reports what each costs.',
  )
  .usage('-- --method md [options]')
  .option('--method <names>', 'methods, separated by commas, or all; see npm run list', list)
  .option('--set <method.option=value>', 'an option of a method; may be repeated', setting, [])
  .addOption(new Option('--suite <name>', 'a named comparison').choices(suites.map(({ name }) => name)))
  .option('--compression <ratios>', 'full bytes / serving bytes, separated by commas', ratios)
  .option('--seeds <n>', 'repetitions with different seeds', wholeNumber(1))
  .option('--dataset <name>', `one of ${datasetNames}`, 'planted')
  .option('--data <file>', 'the raw log, for data sets read from a file');
addDatasetOptions(command)
  .option('--model <name>', 'the model above the embedding layer', 'dlrm')
  .option('--bottom <widths>', 'hidden layers on dense features', layerWidths, [512, 256, 64])
  .option('--top <widths>', 'hidden layers on interactions', layerWidths, [512, 256])
  .option('--dim <n>', 'width of the vectors the model sees', wholeNumber(1), 16)
  .option('--batch <n>', 'samples per step', wholeNumber(1), 256)
  .addOption(
    new Option('--batch-order <order>', 'of training batches')
      .choices(['log', 'shuffled'])
      .default('shuffled'),
  )
  .option('--epochs <n>', 'the best by validation AUC is kept', wholeNumber(1), 1)
  .addOption(
    new Option('--optimizer <rule>', 'for rows and dense weights').choices(optimizerRules).default('adagrad'),
  )
  .option('--learning-rate <rate>', "by default the optimizer's", positiveNumber)
  .option('--backend <name>', 'what runs tensors; see npm run doctor', 'auto')
  .option('--threads <n>', 'threads of the backend', wholeNumber(1))
  .option('--jobs <n>', 'runs at the same time; more than one disturbs timings', wholeNumber(1), 1)
  .option('--no-baseline', 'leave out the uncompressed table')
  .option('--out <folder>', 'of the recording; by default named after what is asked')
  .option('--force', 'repeat runs that are recorded already', false)
  .option('--open', 'open the report in a browser', false)
  .option('--json', 'print one JSON object on stdout', false)
  .exitOverride();

await main(async () => {
  const options = command.parse().opts<Options>();
  const suite = options.suite === undefined ? defaultSuite : findNamed(suites, 'suite', options.suite);
  if (options.method === undefined && options.suite === undefined)
    throw new Fault('say what to compare: --method md, or --suite quick; npm run list shows what there is');
  const request = datasetRequest(options, options.data);
  const settings = {
    suite: suite.name,
    dataset: options.dataset,
    request: options.dataset === 'planted' ? { rows: suite.rows, ...request } : request,
    methods: chosenMethods(options.method ?? suite.methods, options.set),
    compressions: options.compression ?? suite.compressions,
    seeds: Array.from({ length: options.seeds ?? suite.seeds }, (_, i) => i + 1),
    baseline: options.baseline,
    model: options.model,
    bottom: options.bottom,
    top: options.top,
    dim: options.dim,
    batchSize: options.batch,
    batchOrder: options.batchOrder,
    epochs: options.epochs,
    optimizer: options.optimizer,
    learningRate: options.learningRate ?? optimizers[options.optimizer].learningRate,
    backend: await chooseBackend(options.backend),
    threads: options.threads,
  };

  const preparation = preparationBar();
  let lines: ReturnType<typeof runLines> | undefined;
  const interrupt = interruptSignal();
  try {
    const { directory, records } = await compare(settings, {
      out: options.out,
      command: process.argv.slice(2).join(' '),
      concurrency: options.jobs,
      force: options.force,
      signal: interrupt,
      preparation,
      watch(jobs) {
        preparation.stop();
        lines = runLines(jobs.length);
        return lines;
      },
    });
    lines?.stop();
    const report = await writeReport(directory);
    if (options.json) console.log(JSON.stringify({ recording: directory, report, runs: records }));
    else console.log(`results: ${directory}\nreport: ${report}`);
    if (options.open) await open(resolve(report));
    return records.some(({ status }) => status === 'failed') ? 1 : 0;
  } catch (error) {
    if (!interrupt.aborted) throw error;
    throw new Interrupted();
  } finally {
    preparation.stop();
    lines?.stop();
  }
});
