import { type Command, Option } from 'commander';
import { findNamed } from '../../base/find-named.ts';
import {
  datasets,
  type DatasetSpec,
  defaultSettings,
  idOrders,
  type DatasetRequest,
} from '../../datasets/index.ts';
import { protocols } from '../../harness/contract/data.ts';
import type { Setting } from './set-option.ts';
import { ownOptions, shortForms } from './short-forms.ts';
import { choice, list, place, wholeNumber } from './values.ts';

export interface DatasetOptions {
  readonly protocol: DatasetRequest['protocol'];
  readonly minCount: number;
  readonly idOrder: DatasetRequest['order'];
  readonly logTransform: boolean;
  readonly cache: string;
  readonly goneHost?: string[];
}

/** The option for locks and files of machines that no longer run. */
export function goneHostOption(): Option {
  return new Option(
    '--gone-host <names>',
    'machines that no longer run, separated by commas: their locks on recordings are taken over, and their unfinished work in the cache is removed',
  ).argParser(list);
}

/** Options that decide what the data are, shared by `bench` and `data`; `defaults` are texts instead of a data set's own. */
export function addDatasetOptions(
  command: Command,
  defaults: Readonly<Record<string, string>> = {},
): Command {
  const { protocol, minCount, order } = defaultSettings;
  for (const { option } of shortForms(datasets, defaults)) command.addOption(option);
  return command
    .addOption(choice('--protocol <name>', 'split of the rows', protocols).default(protocol))
    .option(
      '--min-count <n>',
      'count below which ids share the out-of-vocabulary id',
      wholeNumber(1),
      minCount,
    )
    .addOption(choice('--id-order <order>', 'numbering of ids', idOrders).default(order))
    .option('--no-log-transform', 'integers as they are instead of log(x + 1)')
    .option('--cache <folder>', 'folder of prepared data', place, '.cache')
    .addOption(goneHostOption());
}

/** The request to the data set. Throws a UserError for a short form that belongs to another data set. */
export function datasetRequest(
  dataset: DatasetSpec,
  command: Command,
  settings: readonly Setting[],
): Omit<DatasetRequest, 'onProgress' | 'onMessage'> {
  const { protocol, minCount, idOrder, logTransform, cache, goneHost } = command.opts<DatasetOptions>();
  return {
    options: ownOptions(dataset, { owners: datasets, flag: '--dataset' }, command, settings),
    protocol,
    minCount,
    order: idOrder,
    logTransform,
    cache,
    ...(goneHost !== undefined && { goneHosts: goneHost }),
    splitSeed: defaultSettings.splitSeed,
  };
}

/** The data set of this name. Throws a UserError that suggests the nearest one. */
export const findDataset = (name: string): DatasetSpec => findNamed(datasets, 'data set', name);
