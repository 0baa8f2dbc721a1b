import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { bitsAt } from '../../harness/serving/bits.ts';
import { codecFor } from '../../harness/serving/codecs.ts';
import { lazily } from '../../base/lazily.ts';
import {
  type Manifest,
  type ManifestTensor,
  modelFile,
  type RawRow,
  vocabularyFile,
} from '../program/manifest.ts';
import { readManifest } from '../program/read-manifest.ts';
import { openSafetensors } from '../safetensors/read.ts';
import type { Floats } from './arrays.ts';
import { type IndexArray, IndexOperations } from './index-operations.ts';
import { pool } from './pool.ts';
import { type EncodedRows, RowEncoder } from './raw-rows.ts';
import { runProgram, type Stored } from './run-program.ts';
import { type MapEntries, none } from './sets.ts';

/** A model that was exported, read from its folder. Needs no tfjs. */
export interface OpenModel {
  readonly manifest: Manifest;
  /** Bytes of its tensors as they are stored. Maps of other than whole bytes take more in memory. */
  readonly bytes: number;
  /** Vectors of ids, row-major [rows, fields]: [rows, fields, dim]. Throws a UserError for an id that its field does not have. */
  vectors(ids: Uint32Array): Float32Array;
  /** Log-odds of a click [rows], of dense values as the network takes them [rows, columns] and vectors [rows, fields, dim]. */
  logits(dense: Float32Array, vectors: Float32Array): Float32Array;
  /** Click probabilities of rows that are ids and dense values already. */
  probabilities(rows: EncodedRows): Float64Array;
  /** Click probabilities of raw rows, cells by column. Throws a UserError if the model was exported without its log. */
  predict(rows: readonly RawRow[]): Float64Array;
}

/** Opens the folder of an exported model. Throws a UserError if it is none, or of another version, or if tensors are missing. */
export function openModel(folder: string): OpenModel {
  const manifest = readManifest(folder);
  const file = openSafetensors(join(folder, modelFile));
  let bytes = 0;
  const read = (name: string): Uint8Array<ArrayBuffer> => {
    const tensor = file.tensors.get(name);
    if (tensor === undefined)
      throw new UserError(`${file.path}: the tensor ${name} is missing; export the model again`);
    bytes += tensor.bytes;
    return tensor.read(0, tensor.bytes);
  };
  try {
    const { layer, network, fields, dim, denseColumns } = manifest;
    const maps = layer.maps.map(({ tensor, length, bits }) => entriesOf(read(tensor), bits, length));
    const tables = layer.tables.map((table) => {
      const reader = codecFor(table.stored, table).reader(read(table.tensor));
      return { ...table, reader };
    });
    const floats = (all: readonly ManifestTensor[]) => all.map(({ tensor, shape }) => asFloats(file.tensors.get(tensor)?.dtype, read(tensor), shape)); // prettier-ignore
    const [weights, variables] = [floats(layer.weights), floats(network.variables)];
    const operations = new IndexOperations(maps);
    const stored = (arrays: readonly Floats[]): Stored => ({
      operations,
      rowsOf: (number, indices) => lookUp(tables[number], indices),
      weight: (number) => weights[number],
      variable: (number) => variables[number],
      array: (number) => arrays[number],
    });
    const [ofLayer, ofNetwork] = [stored(floats(layer.arrays)), stored(floats(network.arrays))];
    const vectors = (ids: Uint32Array) => {
      if (ids.length % fields.length !== 0)
        throw new UserError(`${ids.length} ids; the model takes ${fields.length} for each row`);
      ids.forEach((id, at) => {
        const { name, cardinality } = fields[at % fields.length];
        if (id >= cardinality)
          throw new UserError(`${name}: the id ${id}, and its ids end at ${cardinality - 1}`);
      });
      const rows = ids.length / fields.length;
      return runProgram(layer.program, { ids: { data: ids, columns: fields.length } }, rows, ofLayer).data;
    };
    const logits = (dense: Float32Array, vectors: Float32Array) => {
      const rows = vectors.length / (fields.length * dim);
      if (!Number.isInteger(rows) || dense.length !== rows * denseColumns)
        throw new UserError(`${dense.length} dense values and ${vectors.length} floats of vectors; the model takes ${denseColumns} and ${fields.length * dim} for each row`); // prettier-ignore
      const inputs = {
        dense: { data: dense, shape: [rows, denseColumns] },
        vectors: { data: vectors, shape: [rows, fields.length, dim] },
      };
      return runProgram(network.program, inputs, rows, ofNetwork).data;
    };
    const probabilities = ({ size, dense, ids, further }: EncodedRows) => {
      if (size === 0) return new Float64Array(0);
      const looked = vectors(ids);
      const pooled = further === undefined ? looked : pool(looked, [size, fields.length, dim], further);
      return Float64Array.from(logits(dense, pooled), (z) => 1 / (1 + Math.exp(-z)));
    };
    const encoder = encoderOf(folder, manifest);
    return {
      ...{ manifest, bytes, vectors, logits, probabilities },
      predict: (rows) => probabilities(encoder().encode(rows)),
    };
  } finally {
    file.close();
  }
}

/** Reads the vocabulary when raw rows are first asked for. */
function encoderOf(folder: string, { data, fields }: Manifest): () => RowEncoder {
  return lazily(() => {
    if (data === undefined)
      throw new UserError(
        `${folder}: the model was exported without its vocabulary; give ids, or export it again with its log`,
      );
    if (data.fields.every(({ hashed }) => hashed))
      return new RowEncoder(data, fields, () => new Uint32Array(0));
    const file = openSafetensors(join(folder, vocabularyFile));
    try {
      return new RowEncoder(data, fields, (field) => {
        const tensor = data.fields[field].tensor!;
        const found = file.tensors.get(tensor);
        if (found === undefined)
          throw new UserError(`${file.path}: the tensor ${tensor} is missing; export the model again`);
        const bytes = found.read(0, found.bytes);
        return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
      });
    } finally {
      file.close();
    }
  });
}

function asFloats(
  dtype: string | undefined,
  bytes: Uint8Array<ArrayBuffer>,
  shape: readonly number[],
): Floats {
  if (dtype === 'I32')
    return {
      data: Float32Array.from(new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)),
      shape,
    };
  if (dtype === 'U32')
    return {
      data: Float32Array.from(new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)),
      shape,
    };
  return { data: new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4), shape };
}

/** The entries of a map in the smallest whole bytes: an operation reads one by its index. */
function entriesOf(bytes: Uint8Array<ArrayBuffer>, bits: number, length: number): MapEntries {
  const { buffer, byteOffset } = bytes;
  if (bits === 8) return bytes;
  if (bits === 16) return new Uint16Array(buffer, byteOffset, length);
  if (bits === 32) return new Uint32Array(buffer, byteOffset, length);
  const entries = new (bits < 8 ? Uint8Array : bits < 16 ? Uint16Array : Uint32Array)(length);
  for (let i = 0; i < length; i++) entries[i] = bitsAt(bytes, bits, i);
  return entries;
}

type OpenTable = Manifest['layer']['tables'][number] & {
  readonly reader: (from: number, count: number, out: Float32Array, at: number) => void;
};

function lookUp({ rows, width, stride, reader, tensor }: OpenTable, { data, columns }: IndexArray): Floats {
  const found = new Float32Array(data.length * width);
  data.forEach((row, i) => {
    if (row === none) return;
    if (row >= rows) throw new RangeError(`row ${row} is outside ${tensor} of ${rows} rows`);
    reader(row * stride, width, found, i * width);
  });
  return { data: found, shape: [data.length / columns, columns, width] };
}
