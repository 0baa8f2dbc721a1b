import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
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
import { heldLayer } from './held-layer.ts';
import { pool } from './pool.ts';
import { type EncodedRows, RowEncoder } from './raw-rows.ts';
import { runProgram, type Stored } from './run-program.ts';
import { floatsOf, namedTensors } from './stored-tensors.ts';

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
  try {
    const { layer, network, fields, dim, denseColumns } = manifest;
    const tensors = namedTensors(file, 'export the model again');
    const ofLayer = heldLayer(layer, tensors);
    const floats = (all: readonly ManifestTensor[]) => all.map((one) => floatsOf(one, tensors.find(one.tensor))); // prettier-ignore
    const [variables, arrays] = [floats(network.variables), floats(network.arrays)];
    const ofNetwork: Stored = {
      ...ofLayer,
      variable: (number) => variables[number],
      array: (number) => arrays[number],
    };
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
      ...{ manifest, bytes: tensors.bytes(), vectors, logits, probabilities },
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
