import { datasets, defaultSettings, isPreset, type Published } from '../datasets/index.ts';
import { families, trainingCosts, type TrainingCost } from '../harness/contract/kinds.ts';
import { models } from '../harness/models/index.ts';
import { methods, wrappers } from '../methods/index.ts';
import {
  describeMethod,
  describeModel,
  describeWrapper,
  type MethodDescription,
} from '../suites/described/describe-method.ts';
import { describeOptions, type OptionDescription } from '../base/describe-options.ts';
import { findNamed, separated } from '../base/find-named.ts';
import { sum } from '../base/sum.ts';
import { expandName, findMethod } from '../suites/find-method.ts';
import { allSuites } from './options/suite-options.ts';
import { UserError } from '../base/user-error.ts';
import { main } from './terminal/main.ts';
import { defaultText, rangeText } from './documents/method-text.ts';
import { loadNamedPlugins, pluginOption } from './options/plugin-options.ts';
import { print, printJson } from './terminal/printed.ts';
import { verb } from './options/verb.ts';

const command = verb('list', '[options]')
  .description('Lists methods, data sets, models and suites, with papers and compression ranges.')
  .option(
    '--method <names>',
    'cards of these methods and wrappers alone, with their departures from the papers',
  )
  .addOption(pluginOption())
  .option('--json', 'print one JSON object');

function catalogue() {
  return {
    methods: methods.map((method) => describeMethod(method)),
    wrappers: wrappers.map(describeWrapper),
    datasets: datasets.map(({ name, title, options, flags, protocol, published }) => ({
      name,
      title,
      protocol: protocol ?? defaultSettings.protocol,
      ...(published && { published }),
      flags,
      options: describeOptions(options),
    })),
    models: models.map(describeModel),
    suites: allSuites,
  };
}

type Catalogue = ReturnType<typeof catalogue>;
type WrapperDescription = ReturnType<typeof describeWrapper>;

function printAll({ methods, wrappers, datasets, models, suites }: Catalogue): void {
  print(
    'methods (compression: what there is on Criteo Kaggle at dim 16, with default options; docs/methods.md has cards)',
  );
  for (const family of families) {
    const members = methods.filter((method) => method.family === family);
    if (members.length > 0) print(` ${family}`);
    for (const method of members) printMethod(method);
  }
  if (wrappers.length > 0) print("wrappers (around any method: --method 'int8(md)', in quotes)");
  for (const wrapper of wrappers) printWrapper(wrapper);
  print('training');
  for (const cost of Object.keys(trainingCosts) as TrainingCost[])
    if (methods.some((method) => method.cost === cost)) print(`  ${cost}: ${trainingCosts[cost]}`);
  print('data sets');
  for (const { name, title, flags, options, protocol, published } of datasets) {
    const rows = published?.map(rowsText).join(' or ');
    print(`  ${name}: ${title}${rows ? `; ${rows} rows` : ''}; ${protocol} split`);
    if (!isPreset(name)) printOptions(name, options, flags);
  }
  print(
    '  data sets without options above are published logs: --data FOLDER has their files under the published names, or --data FILE' +
      ' (--validation-data, --test-data, --max-bad-lines as for table; docs/data.md)',
  );
  print('models (--model; docs/models.md describes them)');
  for (const { name, aliases, title, formula, paper, width, options } of models) {
    print(`  ${[name, ...aliases].join(', ')}: ${title}; ${paper.cite}`);
    if (formula !== null) print(`      ${formula}`);
    if (width !== undefined) print(`      floats of an id: ${width}, whatever --dim says`);
    printOptions(name, options);
  }
  print('suites');
  for (const suite of suites) {
    const { name, question, methods, compressions } = suite;
    const asked = methods.includes('all') ? 'all methods' : methods.join(', ');
    const repeated = 'seeds' in suite ? `${suite.seeds} seed(s)` : `${suite.rounds} rounds`;
    print(
      `  ${name}: ${question}\n      ${asked} at ${compressions.map((c) => `${c}x`).join(', ')}, ${repeated}`,
    );
  }
}

function printMethod({
  name,
  aliases,
  idea,
  formula,
  paper,
  compression,
  cost,
  options,
}: MethodDescription): void {
  print(`  ${[name, ...aliases].join(', ')}: ${idea}`);
  if (formula !== null) print(`      ${formula}`);
  print(`      ${rangeText(compression)}; training: ${cost}; ${paper.cite}`);
  printOptions(name, options);
}

function printWrapper({ name, aliases, idea, formula, paper, options }: WrapperDescription): void {
  print(`  ${[name, ...aliases].join(', ')}: ${idea}`);
  if (formula !== null) print(`      ${formula}`);
  print(`      ${paper.cite}`);
  printOptions(`${name}(...)`, options);
}

/** Cards of the methods and wrappers named, with what differs from their papers. Throws a UserError for unknown names. */
function printCards(names: string, all: Catalogue): void {
  for (const wanted of separated(names)
    .flatMap((one) => expandName(one))
    .flatMap(partsOf)) {
    const { name } = findNamed([...methods, ...wrappers], 'method', wanted);
    const method = all.methods.find((one) => one.name === name);
    const wrapper = all.wrappers.find((one) => one.name === name);
    if (method) printMethod(method);
    if (wrapper) printWrapper(wrapper);
    const { departures } = method ?? wrapper!;
    print(
      departures.length === 0
        ? '      no known departures from the paper'
        : '      departures from the paper',
    );
    for (const { what, why } of departures) print(`      - ${what}: ${why}`);
  }
}

/** The wrapper and the method of a wrapped one, whose card has both. */
function partsOf(name: string): string[] {
  if (!name.includes('(')) return [name];
  findMethod(name);
  return name.split(/[()]/).filter((part) => part !== '');
}

/** Rows of all parts of a published log: `45,840,617`. */
function rowsText({ parts }: Published): string {
  return sum(Object.values(parts).map(({ rows = 0 }) => rows)).toLocaleString('en-US');
}

/** One line for each option; an option with a short form is shown by that. */
function printOptions(
  owner: string,
  options: readonly OptionDescription[],
  flags: Readonly<Record<string, string>> = {},
): void {
  for (const option of options) {
    const { name, about, values } = option;
    const byDefault = defaultText(option);
    const text = [about, values && `(${values})`].filter(Boolean).join(' ');
    print(
      name in flags
        ? `      ${flags[name]}  ${text}${option.default === null ? '' : `, ${byDefault} by default`}`
        : `      --set ${owner}.${name}=${byDefault}  ${text}`,
    );
  }
}

export const ended = main(async () => {
  const { json, method } = command.parse().opts<{ json?: boolean; method?: string }>();
  await loadNamedPlugins();
  if (json && method !== undefined) throw new UserError('--json prints everything: leave --method out');
  if (json) printJson(catalogue());
  else if (method !== undefined) printCards(method, catalogue());
  else printAll(catalogue());
  return 0;
});
