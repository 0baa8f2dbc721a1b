import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import type { Table } from '../../harness/contract/method.ts';
import { bitsAt } from '../../harness/serving/bits.ts';
import { readStretches } from '../../harness/serving/piecewise.ts';
import { openSafetensors, type StoredTensor } from '../safetensors/read.ts';
import { type Decoded, decoderOf, type StoredMap, type StoredRows } from './decoder.ts';
import { type Manifest, type ManifestLayer, manifestSchema } from './manifest.ts';

/** One of the user's tables, decoded from what is stored. */
export interface CompressedTable {
  readonly name: string;
  readonly rows: number;
  readonly width: number;
  readonly decode: (from: number, to: number) => Decoded;
}

export interface OpenCompressed {
  readonly manifest: Manifest;
  readonly tables: readonly CompressedTable[];
  readonly close: () => void;
}

export const modelFile = 'model.safetensors';
export const manifestFile = 'manifest.json';

/** Opens a folder of compressed tables. Throws a UserError where one of its files is missing or not what it should be. */
export function openCompressed(folder: string): OpenCompressed {
  const path = join(folder, manifestFile);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new UserError(`${path}: cannot be read; name a folder that npm run compress has written`);
  }
  return openLayers(join(folder, modelFile), manifestOf(path, text));
}

function manifestOf(path: string, text: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UserError(`${path}: is no JSON; compress the tables again`);
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [{ path: where, message }] = parsed.error.issues;
  throw new UserError(`${path}: ${where.join('.')}: ${message}; compress the tables again`);
}

/** The same of a manifest that is at hand. */
export function openLayers(path: string, manifest: Manifest): OpenCompressed {
  const { tensors, close } = openSafetensors(path);
  const find = (name: string): StoredTensor => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new UserError(`${path}: lacks tensor ${name} of its manifest`);
    return tensor;
  };
  try {
    return { manifest, tables: manifest.layers.flatMap((layer) => tablesOf(layer, find)), close };
  } catch (error) {
    close();
    throw error;
  }
}

function tablesOf(layer: ManifestLayer, find: (name: string) => StoredTensor): CompressedTable[] {
  const decode = decoderOf({
    dim: layer.dim,
    tables: layer.tables.map((table) => storedRows(table, find(table.tensor))),
    weights: layer.weights.map(({ tensor }) => floatsOf(find(tensor))),
    maps: layer.maps.map((map) => storedMap(map, find(map.tensor))),
    recipes: layer.sources.map(({ recipe }) => recipe),
  });
  return layer.sources.map(({ name, rows }, i) => ({
    name,
    rows,
    width: layer.dim,
    decode: (from, to) => decode(i, from, to),
  }));
}

function storedRows({ rows, width, stored }: ManifestLayer['tables'][number], tensor: StoredTensor): StoredRows {
  const parts = [{ rows, init: { mean: 0, halfWidth: 0 } }];
  const table: Table = { width, parts, ...(stored && { stored }) };
  const read = readStretches(table, tensor.read);
  return { rows, width, read: (from, to) => read(from * width, (to - from) * width) };
} // prettier-ignore

const floatsOf = ({ read, bytes }: StoredTensor) => new Float32Array(read(0, bytes).buffer);

function storedMap({ length, bits }: ManifestLayer['maps'][number], { read }: StoredTensor): StoredMap {
  return {
    length,
    read(from, count) {
      const first = from - (from % 8); // eight of them begin with a byte
      const byte = (first * bits) / 8;
      const packed = read(byte, Math.ceil(((from + count) * bits) / 8) - byte);
      const values = new Uint32Array(count);
      for (let i = 0; i < count; i++) values[i] = bitsAt(packed, bits, from - first + i);
      return values;
    },
  };
}
