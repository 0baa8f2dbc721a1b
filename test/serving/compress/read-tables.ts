import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseOptions } from '../../../base/parse-options.ts';
import { random } from '../../../base/random.ts';
import { planLayers } from '../../../serving/compress/plan-layers.ts';
import type { UserTable } from '../../../serving/compress/sources/open-tables.ts';
import {
  type ConvertedLayer,
  type WrittenTables,
  writeTables,
} from '../../../serving/compress/write-tables.ts';
import { tablesFormat, tablesVersion } from '../../../serving/program/tables-manifest.ts';
import { findMethod } from '../../../suites/find-method.ts';
import { pythonJson } from '../python.ts';

/** Small tables, folders of their compressed form, and what the Python reader finds there. */

export function userTable(name: string, rows: number, width: number): UserTable {
  const stream = random(rows + width);
  const floats = Float32Array.from({ length: rows * width }, () => stream.normal());
  const read = (from: number, to: number) => floats.slice(from * width, to * width);
  return { name, form: 'F32', source: { rows, width, pieceRows: 23, read } };
}

/** Rows counted in no order, some never. */
const countsOf = ({ source: { rows } }: UserTable) =>
  Uint32Array.from({ length: rows }, (_, row) => Math.max(0, ((row * 7919) % 41) - 3));

/** The result of compress for some tables, before it is written. */
export function converted(
  name: string,
  tables: readonly UserTable[],
  compression: number,
  options: Readonly<Record<string, unknown>> = {},
): ConvertedLayer[] {
  const method = findMethod(name);
  const asked = { method, options: parseOptions(method, options), compression, seed: 1 };
  return planLayers(tables, tables.map(countsOf), asked, 1e9).map(({ dim, tables, converter }) => ({
    dim,
    sources: tables.map(({ name, source: { rows } }) => ({ name, rows })),
    conversion: converter.convert((f) => tables[f].source),
  }));
}

/** Writes a folder that readers open. */
export function writeFolder(folder: string, layers: readonly ConvertedLayer[]): WrittenTables {
  const written = writeTables(join(folder, 'model.safetensors'), layers);
  const { layer, embeddings } = written;
  const manifest = { format: tablesFormat, version: tablesVersion, layer, embeddings };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  return written;
}

/** Ids of a table of a folder. */
export type Asked = readonly [folder: string, name: string, ids: readonly number[]];

/** Vectors of the Python reader, all in one process. */
export function pythonVectors(asked: readonly Asked[]): Float32Array[] {
  const found = pythonJson<string[]>(
    `
import base64, json, sys
from embed_bench_reader import open_tables
opened = {}
found = []
for folder, name, ids in json.load(sys.stdin):
    if folder not in opened:
        opened[folder] = open_tables(folder)
    vectors = opened[folder].vectors(name, ids)
    assert vectors.dtype == "float32" and vectors.shape == (len(ids), opened[folder].dim(name))
    found.append(base64.b64encode(vectors.tobytes()).decode())
print(json.dumps(found))
`,
    asked,
  );
  return found.map((text) => new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer));
}

/** The largest difference of two arrays, divided by the largest magnitude of the first. */
export function relativeDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} floats and ${b.length}`);
  const largest = a.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const worst = a.reduce((most, x, at) => Math.max(most, Math.abs(x - b[at])), 0);
  return worst === 0 ? 0 : worst / largest;
}
