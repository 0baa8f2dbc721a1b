import type { Command } from 'commander';
import { writeTsv } from '../datasets/criteo/write-tsv.ts';
import { datasets, openDataset, rawLog, recordedFacts } from '../datasets/index.ts';
import { sum } from '../base/sum.ts';
import { UserError } from '../base/user-error.ts';
import { parts } from '../harness/contract/data.ts';
import { headSharesText } from '../reports/head-shares-text.ts';
import { addDatasetOptions, datasetRequest, findDataset } from './options/dataset-options.ts';
import { sourceLines } from './data/source-lines.ts';
import { sniffLog, type SniffRequest, sniffWord } from './data/sniff.ts';
import { refuse } from './options/misplaced.ts';
import { loadNamedPlugins, pluginOption } from './options/plugin-options.ts';
import { setting, type Setting } from './options/set-option.ts';
import { place } from './options/values.ts';
import { verb } from './options/verb.ts';
import { preparationBar } from './progress/preparation-bar.ts';
import { main } from './terminal/main.ts';
import { complain, print } from './terminal/printed.ts';

/** Made when plug-ins are loaded, which bring data sets. */
function dataCommand(): Command {
  const command = verb('data', 'criteo train.txt [options]')
    .description(
      "Prepares a raw log once, for every later bench; or writes a data set out as a log in Criteo's format.",
    )
    .argument(
      '<dataset>',
      `${datasets.map(({ name }) => name).join(', ')}; ${sniffWord}: look at a file and propose a schema`,
    )
    .argument('[file]', 'raw log, for a data set with the option --data')
    .option('--set <name.option=value>', 'option of the data set (repeatable)', setting)
    .option('--out <file>', `${sniffWord}: file of the schema to write`, place)
    .option('--force', `${sniffWord}: replace the file that is there`)
    .option('--write-tsv <file>', "raw log in Criteo's format to write instead of preparing")
    .addOption(pluginOption());
  return addDatasetOptions(command);
}

type Dataset = ReturnType<typeof findDataset>;
type Request = ReturnType<typeof datasetRequest>;

async function write(path: string, dataset: Dataset, { options }: Request): Promise<void> {
  const written = await writeTsv(
    rawLog(dataset, options).source(() => {}),
    path,
  );
  print(`${path}: ${written.rows} rows, ${(written.bytes / 1e6).toFixed(1)} MB`);
}

async function prepare(dataset: Dataset, request: Request): Promise<void> {
  const progress = preparationBar();
  const start = performance.now();
  try {
    const data = await openDataset(dataset, { ...request, ...progress });
    const { rows, fingerprint, protocol } = data;
    const facts = recordedFacts(data);
    data.close();
    progress.stop();
    print(`${dataset.name}: ${facts.origin}, protocol ${protocol}, fingerprint ${fingerprint}`);
    for (const part of parts)
      print(`  ${part}: ${rows[part]} rows, click rate ${(100 * facts.clickRate[part]).toFixed(2)} %`);
    print(
      `  ids: ${facts.ids} in ${facts.fields.length} fields; malformed lines left out: ${facts.badLines}`,
    );
    print(`  lookups in training, fields weighted by their ids: ${headSharesText(facts.headShares)}`);
    if (facts.maxIdsPerField !== undefined)
      print(`  tokens modulo ${facts.maxIdsPerField}: different tokens share ids before any method does`);
    if (facts.idsPerToken !== undefined) {
      const all = sum(facts.fields.map(({ distinctTokens }) => distinctTokens));
      const sharing = sum(facts.fields.map(({ sharingTokens = 0 }) => sharingTokens));
      print(`  ids are hashes of tokens: ${sharing} of ${all} training tokens share theirs with another one`);
    }
    if (facts.days !== undefined)
      print(
        `  days: ${Object.entries(facts.days)
          .map(([day, rows]) => `${day} ${rows}`)
          .join(', ')}; ${sum(Object.values(facts.days))} rows`,
      );
    if (facts.weights)
      print('  rows have weights, which count in the loss and in scores, not in click rates');
    for (const line of sourceLines(facts)) print(`  ${line}`);
    if (facts.published !== undefined) print(`  compared with what is published: ${facts.published}`);
    const hashed = facts.fields.filter(({ hashCollisions }) => hashCollisions !== undefined);
    if (hashed.length > 0) {
      const texts = sum(hashed.map(({ distinctTokens }) => distinctTokens));
      const collisions = sum(hashed.map(({ hashCollisions }) => hashCollisions!));
      print(`  texts: ${texts} in ${hashed.length} fields; hash collisions, told apart: ${collisions}`);
    }
    for (const { name, pool, values } of facts.fields)
      if (pool) print(`  ${name}: the ${pool} of ${values} values`);
    const rates = new Set(Object.values(facts.clickRate));
    if (rates.has(0) !== rates.has(1) && rates.size === 1)
      complain(
        `every row of the log has the label ${[...rates][0]}, which bench refuses: check which values are clicks`,
      );
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const memory = (process.resourceUsage().maxRSS / 1e6).toFixed(2);
    print(`  ready in ${seconds} s, peak memory ${memory} GB`);
  } finally {
    progress.stop();
  }
}

export const ended = main(async () => {
  await loadNamedPlugins();
  const command = dataCommand().parse();
  const [name, file] = command.args as [string, string | undefined];
  const { set = [], writeTsv: path } = command.opts<{ set?: Setting[]; writeTsv?: string }>();
  if (name === sniffWord) {
    if (file === undefined)
      throw new UserError(`${sniffWord} needs a file: npm run data -- ${sniffWord} FILE`);
    await sniffLog(file, command.opts<SniffRequest>());
    return 0;
  }
  refuse(command, ['out', 'force'], `belongs to ${sniffWord}`);
  const dataset = findDataset(name);
  if (file !== undefined) {
    if (!('data' in dataset.options.shape)) throw new UserError(`${name} reads no file: leave ${file} out`);
    command.setOptionValueWithSource('data', file, 'cli');
  }
  const request = datasetRequest(dataset, command, set);
  if (path === undefined) await prepare(dataset, request);
  else await write(path, dataset, request);
  return 0;
});
