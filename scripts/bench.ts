import { resolve } from 'node:path';
import open from 'open';
import { backends, chooseBackend } from '../backends/index.ts';
import { datasets } from '../datasets/index.ts';
import { Fault } from '../harness/contract/fault.ts';
import { optimizerRules, type OptimizerRule } from '../harness/contract/backend.ts';
import { models } from '../harness/models/index.ts';
import { optimizers } from '../harness/optimizers/index.ts';
import { writeReport } from '../reports/report.ts';
import { findNamed } from '../suites/catalogue.ts';
import { compare } from '../suites/compare.ts';
import { defaultSuite, suites } from '../suites/index.ts';
import { addDatasetOptions, datasetRequest, type DatasetOptions } from './terminal/dataset-options.ts';
import { Interrupted, interruption } from './terminal/interrupt.ts';
import { main } from './terminal/main.ts';
import { chosenMethods, setting, type Setting } from './terminal/method-options.ts';
import { preparationBar } from './terminal/preparation-bar.ts';
import { runLines } from './terminal/run-lines.ts';
import { choice, layerWidths, list, positiveNumber, ratios, wholeNumber } from './terminal/values.ts';
import { verb } from './terminal/verb.ts';

interface Options extends DatasetOptions {
  readonly method?: string[];
  readonly set?: Setting[];
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
  readonly open?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

const learningRates = optimizerRules.map((rule) => `${rule} ${optimizers[rule].learningRate}`).join(', ');
const { compressions, seeds, rows } = defaultSuite;
const names = (list: readonly { name: string }[]) => list.map(({ name }) => name).join(', ');

const command = verb('bench', '--method md [options]')
  .description(
    'Trains embedding compression methods under one budget and protocol, and reports what each costs.',
  )
  .optionsGroup('What is compared:')
  .option('--method <names>', 'methods, separated by commas, or all; npm run list shows them', list)
  .option('--set <method.option=value>', 'an option of a method; may be repeated', setting)
  .addOption(
    choice(
      '--suite <name>',
      'a named comparison; other options override it',
      suites.map(({ name }) => name),
    ),
  )
  .option(
    '--compression <ratios>',
    `full / serving bytes, separated by commas (default: ${compressions.join(',')}, or the suite's)`,
    ratios,
  )
  .option('--seeds <n>', `repetitions (default: ${seeds}, or the suite's)`, wholeNumber(1))
  .option('--no-baseline', 'leave out the uncompressed table')
  .optionsGroup('Data:')
  .option('--dataset <name>', names(datasets), 'planted')
  .option('--data <file>', 'the raw log, for data sets read from a file: plain, .gz or .zst');
addDatasetOptions(command, `${rows}, or the suite's`)
  .optionsGroup('Training:')
  .option('--model <name>', `above the embedding layer: ${names(models)}`, 'dlrm')
  .addOption(layerWidths('--bottom <widths>', 'hidden layers on dense features', [512, 256, 64]))
  .addOption(layerWidths('--top <widths>', 'hidden layers on interactions', [512, 256]))
  .option('--dim <n>', 'width of the vectors the model sees', wholeNumber(1), 16)
  .option('--batch <n>', 'samples per step', wholeNumber(1), 256)
  .addOption(choice('--batch-order <order>', 'of training batches', ['log', 'shuffled']).default('shuffled'))
  .option('--epochs <n>', 'the best by validation AUC is kept', wholeNumber(1), 1)
  .addOption(choice('--optimizer <rule>', 'for rows and dense weights', optimizerRules).default('adagrad'))
  .option('--learning-rate <rate>', `(default: ${learningRates})`, positiveNumber)
  .optionsGroup('Machine:')
  .option('--backend <name>', `what runs tensors, see npm run doctor: auto, ${names(backends)}`, 'auto')
  .option(
    '--threads <n>',
    'of the backend (default: the processors, shared among --jobs; wasm has one)',
    wholeNumber(1),
  )
  .option('--jobs <n>', 'runs at the same time; more than one disturbs timings', wholeNumber(1), 1)
  .optionsGroup('Results:')
  .option('--out <folder>', 'of the recording (default: results/ and a name that what is asked decides)')
  .option('--force', 'repeat runs that are recorded already')
  .option('--open', 'open the report in a browser')
  .option('--json', 'print one JSON object on stdout');

await main(async () => {
  const options = command.parse().opts<Options>();
  const suite = options.suite === undefined ? defaultSuite : findNamed(suites, 'suite', options.suite);
  if (options.method === undefined && options.suite === undefined)
    throw new Fault('say what to compare: --method md, or --suite quick; npm run list shows what there is');
  const request = datasetRequest(options.dataset, options, options.data);
  const settings = {
    suite: suite.name,
    dataset: options.dataset,
    request: options.dataset === 'planted' ? { rows: suite.rows, ...request } : request,
    methods: chosenMethods(options.method ?? suite.methods, options.set ?? []),
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
  const interrupt = interruption();
  try {
    const { directory, records } = await compare(settings, {
      out: options.out,
      command: process.argv.slice(2).join(' '),
      concurrency: options.jobs,
      force: options.force ?? false,
      signal: interrupt.signal,
      preparation,
      watch(jobs) {
        preparation.stop();
        interrupt.listen();
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
    if (!interrupt.signal.aborted) throw error;
    throw new Interrupted();
  } finally {
    preparation.stop();
    lines?.stop();
  }
});
