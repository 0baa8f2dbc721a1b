import { type Command, InvalidArgumentError, Option } from 'commander';
import { z, type ZodType } from 'zod';
import { findNamed } from '../../base/find-named.ts';
import { UserError } from '../../base/user-error.ts';
import {
  datasets,
  type DatasetSpec,
  defaultSettings,
  idOrders,
  type DatasetRequest,
} from '../../datasets/index.ts';
import { describeOptions } from '../../suites/described/describe-method.ts';
import { protocols } from '../../harness/contract/data.ts';
import { single } from './misplaced.ts';
import type { Setting } from './set-option.ts';
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

/** A flag that is the short form of an option of one data set, or of several. */
interface ShortForm {
  readonly option: Option;
  /** The name of the data set's option, by data set. */
  readonly owners: ReadonlyMap<DatasetSpec, string>;
}

/** The short forms that data sets declare, each flag once. */
function shortForms(defaults: Readonly<Record<string, string>>): ShortForm[] {
  const owners = new Map<string, Map<DatasetSpec, string>>();
  for (const dataset of datasets)
    for (const [name, flags] of Object.entries(dataset.flags)) {
      if (!owners.has(flags)) owners.set(flags, new Map());
      owners.get(flags)!.set(dataset, name);
    }
  return [...owners].map(([flags, owned]) => {
    const [[dataset, name]] = owned;
    const schema = dataset.options.shape[name] as ZodType;
    const { description = '', default: byDefault, type } = z.toJSONSchema(schema, { io: 'input' });
    const shown = defaults[name] ?? (byDefault as string | number | undefined);
    const note = shown === undefined ? '' : ` (default: ${shown})`;
    const of = [...owned.keys()].map((one) => one.name).join(', ');
    const option = new Option(flags, `${of}: ${description}${note}`);
    const parse: (text: string) => unknown = type === 'string' ? place : numbersOf(schema);
    return { option: option.argParser(parse), owners: owned };
  });
}

/** Numbers separated by commas that the schema of an option takes; the suite `throughput` takes several. */
function numbersOf(schema: ZodType) {
  return (text: string): number[] =>
    list(text).map((item) => {
      const parsed = schema.safeParse(Number(item.replaceAll('_', '')));
      if (parsed.success) return parsed.data as number;
      const [{ values }] = describeOptions(z.object({ value: schema }));
      throw new InvalidArgumentError(`Expected: ${values}.`);
    });
}

/** Options that decide what the data are, shared by `bench` and `data`; `defaults` are texts instead of a data set's own. */
export function addDatasetOptions(
  command: Command,
  defaults: Readonly<Record<string, string>> = {},
): Command {
  const { protocol, minCount, order } = defaultSettings;
  for (const { option } of shortForms(defaults)) command.addOption(option);
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

/**
 * The request to the data set: its own options by their short forms and by `--set NAME.option=value`, which takes precedence.
 * Throws a UserError for a short form that belongs to another data set.
 */
export function datasetRequest(
  dataset: DatasetSpec,
  command: Command,
  settings: readonly Setting[] = [],
): Omit<DatasetRequest, 'onProgress' | 'onMessage'> {
  const { protocol, minCount, idOrder, logTransform, cache, goneHost } = command.opts<DatasetOptions>();
  const given: Record<string, unknown> = {};
  for (const { option, owners } of shortForms({})) {
    const value = command.getOptionValue(option.attributeName()) as string | number[] | undefined;
    if (value === undefined) continue;
    const name = owners.get(dataset);
    if (name === undefined) {
      const others = [...owners.keys()].map((owner) => owner.name).join(' or ');
      throw new UserError(
        `${dataset.name} takes no ${option.long}: add --dataset ${others}, or leave it out`,
      );
    }
    given[name] = typeof value === 'string' ? value : single(option.long!, value);
  }
  for (const { owner, option, value } of settings) if (owner === dataset.name) given[option] = value;
  return {
    options: given,
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
