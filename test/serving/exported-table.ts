import { mkdtempSync, cpSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { readRecording } from '../../results/store.ts';
import { main } from '../../scripts/terminal/main.ts';
import { print } from '../../scripts/terminal/printed.ts';
import { bytesIn } from '../../serving/export/write-card.ts';
import { writeOnnx } from '../../serving/onnx/write-onnx.ts';
import { modelFile } from '../../serving/program/manifest.ts';
import { largestDifference } from '../../serving/reader/check-samples.ts';
import { openModel } from '../../serving/reader/open-model.ts';
import { hasNumPy, python } from './python.ts';

/**
 * Every kept model of a recording: bytes of its embedding layer on disk beside those counted, the largest difference of a click probability of both readers
 * from the process that trained it, and whether it goes to ONNX. Markdown.
 *
 * `npm run bench -- --method all --compression 16 --seeds 1 --keep-model --out results/NAME`, then `npx tsx test/serving/exported-table.ts results/NAME`.
 */

interface Kept {
  readonly id: string;
  readonly method: string;
}

function line(directory: string, { id, method }: Kept): string {
  const folder = join(directory, 'models', id);
  const model = openModel(folder);
  const { servingBytes } = model.manifest.bytes;
  const { layerBytes } = bytesIn(join(folder, modelFile));
  const more = servingBytes === 0 ? '' : ((100 * (layerBytes - servingBytes)) / servingBytes).toFixed(2);
  const differences = `${largestDifference(model).toExponential(1)} | ${inPython(folder)}`;
  return `| \`${method}\` | ${servingBytes} | ${layerBytes} | ${more} | ${differences} | ${inOnnx(folder, model.manifest)} |`;
}

function inPython(folder: string): string {
  if (!hasNumPy) return 'no NumPy';
  const { stdout, stderr } = python(['-m', 'embed_bench_reader', folder]);
  const [, difference] = /largest difference (\S+)/.exec(String(stdout)) ?? [];
  return difference === undefined
    ? `failed: ${String(stderr).split('\n')[0]}`
    : Number(difference).toExponential(1);
}

/** Yes, or the reason. The folder is left as it is. */
function inOnnx(folder: string, manifest: Parameters<typeof writeOnnx>[1]): string {
  const aside = mkdtempSync(join(tmpdir(), 'embed-bench-'));
  try {
    cpSync(folder, aside, { recursive: true });
    writeOnnx(aside, manifest);
    return 'yes';
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message.split(/[;,:]/)[0];
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

await main(() => {
  const [directory] = process.argv.slice(2);
  const kept = new Set(readdirSync(join(directory, 'models')));
  print('| method | counted, bytes | on disk, bytes | more, % | TypeScript | Python | ONNX |');
  print('|---|---:|---:|---:|---:|---:|---|');
  for (const run of readRecording(directory).runs) if (kept.has(run.id)) print(line(directory, run));
  return Promise.resolve(0);
});
