import { type Command, Option } from 'commander';
import { datasets, defaultSettings, idOrders, type DatasetRequest } from '../../datasets/index.ts';
import { protocols } from '../../harness/contract/data.ts';
import { UserError } from '../../base/user-error.ts';
import { findNamed } from '../../suites/catalogue.ts';
import { single } from './misplaced.ts';
import { choice, list, listOf, place, positiveNumber, wholeNumber } from './values.ts';

export interface DatasetOptions {
  readonly protocol: DatasetRequest['protocol'];
  readonly minCount: number;
  readonly idOrder: DatasetRequest['order'];
  readonly logTransform: boolean;
  readonly maxBadLines: number;
  readonly cache: string;
  readonly goneHost?: string[];
  readonly rows?: number;
  readonly scale?: number[];
  readonly dataSeed?: number;
}

/** For what a machine has left behind that cannot be asked whether it still runs. */
export function goneHostOption(): Option {
  return new Option(
    '--gone-host <names>',
    'machines that no longer run, separated by commas: their locks on recordings are taken over, and their unfinished work in the cache is removed',
  ).argParser(list);
}

/** Options that decide what the data are, shared by `bench` and `data`; `rows` is what to say of the default. */
export function addDatasetOptions(command: Command, rows: string): Command {
  const { protocol, minCount, order } = defaultSettings;
  return command
    .optionsGroup('Data:')
    .addOption(choice('--protocol <name>', 'how rows are split', protocols).default(protocol))
    .option('--min-count <n>', 'rarer ids share the out-of-vocabulary id', wholeNumber(1), minCount)
    .addOption(choice('--id-order <order>', 'how ids are numbered', idOrders).default(order))
    .option('--no-log-transform', 'integers as they are instead of log(x + 1)')
    .option('--max-bad-lines <n>', 'malformed lines to leave out before giving up', wholeNumber(0), 0)
    .option('--cache <folder>', 'where prepared data are kept', place, '.cache')
    .addOption(goneHostOption())
    .option('--rows <n>', `planted: rows to make (default: ${rows})`, wholeNumber(100))
    .option('--scale <factor>', "planted: times Kaggle's cardinalities (default: 1)", listOf(positiveNumber))
    .option('--data-seed <n>', 'planted: which log (default: 1)', wholeNumber(0));
}

/** Throws a UserError for unknown data sets, and for options that only generated data know. */
export function datasetRequest(name: string, options: DatasetOptions, data: string | undefined) {
  const { protocol, minCount, idOrder, logTransform, maxBadLines, cache, rows, dataSeed, goneHost } = options;
  const scale = single('--scale', options.scale);
  const { needsData } = findNamed(datasets, 'data set', name);
  const ofGenerated = Object.entries({ '--rows': rows, '--scale': scale, '--data-seed': dataSeed });
  const misplaced = ofGenerated.find(([, value]) => value !== undefined);
  if (needsData && misplaced !== undefined)
    throw new UserError(
      `${name} takes no ${misplaced[0]}: that is for --dataset planted; leave one of them out`,
    );
  return {
    ...(data !== undefined && { data }),
    ...(rows !== undefined && { rows }),
    ...(scale !== undefined && { scale }),
    ...(dataSeed !== undefined && { seed: dataSeed }),
    protocol,
    minCount,
    order: idOrder,
    logTransform,
    maxBadLines,
    cache,
    ...(goneHost !== undefined && { goneHosts: goneHost }),
    splitSeed: defaultSettings.splitSeed,
  };
}
