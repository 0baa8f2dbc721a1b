import { join } from 'node:path';
import { writeWhole } from '../../files/whole-file.ts';
import type { Field } from '../../harness/contract/data.ts';
import { keyBytes, keysOf } from '../../harness/contract/keys.ts';
import type { Method } from '../../harness/contract/method.ts';
import { servingBytesOf, sumOf } from '../../harness/contract/serving-bytes.ts';
import {
  type Manifest,
  manifestFile,
  manifestFormat,
  type ManifestTensor,
  manifestVersion,
  modelFile,
} from '../program/manifest.ts';
import { describeTable, tableTensor } from '../program/stored-tensor.ts';
import { packedIntegers } from '../safetensors/packed-integers.ts';
import { type TensorToWrite, writeSafetensors } from '../safetensors/write.ts';
import type { StoredValues } from '../trace/recorded.ts';
import type { TakenModel } from './take-model.ts';

/** The origin of a model, for its manifest. */
export interface ModelOrigin {
  readonly method: Pick<Method, 'name' | 'title' | 'formula' | 'paper'>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly model: Manifest['model'];
  readonly dim: number;
  readonly denseColumns: number;
  readonly fields: readonly Field[];
  readonly samples: Manifest['samples'];
  readonly run?: Manifest['run'];
}

/** Writes model.safetensors and manifest.json into a folder that is there. Throws a UserError where the disk refuses. */
export function writeModel(folder: string, taken: TakenModel, origin: ModelOrigin): Manifest {
  const { manifest, tensors } = modelFiles(taken, origin);
  const { format, version } = manifest;
  writeSafetensors(join(folder, modelFile), tensors, { format, version: String(version) });
  writeWhole(join(folder, manifestFile), `${JSON.stringify(manifest)}\n`);
  return manifest;
}

function modelFiles({ plan, layer, network }: TakenModel, origin: ModelOrigin) {
  const { maps = [], weights = [] } = plan;
  const { method, options, seed, model, dim, denseColumns, fields, samples, run } = origin;
  const tables = plan.tables.map((table, i) => describeTable(table, `tables.${i}`));
  const tensors: TensorToWrite[] = [
    ...tables.map((table, i) => ({ name: table.tensor, ...tableTensor(plan.tables[i]), pieces: [layer.tables[i]] })), // prettier-ignore
    ...weights.map(({ shape }, i) => ({ name: `weights.${i}`, dtype: 'F32' as const, shape, pieces: [layer.weights[i]] })), // prettier-ignore
    ...maps.map(({ bits, length }, i) => ({ name: `maps.${i}`, ...packedIntegers(length, bits), pieces: [layer.maps[i]] })), // prettier-ignore
    ...arrayTensors('layer.arrays', layer.stored),
    ...network.variables.map(({ shape, values }, i) => ({ name: `network.${i}`, dtype: 'F32' as const, shape, pieces: [bytesOf(values)] })), // prettier-ignore
    ...arrayTensors('network.arrays', network.stored),
  ];
  const shapes = (name: string, all: readonly { readonly shape: readonly number[] }[]): ManifestTensor[] =>
    all.map(({ shape }, i) => ({ tensor: `${name}.${i}`, shape }));
  const serving = servingBytesOf(plan);
  const keys = keysOf(plan, fields);
  const { name, title, formula, paper } = method;
  const manifest: Manifest = {
    ...{ format: manifestFormat, version: manifestVersion, ...(run && { run }) },
    method: { name, title, ...(formula !== undefined && { formula }), paper, options, seed },
    ...{ model, samples, dim, denseColumns },
    fields: fields.map((field) => ({
      ...{ name: field.name, cardinality: field.cardinality },
      ...(field.pool && { pool: field.pool }),
    })),
    layer: {
      tables,
      weights: shapes('weights', weights),
      maps: maps.map(({ length, bits, holds }, i) => ({
        tensor: `maps.${i}`,
        length,
        bits,
        ...(holds && { holds }),
      })),
      arrays: shapes('layer.arrays', layer.stored),
      program: layer.program,
    },
    network: {
      variables: shapes('network', network.variables),
      arrays: shapes('network.arrays', network.stored),
      program: network.program,
    },
    bytes: { serving, servingBytes: sumOf(serving), keys, keyBytes: keyBytes(keys) },
  };
  return { manifest, tensors };
}

function arrayTensors(
  name: string,
  arrays: readonly { readonly values: StoredValues; readonly shape: readonly number[] }[],
): TensorToWrite[] {
  return arrays.map(({ values, shape }, i) => ({
    name: `${name}.${i}`,
    dtype: values instanceof Float32Array ? 'F32' : values instanceof Int32Array ? 'I32' : 'U32',
    shape,
    pieces: [bytesOf(values)],
  }));
}

const bytesOf = (values: StoredValues) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
