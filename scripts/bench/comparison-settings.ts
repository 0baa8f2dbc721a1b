import type { Command } from 'commander';
import { chooseBackend } from '../../backends/index.ts';
import { findNamed } from '../../base/find-named.ts';
import { UserError } from '../../base/user-error.ts';
import type { DatasetSpec } from '../../datasets/index.ts';
import { exactBits } from '../../harness/contract/activations.ts';
import { approximations } from '../../harness/contract/training-approximation.ts';
import { optimizers } from '../../harness/optimizers/index.ts';
import { findModel, widthUnder } from '../../suites/find-model.ts';
import { defaultSuite, type TrainingSuite } from '../../suites/index.ts';
import { changedOptions } from '../../suites/optimizer-options.ts';
import type { ComparisonSettings } from '../../suites/settings.ts';
import type { BenchOptions } from '../options/bench-options.ts';
import { datasetRequest, findDataset } from '../options/dataset-options.ts';
import { refuse, single } from '../options/misplaced.ts';
import { chosenModelOptions } from '../options/model-options.ts';
import { chosenPlugins } from '../options/plugin-options.ts';
import { chosenPractice } from '../options/practice-options.ts';
import { allTrainingSuites, applySuite } from '../options/suite-options.ts';
import { applyRecipe } from '../options/recipes.ts';
import { chosenMethods, type Setting } from '../options/set-option.ts';
import { chosenTarget } from '../options/target-options.ts';

const onlyThroughput = ['rounds', 'profile', 'python', 'tf32', 'peer'];

/**
 * The settings of the comparison that a command of `npm run bench` asks for. `backend` stands in for the one that this machine would
 * choose, for commands of other machines. Throws a UserError for mistakes in the options.
 */
export async function comparisonSettings(command: Command, backend?: string): Promise<ComparisonSettings> {
  const { suite: asked, recipe } = command.opts<BenchOptions>();
  const suite = asked === undefined ? defaultSuite : findNamed(allTrainingSuites, 'suite', asked);
  applySuite(command, suite);
  applyRecipe(command, recipe);
  const options = command.opts<BenchOptions>();
  refuse(command, onlyThroughput, 'that is for --suite throughput');
  if (options.method === undefined && options.suite === undefined)
    throw new UserError(
      'say what to compare: --method md, or --suite quick; npm run list shows what there is',
    );
  const dataset = findDataset(options.dataset);
  const model = findModel(options.model);
  const set = options.set ?? [];
  const dim = single('--dim', options.dim)!;
  const request = datasetRequest(dataset, command, set);
  const optimizer = single('--optimizer', options.optimizer) ?? 'adagrad';
  const target = chosenTarget(options);
  return {
    suite: suite.name,
    ...chosenPlugins(),
    ...(target && { target }),
    dataset: dataset.name,
    request: { ...request, options: { ...known(dataset, suite.dataOptions), ...request.options } },
    methods: chosenMethods(options.method ?? suite.methods, set, [dataset.name, model.name, optimizer]),
    compressions: options.compression ?? suite.compressions,
    seeds: Array.from({ length: options.seeds ?? suite.seeds }, (_, i) => i + 1),
    baseline: options.baseline,
    references: options.references && suite.references !== false,
    ...(options.equalCompute && { equalCompute: true }),
    ...(options.count && { count: options.count }),
    model: model.name,
    modelOptions: chosenModelOptions(model, command, set),
    dim: widthUnder(model, dim),
    batchSize: single('--batch', options.batch) ?? 256,
    batchOrder: options.batchOrder,
    epochs: options.epochs,
    optimizer,
    ...chosenPractice(options),
    optimizerOptions: changedOptions(optimizer, ofOptimizer(optimizer, set)),
    ...(options.hostRows && { hostRows: true as const }),
    learningRates: rising(options.learningRate ?? [optimizers[optimizer].learningRate]),
    ways:
      options.gradients || options.activations
        ? approximations(options.gradients ?? ['exact'], options.activations ?? [exactBits])
        : (suite.ways ?? [{}]),
    threads: single('--threads', options.threads),
    backend: backend ?? (await chooseBackend(single('--backend', options.backend) ?? 'auto')),
  };
}

/** The suite's options for data sets, those that this data set has. */
function known(dataset: DatasetSpec, options: TrainingSuite['dataOptions']): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => name in dataset.options.shape));
}

/** The optimizer's options that the command sets. */
function ofOptimizer(name: string, set: readonly Setting[]): Record<string, unknown> {
  const own = set.filter(({ owner }) => owner === name);
  return Object.fromEntries(own.map(({ option, value }) => [option, value]));
}

/** The rates in ascending order, each once: another order is the same comparison. */
function rising(rates: readonly number[]): number[] {
  return [...new Set(rates)].sort((a, b) => a - b);
}
