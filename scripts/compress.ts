import { existsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { UserError } from '../base/user-error.ts';
import { plural } from '../base/plural.ts';
import { parseOptions } from '../base/parse-options.ts';
import { compressTables } from '../serving/compress/compress-tables.ts';
import { modelFile } from '../serving/program/manifest.ts';
import { readCounts } from '../serving/compress/sources/counts.ts';
import { openTables } from '../serving/compress/sources/open-tables.ts';
import { findMethod } from '../suites/find-method.ts';
import { decodeTables } from './compress/decode-tables.ts';
import { aroundTables, chosenMethod } from './compress/chosen-method.ts';
import { reportLines } from './compress/report-lines.ts';
import { setting, type Setting } from './options/set-option.ts';
import { list, numberAbove, place, positiveNumber, wholeNumber } from './options/values.ts';
import { verb } from './options/verb.ts';
import { main } from './terminal/main.ts';
import { complain, print, printJson } from './terminal/printed.ts';

const command = verb('compress', 'tables.safetensors --method product-quantization [options]')
  .description(
    'Compresses embedding tables that you have trained elsewhere, without training, and writes a folder in which readers in Python and TypeScript look rows up. ' +
      'Tables are read in pieces (docs/compress.md).',
  )
  .argument('[tables]', 'tables as .safetensors (matrices of F32, F16 or BF16) or .npy (<f4 or <f2)')
  .option('--method <name>', "method that needs no training, or a number format: int8, 'int8(svd)'")
  .option(
    '--compression <ratio>',
    'bytes of the tables as 32-bit floats, divided by those of the result (default: 16; of a number format: its own)',
    numberAbove(1, { itself: true }),
  )
  .option('--counts <file>', 'look-ups of each row: .npy for one table, .safetensors with the names of tables', place)
  .option('--tables <names>', 'tensors to take, separated by commas; * stands for any text (default: all matrices of floats)', list)
  .option('--out <folder>', 'folder to write (default: one named after the file, the method and the ratio); with --decode: file', place)
  .option('--force', 'replace what is there')
  .option('--set <method.option=value>', 'option of the method (repeatable)', setting)
  .option('--seed <n>', 'seed of the method and of the sampled rows', wholeNumber(0), 1)
  .option('--sample <rows>', 'rows of each table whose neighbours are compared', wholeNumber(0), 2000)
  .option('--memory <GB>', 'memory that a method which holds all rows may take (default: half of this machine)', positiveNumber)
  .option('--decode <folder>', 'folder to decode: writes the tables as 32-bit floats', place)
  .option('--json', 'print the report as one JSON object'); // prettier-ignore

interface Flags {
  readonly method?: string;
  readonly compression?: number;
  readonly counts?: string;
  readonly tables?: string[];
  readonly out?: string;
  readonly force?: boolean;
  readonly set?: Setting[];
  readonly seed: number;
  readonly sample: number;
  readonly memory?: number;
  readonly decode?: string;
  readonly json?: boolean;
}

function compress(path: string, flags: Flags): void {
  const { seed, set = [], json } = flags;
  if (flags.method === undefined)
    throw new UserError('no method is named: add --method, such as --method product-quantization');
  const chosen = chosenMethod(flags.method, set);
  const method = findMethod(chosen.name);
  const options = parseOptions(method, chosen.options);
  const compression = flags.compression ?? (aroundTables(method.name) ? 1 : 16);
  const stem = basename(path).replace(/\.(npy|safetensors)$/i, '');
  const folder = flags.out ?? `${stem}-${method.name.replaceAll(/[()]+/g, '-').replace(/-$/, '')}-${compression}x`;
  if (!flags.force && existsSync(join(folder, modelFile)))
    throw new UserError(`${folder}: holds ${modelFile} already; add --force, or choose another --out`);
  const { tables, others, close } = openTables(path, flags.tables);
  try {
    const counts = flags.counts === undefined ? undefined : readCounts(flags.counts, tables);
    if (others.length > 0) complain(`not taken: ${plural(others.length, 'other tensor')} (${others.slice(0, 5).join(', ')})`);
    const report = compressTables({
      ...{ method, options, compression, seed, tables, counts, folder },
      sample: { rows: flags.sample, seed },
      memoryBytes: flags.memory === undefined ? totalmem() / 2 : 1e9 * flags.memory,
      onPhase: (phase) => complain(`${phase} ...`),
    });
    if (json) printJson({ folder, ...report });
    else print([...reportLines(report, counts !== undefined), `compressed: ${folder}`].join('\n'));
  } finally {
    close();
  }
} // prettier-ignore

export const ended = main(() => {
  const [path] = command.parse().args as [string | undefined];
  const flags = command.opts<Flags>();
  if (flags.decode !== undefined) {
    if (path !== undefined) throw new UserError(`--decode reads a folder: leave ${path} out`);
    const unread = (['method', 'compression', 'counts', 'tables', 'set', 'memory', 'json'] as const).find((name) => flags[name] !== undefined); // prettier-ignore
    if (unread !== undefined)
      throw new UserError(`--decode takes --out and --force alone: leave --${unread} out`);
    print(`decoded: ${decodeTables(flags.decode, flags.out, flags.force ?? false)}`);
  } else if (path === undefined)
    throw new UserError('no tables are named: npm run compress -- tables.safetensors --method product-quantization'); // prettier-ignore
  else compress(path, flags);
  return Promise.resolve(0);
});
