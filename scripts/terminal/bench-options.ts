import type { Command } from 'commander';
import { backends } from '../../backends/index.ts';
import { datasets } from '../../datasets/index.ts';
import { optimizerRules, type OptimizerRule } from '../../harness/contract/backend.ts';
import type { KeptBits } from '../../harness/contract/activations.ts';
import type { Gradients } from '../../harness/contract/gradients.ts';
import { models } from '../../harness/models/index.ts';
import { defaultModel } from '../../suites/find-model.ts';
import { optimizers } from '../../harness/optimizers/index.ts';
import { maxRowsKept } from '../../results/test-scores.ts';
import { defaultSuite, suites, throughputSuite } from '../../suites/index.ts';
import { addDatasetOptions, type DatasetOptions } from './dataset-options.ts';
import { setting, type Setting } from './method-options.ts';
import {
  choice,
  choices,
  gradientKind,
  keptBits,
  layerWidths,
  list,
  listOf,
  place,
  portNumber,
  positiveNumber,
  ratios,
  wholeNumber,
} from './values.ts';
import { verb } from './verb.ts';

export interface BenchOptions extends DatasetOptions {
  readonly method?: string[];
  readonly set?: Setting[];
  readonly suite?: string;
  readonly compression?: number[];
  readonly seeds?: number;
  readonly dataset: string;
  readonly data?: string;
  readonly baseline: boolean;
  readonly count?: 'keys';
  readonly backend?: string[];
  readonly threads?: number[];
  readonly model: string;
  readonly bottom?: number[];
  readonly top?: number[];
  readonly dim: number[];
  readonly batch?: number[];
  readonly batchOrder: 'log' | 'shuffled';
  readonly epochs: number;
  readonly optimizer?: OptimizerRule[];
  readonly hostRows?: true;
  readonly learningRate?: number[];
  readonly activations?: KeptBits[];
  readonly gradients?: Gradients[];
  readonly jobs: number;
  /** True: at any free port. */
  readonly watch?: number | true;
  readonly rounds?: number;
  readonly profile?: boolean;
  readonly python?: string[];
  readonly peer: boolean;
  readonly tf32?: boolean;
  readonly out?: string;
  readonly open?: boolean;
  readonly force?: boolean;
  readonly scores?: boolean;
  readonly json?: boolean;
}

const learningRates = optimizerRules.map((rule) => `${rule} ${optimizers[rule].learningRate}`).join(', ');
const { compressions, seeds, rows } = defaultSuite;
const { rounds, batches, optimizer } = throughputSuite;
const names = (list: readonly { name: string }[]) => list.map(({ name }) => name).join(', ');

/** The command of `npm run bench`, all suites' options in it. */
export function benchCommand(): Command {
  const command = verb('bench', '--method md [options]')
    .description(
      'Trains embedding compression methods under one budget and protocol, and reports what each costs.\n' +
        '--suite throughput times them on random ids instead, next to PyTorch where python3 has it; there ' +
        '--backend, --threads, --batch, --dim, --optimizer and --scale take several values, separated by commas.',
    )
    .optionsGroup('What is compared:')
    .option(
      '--method <names>',
      "methods, separated by commas, or all; wrapped ones in quotes, as in 'int8(full,md)'; npm run list shows them",
      list,
    )
    .option(
      '--set <method.option=value>',
      "an option of a method, of a wrapped one ('int8(md).blocks=3') or of the model (dlrm.top=512-256); may be repeated",
      setting,
    )
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
    .addOption(
      choice(
        '--count <what>',
        'budgets, and the full bytes that they are a share of, also hold the keys of ids that are told apart, 4 bytes each',
        ['keys'],
      ),
    )
    .option('--seeds <n>', `repetitions (default: ${seeds}, or the suite's)`, wholeNumber(1))
    .option('--no-baseline', 'leave out the uncompressed table')
    .optionsGroup('Data:')
    .option('--dataset <name>', names(datasets), 'planted')
    .option('--data <file>', 'the raw log, for data sets read from a file: plain, .gz or .zst');
  return addDatasetOptions(command, `${rows}, or the suite's`)
    .optionsGroup('Training:')
    .option('--model <name>', `above the embedding layer: ${names(models)}`, defaultModel.name)
    .addOption(layerWidths('--bottom <widths>', 'short for --set dlrm.bottom=<widths>'))
    .addOption(layerWidths('--top <widths>', 'short for --set dlrm.top=<widths>'))
    .option('--dim <n>', 'width of the vectors the model sees', listOf(wholeNumber(1)), [16])
    .option(
      '--batch <n>',
      `samples per step (default: 256; for throughput ${batches.join(',')})`,
      listOf(wholeNumber(1)),
    )
    .addOption(
      choice('--batch-order <order>', 'of training batches', ['log', 'shuffled']).default('shuffled'),
    )
    .option('--epochs <n>', 'the best by validation AUC is kept', wholeNumber(1), 1)
    .addOption(
      choices(
        '--optimizer <rule>',
        `for rows and dense weights (default: adagrad; for throughput ${optimizer})`,
        optimizerRules,
      ),
    )
    .option(
      '--learning-rate <rates>',
      `of several, separated by commas, validation chooses for every method and ratio (default: ${learningRates})`,
      listOf(positiveNumber),
    )
    .option(
      '--activations <bits>',
      "of what the network's layers keep for the backward pass: 32, as it is, or codes of 8, 4 or 2; " +
        'of several, separated by commas, every run once with each (default: 32)',
      listOf(keptBits),
    )
    .option(
      '--gradients <kinds>',
      "of the network's layers: exact, or sbpca:K, an estimate of rank K kept across batches (streaming batch PCA); " +
        'of several, every run once with each (default: exact)',
      listOf(gradientKind),
    )
    .optionsGroup('Machine:')
    .option(
      '--backend <name>',
      `what runs tensors, see npm run doctor: auto, ${names(backends)} (default: auto; for throughput all usable ones but cpu)`,
      list,
    )
    .option(
      '--threads <n>',
      'of the backend (default: the processors, shared among --jobs; wasm has one; for throughput 1 and all)',
      listOf(wholeNumber(1)),
    )
    .option(
      '--host-rows',
      "keep table rows in the run's JavaScript where the backend lacks the optimizer, instead of refusing",
    )
    .option('--jobs <n>', 'runs at the same time; more than one disturbs timings', wholeNumber(1), 1)
    .option(
      '--watch [port]',
      'serve a live page of the runs on 127.0.0.1 while they last (default: at any free port)',
      portNumber,
    )
    .optionsGroup('With --suite throughput:')
    .option(
      '--rounds <n>',
      `times that every configuration is timed in its turn (default: ${rounds})`,
      wholeNumber(1),
    )
    .option('--profile', 'also say where the time of a training step goes, kernel by kernel')
    .option('--python <files>', 'where to look for PyTorch, separated by commas (default: python3)', list)
    .option('--tf32', 'beside a GPU, also time PyTorch with TF32 matrix products')
    .option('--no-peer', 'leave PyTorch out')
    .optionsGroup('Results:')
    .option(
      '--out <folder>',
      'of the recording (default: results/ and a name that what is asked decides)',
      place,
    )
    .option('--force', 'repeat runs that are recorded already')
    .option(
      '--scores',
      `keep every run's scores of the test rows (default: up to ${maxRowsKept} rows, 4 bytes each)`,
    )
    .option('--no-scores', 'keep none: no intervals over test rows')
    .option('--open', 'open the report in a browser')
    .option('--json', 'print one JSON object on stdout');
}
