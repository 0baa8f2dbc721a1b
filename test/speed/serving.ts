/**
 * Times the readers of exported models: the TypeScript reader, the Python reader if python3 has NumPy (EMBED_BENCH_PYTHON names another one), and onnxruntime
 * where a folder has model.onnx (`--onnx` writes it). Each is a process of its own, on one thread, with the model in memory. Ids are drawn from all
 * ids of a field, dense values from 0 to 1: rows are ids and dense values already. Rows per second are those of a second of processor time.
 *
 *   npx tsx test/speed/serving.ts FOLDER... [--batch 1,16,256] [--seconds 2] [--onnx]        ten seconds a reader
 */
import fs from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { UserError } from '../../base/user-error.ts';
import { onnxFile, writeOnnx } from '../../serving/onnx/write-onnx.ts';
import { type Manifest, manifestFile, modelFile } from '../../serving/program/manifest.ts';
import { pythonForTests } from '../python-for-tests.ts';
import { runtime } from '../serving/onnx-runtime.ts';
import type { Timed } from './serving-process.ts';

const { values: options, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: {
    batch: { type: 'string', default: '1,16,256' },
    seconds: { type: 'string', default: '2' },
    onnx: { type: 'boolean' },
  },
});
const batches = options.batch.split(',').map(Number);
const env = {
  PYTHONPATH: join(import.meta.dirname, '../../serving/python'),
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
};

const perBatch = batches.flatMap((size) => (size === 1 ? ['p50 µs', 'p99 µs'] : [`rows/s by ${size}`]));
printRow(['model', 'reader', 'MB', 'resident MB', 'open ms', ...perBatch]);
for (const folder of folders) {
  if (options.onnx) tryOnnx(folder);
  for (const reader of ['typescript', 'python', 'onnxruntime']) {
    if (reader === 'onnxruntime' && (!runtime || !fs.existsSync(join(folder, onnxFile)))) continue;
    const timed = await timedInProcess(reader, folder);
    if (timed === undefined) continue;
    const size = fs.statSync(join(folder, reader === 'onnxruntime' ? onnxFile : modelFile)).size;
    printRow([
      ...[basename(folder), reader, (size / 1e6).toFixed(2), (timed.residentBytes / 1e6).toFixed(0)],
      (1e3 * timed.openSeconds).toFixed(0),
      ...batches.flatMap((size, i) => {
        const microseconds = (share: number) => (1e6 * quantile(timed.seconds[i], share)).toFixed(0);
        if (size === 1) return [microseconds(0.5), microseconds(0.99)];
        return [(size / timed.processorSeconds[i]).toFixed(0)];
      }),
    ]);
  }
}

/** A line of the table in Markdown. */
function printRow(cells: readonly string[]): void {
  console.log(`| ${cells.map((cell, i) => (i < 2 ? cell.padEnd(20) : cell.padStart(12))).join(' | ')} |`);
}

function tryOnnx(folder: string): void {
  try {
    writeOnnx(folder, JSON.parse(fs.readFileSync(join(folder, manifestFile), 'utf8')) as Manifest);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(`${basename(folder)}: no model.onnx: ${error.message}`);
  }
}

async function timedInProcess(reader: string, folder: string): Promise<Timed | undefined> {
  const asked = [folder, options.batch, options.seconds];
  const here = (name: string) => join(import.meta.dirname, name);
  const { failed, stdout, stderr } =
    reader === 'python'
      ? await execa(pythonForTests, [here('serving-peer.py'), ...asked], { env, reject: false })
      : await execa(process.execPath, [...process.execArgv, here('serving-process.ts'), reader, ...asked], { env, reject: false }); // prettier-ignore
  if (!failed) return JSON.parse(stdout) as Timed;
  console.error(`${basename(folder)}, ${reader}: ${stderr.trim().split('\n').at(-1)}`);
  return undefined;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
