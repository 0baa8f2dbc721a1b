import type { Command } from 'commander';
import { defaultMargin } from '../../analysis/verdicts/noise.ts';
import { backends } from '../../backends/index.ts';
import { datasets } from '../../datasets/index.ts';
import { optimizerRules, type OptimizerRule } from '../../harness/contract/backend.ts';
import type { KeptBits } from '../../harness/contract/activations.ts';
import type { Gradients } from '../../harness/contract/gradients.ts';
import { defaultModel } from '../../suites/find-model.ts';
import { models } from '../../harness/models/index.ts';
import { optimizers } from '../../harness/optimizers/index.ts';
import { allSuites } from './suite-options.ts';
import { targetRange } from './target-options.ts';
import { maxRowsKept } from '../../results/test-scores.ts';
import { defaultSuite, throughputSuite } from '../../suites/index.ts';
import { addDatasetOptions, type DatasetOptions } from './dataset-options.ts';
import { addModelOptions } from './model-options.ts';
import { pluginOption } from './plugin-options.ts';
import { addPracticeOptions, type PracticeOptions } from './practice-options.ts';
import { setting, type Setting } from './set-option.ts';
import {
  choice,
  choices,
  given,
  gradientKind,
  keptBits,
  list,
  listOf,
  marginOf,
  numberAbove,
  place,
  portNumber,
  positiveNumber,
  ratios,
  wholeNumber,
} from './values.ts';
import { verb, withShortHelp } from './verb.ts';

export interface BenchOptions extends DatasetOptions, PracticeOptions {
  readonly method?: string[];
  readonly set?: Setting[];
  readonly plugin?: string[];
  readonly suite?: string;
  readonly compression?: number[];
  readonly seeds?: number;
  readonly dataset: string;
  /** Factors on Kaggle's cardinalities: the suite `throughput` takes several. */
  readonly scale?: number[];
  readonly baseline: boolean;
  readonly references: boolean;
  readonly equalCompute?: true;
  readonly toTarget?: true | number;
  readonly count?: 'keys';
  readonly backend?: string[];
  readonly threads?: number[];
  readonly model: string;
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
  readonly stageCache: number;
  readonly checkpointMinutes: number;
  readonly memory?: number;
  /** A port; true stands for any free one. */
  readonly watch?: number | true;
  readonly rounds?: number;
  readonly profile?: boolean;
  readonly python?: string[];
  readonly peer: boolean;
  readonly tf32?: boolean;
  readonly out?: string;
  readonly plan?: string;
  readonly pilot?: string;
  readonly margin: number;
  readonly open?: boolean;
  readonly force?: boolean;
  readonly scores?: boolean;
  readonly keepModel?: true;
  readonly note?: string;
  readonly json?: boolean;
}

const learningRates = optimizerRules.map((rule) => `${rule} ${optimizers[rule].learningRate}`).join(', ');
const { compressions, seeds, dataOptions } = defaultSuite;
const { rounds, batches, optimizer } = throughputSuite;
const names = (list: readonly { name: string }[]) => list.map(({ name }) => name).join(', ');

/** Flags of the short help. `--help-all` shows the others as well. */
const everyday = [
  'method',
  'compression',
  'suite',
  'seeds',
  'dataset',
  'data',
  'rows',
  'backend',
  'jobs',
  'out',
  'set',
];

const examples = `
Examples:
  npm run bench -- --method md                        a first look at a method, on generated clicks
  npm run bench -- --method md,qr --dataset criteo --data train.txt --compression 4,16,64
  npm run bench -- --method "int8(md)" --set "int8(md).range=greedy"
  npm run bench -- --suite throughput                 samples per second, beside PyTorch`;

const severalValues = `
With --suite throughput, --backend, --threads, --batch, --dim, --optimizer and --scale take several values, separated by commas.`;

/** The command of `npm run bench`, with the options of all suites. */
export function benchCommand(): Command {
  const command = verb('bench', '--method md [options]')
    .description(
      'Trains embedding compression methods under one budget and protocol, and reports the AUC, bytes and speed of each.',
    )
    .optionsGroup('Comparison:')
    .option(
      '--method <names>',
      "methods, separated by commas, or all (see npm run list); quotes around wrapped ones: 'int8(full,md)'",
      list,
    )
    .option(
      '--compression <ratios>',
      `ratios of full to serving bytes, separated by commas (default: ${compressions.join(',')}, or the suite's)`,
      ratios,
    )
    .addOption(
      choice(
        '--suite <name>',
        'named comparison, whose settings other flags override',
        allSuites.map(({ name }) => name),
      ),
    )
    .option('--seeds <n>', `number of seeds (default: ${seeds}, or the suite's)`, wholeNumber(1))
    .option(
      '--set <name.option=value>',
      "option of a method, a wrapped method ('int8(md).range=greedy'), a model, a data set or the optimizer ('ftrl.l2=0.5') (repeatable)",
      setting,
    )
    .addOption(
      choice(
        '--count <what>',
        'bytes that budgets and full bytes include beside tables: the keys of ids that are told apart, 4 bytes each',
        ['keys'],
      ),
    )
    .addOption(pluginOption())
    .option('--no-baseline', 'no uncompressed table beside the methods')
    .option(
      '--no-references',
      'no references beside the methods: dense features alone, the linear model at the same budgets, truncation',
    )
    .option(
      '--equal-compute',
      'the uncompressed table once more, with as many epochs as the costliest method made passes over the data',
    )
    .option(
      '--to-target [ratios]',
      'the largest compression of each method that is at most --margin below full: ratios between two that --compression names ' +
        `(default: ${targetRange.least},${targetRange.most}) are halved, so many for each method (default: ${targetRange.steps})`,
      wholeNumber(1),
    )
    .optionsGroup('Data:')
    .option('--dataset <name>', `data set: ${names(datasets)}`, datasets[0].name);
  const defaults = Object.entries(dataOptions).map(([name, value]) => [name, `${value}, or the suite's`]);
  addDatasetOptions(command, Object.fromEntries(defaults) as Record<string, string>)
    .optionsGroup('Training:')
    .option('--model <name>', `network above the embedding layer: ${names(models)}`, defaultModel.name);
  addModelOptions(command);
  addPracticeOptions(command)
    .option('--dim <n>', 'floats per embedding vector', listOf(wholeNumber(1)), [16])
    .option(
      '--batch <n>',
      `samples per training step (default: 256; for throughput ${batches.join(',')})`,
      listOf(wholeNumber(1)),
    )
    .addOption(
      choice('--batch-order <order>', 'order of training batches', ['log', 'shuffled']).default('shuffled'),
    )
    .option(
      '--epochs <n>',
      'passes over the training part; validation AUC picks the one that is scored',
      wholeNumber(1),
      1,
    )
    .addOption(
      choices(
        '--optimizer <rule>',
        `update rule of rows and dense weights (default: adagrad; for throughput ${optimizer})`,
        optimizerRules,
      ),
    )
    .option(
      '--learning-rate <rates>',
      `learning rates, separated by commas; with several, seed 0 chooses one per method and ratio on validation (default: ${learningRates})`,
      listOf(positiveNumber),
    )
    .option(
      '--activations <bits>',
      'bits per saved activation of the network: 32 (exact), 8, 4 or 2; separated by commas, one run for each (default: 32)',
      listOf(keptBits),
    )
    .option(
      '--gradients <kinds>',
      "gradients of the network's layers: exact, or sbpca:K, a rank-K estimate that persists across batches; separated by " +
        'commas, one run for each (default: exact)',
      listOf(gradientKind),
    )
    .optionsGroup('Machine:')
    .option(
      '--backend <name>',
      `tensor backend (see npm run doctor): auto, ${names(backends)} (default: auto; for throughput all usable ones but cpu)`,
      list,
    )
    .option(
      '--threads <n>',
      'threads of the backend (default: the processors, shared among --jobs; 1 for wasm; 1 and all for throughput)',
      listOf(wholeNumber(1)),
    )
    .option(
      '--host-rows',
      "table rows in the run's JavaScript if the backend lacks the optimizer, instead of a refusal",
    )
    .option('--jobs <n>', 'runs at the same time; more than one disturbs timings', wholeNumber(1), 1)
    .option(
      '--stage-cache <GB>',
      'disk space below --cache for what several runs train alike at first (full tables that are then compressed), so that one of them trains it; the oldest goes first; 0: every run trains all of its own',
      numberAbove(0, { itself: true }),
      10,
    )
    .option(
      '--checkpoint-minutes <n>',
      'minutes of training after which its state is written beside the recording, so that a run that is interrupted goes on from there; 0: it begins anew',
      numberAbove(0, { itself: true }),
      10,
    )
    .option(
      '--memory <GB>',
      'memory that all runs at the same time may take; a run that would take more is recorded as too large, and not begun (default: the memory of the machine or the container)',
      numberAbove(0),
    )
    .option('--watch [port]', 'live page of the runs on 127.0.0.1 (default: at any free port)', portNumber)
    .optionsGroup('With --suite throughput:')
    .option(
      '--rounds <n>',
      `timing rounds, in which the configurations take turns (default: ${rounds})`,
      wholeNumber(1),
    )
    .option('--profile', 'time of a training step by kernel')
    .option(
      '--python <files>',
      'Python programs to look for PyTorch in, separated by commas (default: python3)',
      list,
    )
    .option('--tf32', 'PyTorch with TF32 matrix products as well, beside a GPU')
    .option('--no-peer', 'no PyTorch')
    .optionsGroup('Results:')
    .option(
      '--out <folder>',
      'folder of the recording (default: results/ and a name made of the settings)',
      place,
    )
    .option(
      '--plan <folder>',
      'no training: data are prepared, and a plan is written to this folder, for npm run submit (docs/cluster.md)',
      place,
    )
    .option(
      '--pilot <recording>',
      'with --plan: runs of the same methods on fewer rows, which tell how long those of the plan will take',
      place,
    )
    .option('--force', 'repetition of runs that are recorded already')
    .option(
      '--scores',
      `scores of the test rows of every run, 4 bytes each, for intervals over rows (default: up to ${maxRowsKept} rows)`,
    )
    .option(
      '--keep-model',
      'trained models in models/ of the recording: npm run export needs not train them again',
    )
    .option('--no-scores', 'no scores of test rows, and no intervals over them')
    .option(
      '--margin <auc>',
      'least difference of AUC that matters: equivalent is less',
      marginOf,
      defaultMargin,
    )
    .option('--note <text>', 'text about the recording, for its environment.json and its report', given)
    .option('--open', 'report in a browser at the end')
    .option('--json', 'one JSON object on stdout');
  return withShortHelp(command, { shown: everyday, examples, details: severalValues });
}
