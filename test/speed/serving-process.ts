/**
 * One reader of test/speed/serving.ts in a process of its own, `typescript` or `onnxruntime`: prints a `Timed` as JSON.
 *
 *   npx tsx test/speed/serving-process.ts READER FOLDER BATCHES SECONDS
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { random } from '../../base/random.ts';
import { onnxFile } from '../../serving/onnx/write-onnx.ts';
import { type Manifest, manifestFile } from '../../serving/program/manifest.ts';
import { openModel } from '../../serving/reader/open-model.ts';
import type { EncodedRows } from '../../serving/reader/raw-rows.ts';
import { floats, integers, session } from '../serving/onnx-runtime.ts';

/** Times of one reader, by the size of the batch. */
export interface Timed {
  readonly openSeconds: number;
  /** Memory that the process took in addition, to open the model and to serve. */
  readonly residentBytes: number;
  /** Seconds of every call. */
  readonly seconds: readonly (readonly number[])[];
  /** Seconds of processors for a call. Other work on the machine does not change them much. */
  readonly processorSeconds: readonly number[];
}

/** Batches of one size, so many that none is in a cache for the reason of being the last one. */
const batchesDrawn = 64;

const [reader, folder, batches, seconds] = process.argv.slice(2);
const before = process.memoryUsage.rss();
const start = performance.now();
const run = reader === 'typescript' ? inTypeScript() : await inOnnx();
const openSeconds = (performance.now() - start) / 1e3;
const manifest = JSON.parse(fs.readFileSync(join(folder, manifestFile), 'utf8')) as Manifest;
const stream = random(1);
const found: number[][] = [];
const processors: number[] = [];
for (const size of batches.split(',').map(Number)) {
  const drawn = Array.from({ length: batchesDrawn }, () => batchOf(size));
  await calls(drawn, 500 * Number(seconds)); // machine code is made
  const used = process.cpuUsage();
  const own = await calls(drawn, 1000 * Number(seconds));
  const { user, system } = process.cpuUsage(used);
  found.push(own);
  processors.push((user + system) / 1e6 / own.length);
}
const timed: Timed = {
  openSeconds,
  residentBytes: process.memoryUsage.rss() - before,
  seconds: found,
  processorSeconds: processors,
};
console.log(JSON.stringify(timed));

async function calls(drawn: readonly EncodedRows[], milliseconds: number): Promise<number[]> {
  const own: number[] = [];
  for (let next = 0, end = performance.now() + milliseconds; performance.now() < end || next < 32; next++) {
    const start = performance.now();
    await run(drawn[next % drawn.length]);
    own.push((performance.now() - start) / 1e3);
  }
  return own;
}

function batchOf(size: number): EncodedRows {
  const { fields, denseColumns } = manifest;
  const idOf = (field: number) => Math.floor(fields[field].cardinality * stream.uniform());
  return {
    size,
    dense: Float32Array.from({ length: size * denseColumns }, () => stream.uniform()),
    ids: Uint32Array.from({ length: size * fields.length }, (_, at) => idOf(at % fields.length)),
  };
}

type Run = (batch: EncodedRows) => unknown;

function inTypeScript(): Run {
  const model = openModel(folder);
  return (batch) => model.probabilities(batch);
}

async function inOnnx(): Promise<Run> {
  const started = await session(join(folder, onnxFile));
  return ({ size, dense, ids }) =>
    started.run({
      dense: floats(dense, [size, dense.length / size]),
      ids: integers([...ids], [size, ids.length / size]),
    });
}
