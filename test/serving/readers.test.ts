import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../base/user-error.ts';
import { onnxFile, writeOnnx } from '../../serving/onnx/write-onnx.ts';
import type { Manifest } from '../../serving/program/manifest.ts';
import { largestDifference } from '../../serving/reader/check-samples.ts';
import { openModel } from '../../serving/reader/open-model.ts';
import { allExports, exportInto, type LookedUp, nameOf } from './exports.ts';
import { floats, integers, runtime, session } from './onnx-runtime.ts';
import { hasNumPy, pythonJson } from './python.ts';

/**
 * Exports of every method, model and number format, trained once, and read by the TypeScript reader, by the Python reader and by the ONNX runtime:
 * probabilities are those of the trained model.
 */

const most = 1e-5;
let root: string;
const manifests = new Map<string, Manifest>();
const lookedUp = new Map<string, LookedUp>();
const folderOf = (name: string) => join(root, String(names.indexOf(name)));
const names = allExports.map(nameOf);

beforeAll(async () => {
  root = fs.mkdtempSync(join(tmpdir(), 'embed-bench-exports-'));
  for (const exported of allExports) {
    const name = nameOf(exported);
    manifests.set(name, await exportInto(folderOf(name), exported, (all) => lookedUp.set(name, all)));
  }
}, 600_000);
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

test.each(names)('the TypeScript reader: %s', (name) => {
  const model = openModel(folderOf(name));
  expect(model.manifest.samples.size).toBe(100);
  expect(largestDifference(model)).toBeLessThan(most);
  const { probabilities } = model.manifest.samples;
  expect(new Set(probabilities).size).toBeGreaterThan(50); // they tell rows apart
});

test.each(names)('every id has the vector of the trained layer: %s', (name) => {
  const model = openModel(folderOf(name));
  const { ids, vectors } = lookedUp.get(name)!;
  const found = model.vectors(ids);
  expect(found).toHaveLength(vectors.length);
  const largest = vectors.reduce((most, x, i) => Math.max(most, Math.abs(x - found[i])), 0);
  expect(largest).toBeLessThan(most);
  // A row alone is looked up as it is among others.
  const { length } = model.manifest.fields;
  expect([...model.vectors(ids.slice(0, length))]).toEqual([
    ...found.slice(0, found.length / (ids.length / length)),
  ]);
  expect(model.vectors(new Uint32Array(0))).toHaveLength(0);
  expect(() => model.vectors(ids.slice(1))).toThrow(/^\d+ ids; the model takes \d for each row$/);
  const [{ name: field, cardinality }] = model.manifest.fields;
  const above = ids.slice(0, length).fill(cardinality, 0, 1);
  expect(() => model.vectors(above)).toThrow(
    `${field}: the id ${cardinality}, and its ids end at ${cardinality - 1}`,
  );
});

describe.skipIf(!hasNumPy)('the Python reader', () => {
  const found = new Map<string, number | string>();
  beforeAll(() => {
    const told = pythonJson<(number | string)[]>(
      `import json, sys
from embed_bench_reader import open_model, ReaderError
from embed_bench_reader.__main__ import largest_difference
def one(folder):
    try:
        return largest_difference(open_model(folder))
    except ReaderError as error:
        return str(error)
print(json.dumps([one(folder) for folder in json.load(sys.stdin)]))`,
      names.map(folderOf),
    );
    names.forEach((name, i) => found.set(name, told[i]));
  }, 60_000);

  test.each(names)('%s', (name) => {
    expect(found.get(name)).toBeTypeOf('number');
    expect(found.get(name)).toBeLessThan(most);
  });
});

describe.skipIf(!runtime)('the ONNX runtime', () => {
  /** Models whose look-up is more than gathers, arithmetic and dense layers, and the first reason why. */
  const refused: Readonly<Record<string, RegExp>> = {
    'double-hashing': /^the operation index-among has no counterpart in ONNX/,
    lma: /index-among/,
    'multi-probe-hashing': /index-probed/,
    'frequency-truncation': /index-among/,
    cafe: /index-among/,
    'ada-embed': /index-among/,
    mgqe: /index-among/,
    leverage: /index-among/,
    fiited: /index-among/,
    'opt-embed': /index-among/,
    'mixed-precision-embeddings': /index-class/,
    shark: /index-class/,
    'magnitude-pruning': /^tables\.0 is stored as sparse, and model\.onnx takes/,
    'deep-light': /sparse/,
    cerp: /sparse/,
    pep: /sparse/,
    'auto-srh': /sparse/,
    'low-precision-training': /grid codes of 8 bits/,
    'adaptive-low-precision-training': /grid codes of 6 bits/,
    'learned-step-quantization': /grid codes of 8 bits/,
    'fp8(full)': /fp8 \(e4m3\)/,
    'fp8-e5m2(full)': /fp8 \(e5m2\)/,
    'mxfp8(full)': /mx \(e/,
    'mxfp6(full)': /mx \(e/,
    'mxfp4(full)': /mx \(e2m1\)/,
    'mxint8(full)': /mx \(int8\)/,
    'nf4(full)': /nf4/,
    'int4(full)': /row-wise codes of 4 bits/,
    'int2(full)': /row-wise codes of 2 bits/,
    'int4(robe)': /row-wise codes of 4 bits/,
  };

  test.each(names)('%s', async (name) => {
    const folder = folderOf(name);
    const manifest = manifests.get(name)!;
    const { method, samples, fields, denseColumns } = manifest;
    const reason = fields.some(({ pool }) => pool) ? /^the field C\d has several values in a row/ : refused[method.name]; // prettier-ignore
    if (reason) {
      expect(() => writeOnnx(folder, manifest)).toThrow(reason);
      expect(() => writeOnnx(folder, manifest)).toThrow(UserError);
      return expect(fs.existsSync(join(folder, onnxFile))).toBe(false);
    }
    expect(writeOnnx(folder, manifest)).toBe(fs.statSync(join(folder, onnxFile)).size);
    const started = await session(join(folder, onnxFile));
    const differences: number[] = [];
    for (const rows of [samples.size, 1]) {
      const { probability } = await started.run({
        dense: floats(samples.dense.slice(0, rows * denseColumns), [rows, denseColumns]),
        ids: integers(samples.ids.slice(0, rows * fields.length), [rows, fields.length]),
      });
      expect(probability.dims).toEqual([rows]);
      (probability.data as Float32Array).forEach((p, i) => differences.push(Math.abs(p - samples.probabilities[i]))); // prettier-ignore
    }
    await started.release();
    expect(Math.max(...differences)).toBeLessThan(most);
  });

  test('a model above the longest file is refused, and nothing is written', () => {
    const folder = folderOf('full dlrm');
    fs.rmSync(join(folder, onnxFile), { force: true });
    expect(() => writeOnnx(folder, manifests.get('full dlrm')!, 30_000)).toThrow(
      /^the model has \d+ bytes, and model\.onnx can have 30000; use the TypeScript or the Python reader$/,
    );
    expect(fs.readdirSync(folder).sort()).toEqual(['manifest.json', 'model.safetensors']);
  });
});
