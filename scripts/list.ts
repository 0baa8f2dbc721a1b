import { datasets } from '../datasets/index.ts';
import { families, trainingCosts, type TrainingCost } from '../harness/contract/kinds.ts';
import { models } from '../harness/models/index.ts';
import { methods, wrappers } from '../methods/index.ts';
import { describeMethod, describeWrapper, type OptionDescription } from '../suites/describe-method.ts';
import { suites } from '../suites/index.ts';
import { main } from './terminal/main.ts';
import { defaultText, rangeText } from './terminal/method-text.ts';
import { verb } from './terminal/verb.ts';

const command = verb('list', '[options]')
  .description('Methods, data sets, models and suites, with papers and compression ranges.')
  .option('--json', 'print one JSON object');

function catalogue() {
  return {
    methods: methods.map((method) => describeMethod(method)),
    wrappers: wrappers.map(describeWrapper),
    datasets: datasets.map(({ name, title, needsData }) => ({ name, title, needsData })),
    models: models.map(({ name, title, paper }) => ({ name, title, paper })),
    suites,
  };
}

function print({ methods, wrappers, datasets, models, suites }: ReturnType<typeof catalogue>): void {
  console.log(
    'methods (compression: what there is on Criteo Kaggle at dim 16, with default options; docs/methods.md has cards)',
  );
  for (const family of families) {
    const members = methods.filter((method) => method.family === family);
    if (members.length > 0) console.log(` ${family}`);
    for (const { name, aliases, idea, formula, paper, compression, cost, options } of members) {
      console.log(`  ${[name, ...aliases].join(', ')}: ${idea}`);
      if (formula !== null) console.log(`      ${formula}`);
      console.log(`      ${rangeText(compression)}; training: ${cost}; ${paper.cite}`);
      printOptions(name, options);
    }
  }
  if (wrappers.length > 0) console.log("wrappers (around any method: --method 'int8(md)', in quotes)");
  for (const { name, aliases, idea, formula, paper, options } of wrappers) {
    console.log(`  ${[name, ...aliases].join(', ')}: ${idea}`);
    if (formula !== null) console.log(`      ${formula}`);
    console.log(`      ${paper.cite}`);
    printOptions(`${name}(...)`, options);
  }
  console.log('training');
  for (const cost of Object.keys(trainingCosts) as TrainingCost[])
    if (methods.some((method) => method.cost === cost)) console.log(`  ${cost}: ${trainingCosts[cost]}`);
  console.log('data sets');
  for (const { name, title, needsData } of datasets)
    console.log(`  ${name}: ${title}${needsData ? ' (--data FILE)' : ''}`);
  console.log('models');
  for (const { name, paper } of models) console.log(`  ${name}: ${paper.cite}`);
  console.log('suites');
  for (const suite of suites) {
    const { name, question, methods, compressions } = suite;
    const asked = methods.includes('all') ? 'all methods' : methods.join(', ');
    const repeated = 'seeds' in suite ? `${suite.seeds} seed(s)` : `${suite.rounds} rounds`;
    console.log(
      `  ${name}: ${question}\n      ${asked} at ${compressions.map((c) => `${c}x`).join(', ')}, ${repeated}`,
    );
  }
}

function printOptions(owner: string, options: readonly OptionDescription[]): void {
  for (const option of options)
    console.log(
      `      --set ${owner}.${option.name}=${defaultText(option)}  ${[option.about, option.values && `(${option.values})`].filter(Boolean).join(' ')}`,
    );
}

await main(() => {
  const { json } = command.parse().opts<{ json?: boolean }>();
  if (json) console.log(JSON.stringify(catalogue()));
  else print(catalogue());
  return Promise.resolve(0);
});
