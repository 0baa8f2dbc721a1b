import { z } from 'zod';
import { datasets } from '../datasets/index.ts';
import { isInfeasible, type Method } from '../harness/contract/method.ts';
import { sizeOf } from '../harness/contract/size.ts';
import { models } from '../harness/models/index.ts';
import { methods } from '../methods/index.ts';
import { kaggleFields } from '../suites/kaggle.ts';
import { suites } from '../suites/index.ts';
import { main } from './terminal/main.ts';
import { verb } from './terminal/verb.ts';

const command = verb('list', '[options]')
  .description('Methods, data sets, models and suites, with papers and compression ranges.')
  .option('--json', 'print one JSON object');

/** The largest compression that has a plan on Criteo Kaggle's cardinalities at dim 16, full bytes / serving bytes. */
function largestCompression(method: Method): number {
  const dim = 16;
  const fullBytes = 4 * dim * kaggleFields.reduce((sum, { cardinality }) => sum + cardinality, 0);
  const smallest = method.plan({ fields: kaggleFields, dim, budget: 0, seed: 1 }, method.options.parse({}));
  return fullBytes / (isInfeasible(smallest) ? smallest.smallestBytes : sizeOf(smallest).servingBytes);
}

function describeOptions({ options }: Method): { name: string; about: string; default: unknown }[] {
  if (!(options instanceof z.ZodObject)) return [];
  const defaults = options.parse({});
  return Object.entries<z.ZodType>(options.shape).map(([name, schema]) => ({
    name,
    about: schema.description ?? '',
    default: defaults[name] ?? null,
  }));
}

function catalogue() {
  return {
    methods: methods.map((method) => ({
      name: method.name,
      aliases: method.aliases,
      title: method.title,
      idea: method.idea,
      paper: method.paper,
      compression: { smallest: 1, largestOnKaggle: largestCompression(method) },
      options: describeOptions(method),
    })),
    datasets: datasets.map(({ name, title, needsData }) => ({ name, title, needsData })),
    models: models.map(({ name, title, paper }) => ({ name, title, paper })),
    suites,
  };
}

function print({ methods, datasets, models, suites }: ReturnType<typeof catalogue>): void {
  console.log('methods (compression: the most there is on Criteo Kaggle at dim 16, with default options)');
  for (const { name, aliases, idea, paper, compression, options } of methods) {
    const names = [name, ...aliases].join(', ');
    console.log(
      `  ${names}: ${idea}\n      up to ${Math.floor(compression.largestOnKaggle)}x; ${paper.cite}`,
    );
    for (const option of options)
      console.log(
        `      --set ${name}.${option.name}=${option.default === null ? '...' : JSON.stringify(option.default).replaceAll('"', '')}  ${option.about}`,
      );
  }
  console.log('data sets');
  for (const { name, title, needsData } of datasets)
    console.log(`  ${name}: ${title}${needsData ? ' (--data FILE)' : ''}`);
  console.log('models');
  for (const { name, paper } of models) console.log(`  ${name}: ${paper.cite}`);
  console.log('suites');
  for (const suite of suites) {
    const { name, question, methods, compressions } = suite;
    const repeated = 'seeds' in suite ? `${suite.seeds} seed(s)` : `${suite.rounds} rounds`;
    console.log(
      `  ${name}: ${question}\n      ${methods.includes('all') ? 'all methods' : methods.join(', ')} at ${compressions.map((c) => `${c}x`).join(', ')}, ${repeated}`,
    );
  }
}

await main(() => {
  const { json } = command.parse().opts<{ json?: boolean }>();
  if (json) console.log(JSON.stringify(catalogue()));
  else print(catalogue());
  return Promise.resolve(0);
});
