import { writeTsv } from '../datasets/criteo/write-tsv.ts';
import { datasets } from '../datasets/index.ts';
import { plantedSettings, plantedSource } from '../datasets/planted/index.ts';
import { UserError } from '../base/user-error.ts';
import { parts } from '../harness/contract/data.ts';
import { findNamed } from '../suites/catalogue.ts';
import { addDatasetOptions, datasetRequest, type DatasetOptions } from './terminal/dataset-options.ts';
import { main } from './terminal/main.ts';
import { single } from './terminal/misplaced.ts';
import { preparationBar } from './terminal/preparation-bar.ts';
import { print } from './terminal/printed.ts';
import { verb } from './terminal/verb.ts';

const command = verb('data', 'criteo train.txt [options]')
  .description('Prepares a raw log once, for every later bench; or writes planted clicks out as a raw log.')
  .argument('<dataset>', datasets.map(({ name }) => name).join(', '))
  .argument('[file]', 'the raw log: plain, .gz or .zst')
  .option('--write-tsv <file>', "planted: write a raw log in Criteo's format instead of preparing");
addDatasetOptions(command, String(plantedSettings.parse({}).rows));

interface Options extends DatasetOptions {
  readonly writeTsv?: string;
}

async function write(path: string, { rows, scale: scales, dataSeed }: Options): Promise<void> {
  const scale = single('--scale', scales);
  const settings = plantedSettings.parse({ rows, scale, seed: dataSeed });
  const written = await writeTsv(plantedSource(settings), path);
  print(`${path}: ${written.rows} rows, ${(written.bytes / 1e6).toFixed(1)} MB`);
}

async function prepare(name: string, file: string | undefined, options: Options): Promise<void> {
  const dataset = findNamed(datasets, 'data set', name);
  const progress = preparationBar();
  const start = performance.now();
  try {
    const data = await dataset.open({ ...datasetRequest(name, options, file), ...progress });
    const { facts, rows, fingerprint, protocol } = data;
    data.close();
    progress.stop();
    print(`${name}: ${facts.origin}, protocol ${protocol}, fingerprint ${fingerprint}`);
    for (const part of parts)
      print(`  ${part}: ${rows[part]} rows, click rate ${(100 * facts.clickRate[part]).toFixed(2)} %`);
    print(
      `  ids: ${facts.ids} in ${facts.fields.length} fields; malformed lines left out: ${facts.badLines}`,
    );
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const memory = (process.resourceUsage().maxRSS / 1e6).toFixed(2);
    print(`  ready in ${seconds} s, peak memory ${memory} GB`);
  } finally {
    progress.stop();
  }
}

await main(async () => {
  command.parse();
  const [name, file] = command.args as [string, string | undefined];
  const options = command.opts<Options>();
  if (options.writeTsv === undefined) await prepare(name, file, options);
  else if (name !== 'planted')
    throw new UserError('--write-tsv writes planted clicks: npm run data -- planted --write-tsv FILE');
  else await write(options.writeTsv, options);
  return 0;
});
