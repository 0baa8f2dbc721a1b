import { type Command, Option } from 'commander';
import { findNamed } from '../../base/find-named.ts';
import { UserError } from '../../base/user-error.ts';
import {
  datasets,
  type DatasetSpec,
  defaultIdsPerToken,
  defaultSettings,
  denseTransforms,
  idOrders,
  type DatasetRequest,
} from '../../datasets/index.ts';
import { protocols } from '../../harness/contract/data.ts';
import type { Setting } from './set-option.ts';
import { ownOptions, shortForms } from './short-forms.ts';
import { choice, list, place, positiveNumber, shares, wholeNumber } from './values.ts';

export interface DatasetOptions {
  /** The data set's own if absent. */
  readonly protocol?: DatasetRequest['protocol'];
  readonly shares?: DatasetRequest['shares'];
  readonly rollingDays?: number;
  readonly rollingDay?: number;
  readonly minCount: number;
  readonly idOrder: DatasetRequest['order'];
  readonly idsPerToken?: number;
  readonly dense: DatasetRequest['dense'];
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
  const { minCount, order } = defaultSettings;
  for (const { option } of shortForms(datasets, defaults)) command.addOption(option);
  return command
    .addOption(
      choice(
        '--protocol <name>',
        `split of the rows: by time or order, by hash, as given with the log, or a day after those trained on (default: ${ownProtocols()})`,
        protocols,
      ),
    )
    .option(
      '--shares <shares>',
      'shares of train, validation and test for the protocols temporal and random, such as 6/7,1/14,1/14 (the default of temporal)',
      shares,
    )
    .option(
      '--rolling-days <n>',
      'protocol rolling: days that the log is divided into (default: those that it comes in, else 7)',
      wholeNumber(2),
    )
    .option(
      '--rolling-day <k>',
      'protocol rolling: last day to train on; the next one validates and tests (default: the last but one)',
      wholeNumber(1),
    )
    .option(
      '--min-count <n>',
      'count below which ids share the out-of-vocabulary id',
      wholeNumber(1),
      minCount,
    )
    .addOption(
      choice(
        '--id-order <order>',
        'numbering of ids; hashed: a hash of the token, so that serving needs no vocabulary and no keys, and tokens share ids',
        idOrders,
      ).default(order),
    )
    .option(
      '--ids-per-token <n>',
      `id order hashed: ids of a field for each of its different training tokens (default: ${defaultIdsPerToken}); full tables, and what ratios refer to, grow with it`,
      positiveNumber,
    )
    .addOption(
      choice(
        '--dense <transform>',
        'input of the network from dense columns: log(x + 1), x, (x - mean) / deviation of the training part, or buckets that become a categorical field',
        denseTransforms,
      ).default(defaultSettings.dense),
    )
    .option('--no-log-transform', 'the same as --dense raw')
    .option('--cache <folder>', 'folder of prepared data', place, '.cache')
    .addOption(goneHostOption());
}

/** `temporal; given for criteo-x1, criteo-x4`. */
function ownProtocols(): string {
  const others = protocols.flatMap((protocol) => {
    const own = datasets.filter((dataset) => dataset.protocol === protocol).map(({ name }) => name);
    return protocol === defaultSettings.protocol || own.length === 0
      ? []
      : [`${protocol} for ${own.join(', ')}`];
  });
  return [defaultSettings.protocol, ...others].join('; ');
}

/** The protocol that the command names, or the data set's own. A recipe or a suite does not divide anew what comes split. */
function chosenProtocol(dataset: DatasetSpec, command: Command): DatasetRequest['protocol'] {
  const { protocol } = command.opts<DatasetOptions>();
  const own = dataset.protocol ?? defaultSettings.protocol;
  if (protocol === undefined) return own;
  return own === 'given' && command.getOptionValueSource('protocol') !== 'cli' ? own : protocol;
}

/** The request to the data set. Throws a UserError for a short form that belongs to another data set. */
export function datasetRequest(
  dataset: DatasetSpec,
  command: Command,
  settings: readonly Setting[],
): Omit<DatasetRequest, 'onProgress' | 'onMessage'> {
  const { rollingDays, rollingDay, minCount, idOrder, idsPerToken, cache, goneHost, ...given } =
    command.opts<DatasetOptions>();
  const protocol = chosenProtocol(dataset, command);
  const shares = given.shares ?? (protocol === dataset.protocol ? dataset.shares : undefined);
  if (protocol !== 'rolling' && (rollingDays ?? rollingDay) !== undefined)
    throw new UserError(
      `--rolling-days and --rolling-day are for --protocol rolling, not for ${protocol}: leave them out`,
    );
  return {
    options: ownOptions(dataset, { owners: datasets, flag: '--dataset' }, command, settings),
    protocol,
    ...(shares && { shares }),
    ...(protocol === 'rolling' && { rolling: { days: rollingDays, day: rollingDay } }),
    minCount,
    order: idOrder,
    ...(idsPerToken !== undefined && { idsPerToken }),
    dense: denseTransform(command),
    cache,
    ...(goneHost !== undefined && { goneHosts: goneHost }),
    splitSeed: defaultSettings.splitSeed,
  };
}

/** Throws a UserError for two transforms. */
function denseTransform(command: Command): DatasetRequest['dense'] {
  const { dense, logTransform } = command.opts<DatasetOptions>();
  if (logTransform) return dense;
  if (dense !== 'raw' && command.getOptionValueSource('dense') !== 'default')
    throw new UserError(`--no-log-transform is --dense raw, and --dense ${dense} is another: leave one out`);
  return 'raw';
}

/** The data set of this name. Throws a UserError that suggests the nearest one. */
export const findDataset = (name: string): DatasetSpec => findNamed(datasets, 'data set', name);
