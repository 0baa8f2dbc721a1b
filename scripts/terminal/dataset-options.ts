import { Option, type Command } from 'commander';
import { datasets, defaultSettings, idOrders, type DatasetRequest } from '../../datasets/index.ts';
import { protocols } from '../../harness/contract/data.ts';
import { positiveNumber, wholeNumber } from './values.ts';

export interface DatasetOptions {
  readonly protocol: DatasetRequest['protocol'];
  readonly minCount: number;
  readonly idOrder: DatasetRequest['order'];
  readonly logTransform: boolean;
  readonly maxBadLines: number;
  readonly cache: string;
  readonly rows?: number;
  readonly scale?: number;
  readonly dataSeed?: number;
}

/** Options that decide what the data are, shared by `bench` and `data`. */
export function addDatasetOptions(command: Command): Command {
  const choice = (flags: string, what: string, choices: readonly string[], byDefault: string) =>
    new Option(flags, what).choices(choices).default(byDefault);
  return command
    .addOption(
      choice('--protocol <name>', 'how rows are split into parts', protocols, defaultSettings.protocol),
    )
    .option(
      '--min-count <n>',
      'rarer ids share the out-of-vocabulary id',
      wholeNumber(1),
      defaultSettings.minCount,
    )
    .addOption(choice('--id-order <order>', 'how ids are numbered', idOrders, defaultSettings.order))
    .option('--no-log-transform', 'integers as they are instead of log(x + 1)')
    .option('--max-bad-lines <n>', 'malformed lines to leave out before giving up', wholeNumber(0), 0)
    .option('--rows <n>', 'planted: rows to make', wholeNumber(100))
    .option('--scale <factor>', "planted: times Kaggle's cardinalities", positiveNumber)
    .option('--data-seed <n>', 'planted: which log', wholeNumber(0))
    .option('--cache <folder>', 'where prepared data are kept', '.cache');
}

export function datasetRequest(options: DatasetOptions, data: string | undefined) {
  const { protocol, minCount, idOrder, logTransform, maxBadLines, cache, rows, scale, dataSeed } = options;
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
    splitSeed: defaultSettings.splitSeed,
  };
}

export const datasetNames = datasets.map(({ name }) => name).join(', ');
