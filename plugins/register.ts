import { UserError } from '../base/user-error.ts';
import { datasets, type DatasetSpec } from '../datasets/index.ts';
import { optimizerRules } from '../harness/contract/backend.ts';
import type { Method } from '../harness/contract/method.ts';
import type { Model } from '../harness/contract/model.ts';
import { models } from '../harness/models/index.ts';
import { methods, wrappers } from '../methods/index.ts';
import type { LoadedPlugin, PluginIdentity } from './plugin.ts';

/** The kinds of things that a plug-in may add. */
type Kind = 'method' | 'model' | 'data set';

interface Named {
  readonly name: string;
  readonly aliases?: readonly string[];
}

/** Words that the command line reads as something else. */
const reserved = ['all', 'auto', 'sniff'];

/** The plug-in that a method, a model or a data set came from, by kind and name. */
const origins = new Map<string, PluginIdentity>();
const keyOf = (kind: Kind, name: string) => `${kind} ${name}`;

/**
 * Adds what a plug-in brings to the catalogues of this process, at their ends. Throws a UserError, and adds nothing, if one of its names
 * or short names is taken: names of methods, models, data sets and optimizers are one space, since `--set NAME.option` names them all.
 */
export function register({ use, plugin }: LoadedPlugin): void {
  const { methods: ofMethods = [], models: ofModels = [], datasets: ofDatasets = [] } = plugin;
  const added: [Kind, Named][] = [
    ...ofMethods.map((one): [Kind, Named] => ['method', one]),
    ...ofModels.map((one): [Kind, Named] => ['model', one]),
    ...ofDatasets.map((one): [Kind, Named] => ['data set', one]),
  ];
  const taken = takenNames();
  for (const [kind, { name, aliases = [] }] of added)
    for (const word of [name, ...aliases]) {
      const holder = taken.get(word);
      if (holder !== undefined)
        throw new UserError(
          `--plugin ${use.from}: the ${kind} ${name}${word === name ? '' : `, also called ${word},`} has a name that is taken by ${holder}; rename it`,
        );
      taken.set(word, `the ${kind} ${name} of this plug-in`);
    }
  const { name, version, digest } = use;
  const identity = { name, ...(version !== undefined && { version }), digest };
  for (const [kind, one] of added) origins.set(keyOf(kind, one.name), identity);
  // The lists are read-only for everybody else.
  (methods as Method[]).push(...ofMethods);
  (models as Model[]).push(...ofModels);
  (datasets as DatasetSpec[]).push(...ofDatasets.map((dataset) => withDigest(dataset, digest)));
}

function takenNames(): Map<string, string> {
  const holders: [string, readonly Named[]][] = [
    ['method', methods],
    ['wrapper', wrappers],
    ['model', models],
    ['data set', datasets],
    ['optimizer', optimizerRules.map((name) => ({ name }))],
  ];
  const taken = new Map(reserved.map((word) => [word, 'a word of the command line']));
  for (const [kind, list] of holders)
    for (const { name, aliases = [] } of list)
      for (const word of [name, ...aliases]) {
        const origin = kind === 'wrapper' ? undefined : origins.get(keyOf(kind as Kind, name));
        taken.set(word, `the ${kind} ${name}${origin === undefined ? '' : ` of ${origin.name}`}`);
      }
  return taken;
}

/** Prepared data in the cache are those of this code: other code may read the same log otherwise. */
function withDigest(dataset: DatasetSpec, digest: string): DatasetSpec {
  return {
    ...dataset,
    raw: (options) => {
      const log = dataset.raw(options);
      return { ...log, key: { ...log.key, plugin: digest } };
    },
  };
}

/** The plug-ins that a run's method (wrapped or not), model and data set came from; undefined if all are this project's own. */
export function originsOf(used: {
  readonly method: string;
  readonly model: string;
  readonly dataset?: string;
}): PluginIdentity[] | undefined {
  const inner = /\((.*)\)$/.exec(used.method)?.[1] ?? used.method;
  const found = [
    origins.get(keyOf('method', inner)),
    origins.get(keyOf('model', used.model)),
    ...(used.dataset === undefined ? [] : [origins.get(keyOf('data set', used.dataset))]),
  ].filter((origin) => origin !== undefined);
  return found.length === 0 ? undefined : [...new Set(found)];
}
