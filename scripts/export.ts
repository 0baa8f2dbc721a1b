import fs from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../base/user-error.ts';
import { writing } from '../files/disk-fault.ts';
import { findMethod } from '../suites/find-method.ts';
import { openVocabulary } from '../datasets/index.ts';
import { formatBytes } from '../reports/format.ts';
import type { TrainingEnvironment } from '../results/environment.ts';
import { readEnvironment } from '../results/environment-file.ts';
import type { CompletedRun } from '../results/record.ts';
import { readRecording } from '../results/store.ts';
import { addLog, rowsLookedAt } from '../serving/export/add-log.ts';
import { requireFree, workFolder } from '../serving/export/output-folder.ts';
import { largestDifference } from '../serving/reader/check-samples.ts';
import { hasModel } from '../serving/program/read-manifest.ts';
import { onnxFile, writeOnnx } from '../serving/onnx/write-onnx.ts';
import { openModel, type OpenModel } from '../serving/reader/open-model.ts';
import { writeCard } from '../serving/export/write-card.ts';
import { modelFolder, trainAgain } from '../suites/exporting/train-again.ts';
import type { ComparisonSettings } from '../suites/settings.ts';
import { recordedSettings } from './bench/recorded-settings.ts';
import { findDataset } from './options/dataset-options.ts';
import { loadNamedPlugins, pluginOption, requirePlugins } from './options/plugin-options.ts';
import { given, place, positiveNumber, wholeNumber } from './options/values.ts';
import { verb } from './options/verb.ts';
import { preparationBar } from './progress/preparation-bar.ts';
import { Interrupted, interruption } from './terminal/interrupt.ts';
import { main } from './terminal/main.ts';
import { complain, print, printJson } from './terminal/printed.ts';

const command = verb('export', '<recording> --method <name> [options]')
  .description(
    'Writes a trained model of a recording for use elsewhere: model.safetensors, manifest.json, vocabulary.safetensors and a card. A run whose model was not kept (bench --keep-model) is trained again.',
  )
  .argument('<recording>', 'folder of a recording, under results/ or recordings/')
  .option('--run <id>', 'the run, by its id in runs.jsonl', given)
  .option('--method <name>', 'the run, by its method', given)
  .option('--compression <ratio>', 'the run, by the compression that was asked for', positiveNumber)
  .option('--seed <n>', 'the run, by its seed (default: 1)', wholeNumber(0))
  .option('--out <folder>', 'folder of the model (default: exported/<method>-<ratio>x-seed<n>)', place)
  .option('--data <file>', 'log of the recording, if it is no longer where its command says', place)
  .option('--schema <file>', 'its schema, in the same way', place)
  .option('--cache <folder>', 'folder of prepared data', place)
  .addOption(pluginOption())
  .option('--no-vocabulary', 'ids and dense values only: the log is not read again for its tokens')
  .option('--onnx', 'also model.onnx, for methods whose lookup is gathers, arithmetic and dense layers')
  .option('--force', 'replaces an exported model that is there')
  .option('--json', 'sizes and files as one JSON object on stdout');

const otherwise = { otherwise: 'choose another --out' };

/** Readers may round otherwise than a backend. */
const mostDifference = 1e-5;

interface Asked {
  readonly run?: string;
  readonly method?: string;
  readonly compression?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly data?: string;
  readonly schema?: string;
  readonly cache?: string;
  readonly vocabulary: boolean;
  readonly onnx?: true;
  readonly force?: true;
  readonly json?: true;
}

export const ended = main(async () => {
  const [directory] = command.parse().args;
  const asked = command.opts<Asked>();
  await loadNamedPlugins();
  const run = chosenRun(readRecording(directory).runs, asked);
  requirePlugins(run.plugins);
  const { method, seed } = run;
  const name = `${method.replace(/[^\w-]+/g, '-').replace(/-$/, '')}-${run.compression.requested}x-seed${seed}`;
  const out = asked.out ?? join('exported', name);
  requireFree(out, asked.force ?? false);

  const kept = modelFolder(join(directory, 'models'), run);
  const isKept = hasModel(kept); // one that another version kept is trained again
  const settings = isKept && !asked.vocabulary ? undefined : await settingsOfRun(directory, asked);
  const work = workFolder(out);
  const preparation = preparationBar();
  try {
    if (isKept) writing(out, () => fs.cpSync(kept, work, { recursive: true }), otherwise);
    else await train(directory, run, settings!, work, preparation);
    const withLog = settings && asked.vocabulary ? await log(settings, run, work, preparation) : undefined;
    const facts = writeCard(work, run, withLog?.vocabularyBytes ?? 0);
    const model = openModel(work);
    const { samples } = model.manifest;
    const difference = largestDifference(model);
    if (!(difference < mostDifference))
      throw new Error(
        `the written model gives probabilities that differ by ${difference} from the trained one`,
      );
    const refused = asked.onnx && onnxRefusal(work, model);
    writing(
      out,
      () => {
        fs.rmSync(out, { recursive: true, force: true });
        fs.renameSync(work, out);
      },
      otherwise,
    );
    preparation.stop();
    if (asked.json) printJson({ out, run: run.id, ...facts, difference });
    else
      print(
        [
          `embedding layer: ${formatBytes(facts.layerBytes)} on disk, ${formatBytes(facts.servingBytes)} counted`,
          `network: ${formatBytes(facts.networkBytes)}`,
          `vocabulary: ${withLog === undefined ? 'none' : withLog.vocabularyBytes > 0 ? formatBytes(withLog.vocabularyBytes) : 'none is needed, ids are hashes of tokens'}`,
          `check: ${samples.size} rows read back, probabilities differ by ${difference.toExponential(1)} at most`,
          `model: ${resolve(out)}`,
        ].join('\n'),
      );
    if (withLog && !withLog.hasRows)
      complain(
        'the sample rows were not found in the log, whose rows its split moves: the manifest has them as ids alone',
      );
    if (refused) complain(`no ${onnxFile}, all else is written: ${refused}`);
    return refused ? 2 : 0;
  } finally {
    preparation.stop();
    fs.rmSync(work, { recursive: true, force: true });
    fs.rmSync(`${work}.models`, { recursive: true, force: true });
  }
});

/** Writes model.onnx. The reason why there is none, if the model is of another kind: it is exported all the same. */
function onnxRefusal(folder: string, { manifest }: OpenModel): string | undefined {
  try {
    writeOnnx(folder, manifest);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** The one completed run that the options name. Throws a UserError that says what there is. */
function chosenRun(runs: readonly { readonly status: string }[], asked: Asked): CompletedRun {
  if (asked.run === undefined && asked.method === undefined)
    throw new UserError('say which run: --run ID, or --method NAME with --compression RATIO');
  const completed = runs.filter((run): run is CompletedRun => run.status === 'completed');
  const wanted = asked.method === undefined ? undefined : methodNamed(asked.method, completed);
  const found = completed.filter(
    ({ id, method, compression, seed }) =>
      (asked.run === undefined || id.startsWith(asked.run)) &&
      (wanted === undefined || method === wanted) &&
      (asked.compression === undefined || compression.requested === asked.compression) &&
      (asked.run !== undefined || seed === (asked.seed ?? 1)),
  );
  if (found.length === 1) return found[0];
  const told = (found.length > 0 ? found : completed).slice(0, 6);
  const names = told.map(({ id, method, compression, seed, learningRate }) => `${id} (${method}, ${compression.requested}x, seed ${seed}, rate ${learningRate})`); // prettier-ignore
  throw new UserError(
    `${found.length === 0 ? 'no completed run fits' : `${found.length} runs fit`}; choose one by --run: ${names.join('; ')}${told.length < (found.length || completed.length) ? '; ...' : ''}`,
  );
}

/** The name of a method. One that is unknown may be of a plug-in of the recording: its code is asked for then. */
function methodNamed(name: string, runs: readonly CompletedRun[]): string {
  try {
    return findMethod(name).name;
  } catch (error) {
    requirePlugins(runs.flatMap(({ plugins = [] }) => plugins));
    throw error;
  }
}

/** The settings of the command that made the recording. */
async function settingsOfRun(directory: string, { data, schema, cache }: Asked): Promise<ComparisonSettings> {
  const environment = readEnvironment(directory);
  if (environment === undefined)
    throw new UserError(`${directory}: it has no environment.json, which has the command`);
  return recordedSettings({ data, schema, cache })(environment as TrainingEnvironment);
}

type Preparation = ReturnType<typeof preparationBar>;

async function train(
  directory: string,
  run: CompletedRun,
  settings: ComparisonSettings,
  work: string,
  preparation: Preparation,
): Promise<void> {
  complain(`${run.method} at ${run.compression.requested}x, seed ${run.seed}: training again`);
  const interrupt = interruption();
  let auc: number;
  try {
    auc = await trainAgain(run, {
      ...{ settings, preparation, concurrency: 1, command: '', out: directory, modelsIn: `${work}.models` },
      signal: interrupt.signal,
      onProgress: () => interrupt.listen(), // preparing takes no signal
    });
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    throw new Interrupted('nothing is written, and the same command begins anew');
  } finally {
    interrupt.stopListening();
  }
  if (auc !== run.quality.auc)
    complain(
      `test AUC ${auc}, recorded ${run.quality.auc}: another kind of processor or other code rounds otherwise`,
    );
  fs.renameSync(modelFolder(`${work}.models`, run), work);
}

async function log(
  { dataset, request }: ComparisonSettings,
  run: CompletedRun,
  work: string,
  preparation: Preparation,
) {
  const vocabulary = await openVocabulary(findDataset(dataset), { ...request, ...preparation }, rowsLookedAt);
  // Ids of another log's tokens would be read without a complaint, and mean something else.
  if (vocabulary.fingerprint !== run.dataset.fingerprint)
    throw new UserError(
      `${run.id} was trained on other data than this log: name the log of the recording by --data, or leave its tokens out by --no-vocabulary`,
    );
  return addLog(work, dataset, vocabulary);
}
