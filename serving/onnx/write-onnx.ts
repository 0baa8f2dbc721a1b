import { join } from 'node:path';
import { lazily } from '../../base/lazily.ts';
import { UserError } from '../../base/user-error.ts';
import { unpackBits } from '../../harness/serving/bits.ts';
import { type Manifest, type ManifestTensor, modelFile } from '../program/manifest.ts';
import { openSafetensors } from '../safetensors/read.ts';
import { convertProgram } from './convert-program.ts';
import { Graph } from './graph.ts';
import { none, type MapValue } from './index-operations.ts';
import type { FloatValue } from './kernels.ts';
import { type Bytes, bytesIn, type ElementType, modelMessage, valueMessage } from './messages.ts';
import { tableOf } from './tables.ts';
import { writePieces } from './write-pieces.ts';

export const onnxFile = 'model.onnx';

/** The longest message that protocol buffers allow, in bytes. */
const longestFile = 2 ** 31 - 1;

/**
 * Writes model.onnx (operator set 18) into the folder of an exported model. Inputs are `dense` [rows, columns], 32-bit floats as the network takes
 * them, and `ids` [rows, fields], 64-bit integers; the output is `probability` [rows]. Returns the bytes of the file. Throws a UserError that names
 * the field, operation or stored form that ONNX has no counterpart of.
 */
export function writeOnnx(folder: string, manifest: Manifest, most = longestFile): number {
  const file = openSafetensors(join(folder, modelFile));
  try {
    requireAtMost(
      [...file.tensors.values()].reduce((sum, { bytes }) => sum + bytes, 0),
      most,
    );
    const read = (name: string) => {
      const tensor = file.tensors.get(name);
      if (tensor === undefined)
        throw new UserError(`${file.path}: the tensor ${name} is missing; export the model again`);
      return { dtype: tensor.dtype, bytes: tensor.read(0, tensor.bytes) };
    };
    const content = onnxModel(manifest, read);
    requireAtMost(bytesIn(content), most);
    writePieces(join(folder, onnxFile), content);
    return bytesIn(content);
  } finally {
    file.close();
  }
}

type Read = (tensor: string) => { readonly dtype: string; readonly bytes: Uint8Array<ArrayBuffer> };

function onnxModel(manifest: Manifest, read: Read): Bytes {
  const { layer, network, fields, dim, denseColumns } = manifest;
  const pooled = fields.find(({ pool }) => pool !== undefined);
  if (pooled)
    throw new UserError(
      `the field ${pooled.name} has several values in a row, and model.onnx takes one id for each field; use the TypeScript or the Python reader`,
    );
  const stored = [...layer.tables, ...layer.weights, ...layer.maps, ...layer.arrays, ...network.variables, ...network.arrays]; // prettier-ignore
  const bytes = new Map(stored.map(({ tensor }) => [tensor, read(tensor)]));

  const graph = new Graph();
  const lookUps = layer.tables.map((table) =>
    lazily(() => tableOf(graph, table, bytes.get(table.tensor)!.bytes)),
  );
  const maps = layer.maps.map((map) => lazily(() => mapOf(graph, map, bytes.get(map.tensor)!.bytes)));
  const floats = (all: readonly ManifestTensor[]) => {
    const values = all.map(({ tensor, shape }) => lazily((): FloatValue => {
      const { dtype, bytes: content } = bytes.get(tensor)!;
      return { name: graph.tensor('float', shape, [asFloats(dtype, content)]), shape };
    })); // prettier-ignore
    return (number: number) => values[number]();
  };
  const shared = {
    table: (number: number) => lookUps[number](),
    map: (number: number) => maps[number](),
    weight: floats(layer.weights),
    variable: floats(network.variables),
  };
  const rows = { times: 1, plus: 0 };
  const mostIds = fields.reduce((most, { cardinality }) => Math.max(most, cardinality), 0);
  const ids = { name: 'ids', columns: fields.length, most: mostIds - 1, mayBeNone: false };
  const looked = convertProgram(graph, layer.program, { ids }, { ...shared, array: floats(layer.arrays) });
  const given = {
    dense: { name: 'dense', shape: [rows, denseColumns] },
    vectors: { name: looked.name, shape: [rows, fields.length, dim] },
  };
  const logits = convertProgram(graph, network.program, given, { ...shared, array: floats(network.arrays) });
  graph.rename(graph.add('Sigmoid', [graph.reshape(logits.name, [rows])]), 'probability');
  return modelMessage(
    [
      ...graph.messages,
      ...valueMessage(11, 'dense', 'float', ['rows', denseColumns]),
      ...valueMessage(11, 'ids', 'int64', ['rows', fields.length]),
      ...valueMessage(12, 'probability', 'float', ['rows']),
    ],
    {
      method: manifest.method.name,
      model: manifest.model.name,
      fields: fields.map(({ name }) => name).join(),
    },
  );
}

function requireAtMost(bytes: number, most: number): void {
  if (bytes > most)
    throw new UserError(
      `the model has ${bytes} bytes, and model.onnx can have ${most}; use the TypeScript or the Python reader`,
    );
}

/** Entries of a map in the smallest integers that have them. */
function mapOf(
  graph: Graph,
  { length, bits }: Manifest['layer']['maps'][number],
  bytes: Uint8Array,
): MapValue {
  const values = unpackBits(bytes, bits, length);
  const most = values.reduce((most, value) => Math.max(most, value), 0);
  const [type, content] = smallest(values, most);
  return { name: graph.tensor(type, [length], [content]), most, mayBeNone: most === none };
}

function smallest(values: Uint32Array, most: number): [ElementType, Uint8Array] {
  if (most < 2 ** 8) return ['uint8', Uint8Array.from(values)];
  if (most < 2 ** 16) return ['uint16', new Uint8Array(Uint16Array.from(values).buffer)];
  if (most < 2 ** 31) return ['int32', new Uint8Array(values.buffer)];
  return ['int64', new Uint8Array(BigInt64Array.from(values, BigInt).buffer)];
}

function asFloats(dtype: string, bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  const { buffer, byteOffset, byteLength } = bytes;
  if (dtype === 'I32') return new Uint8Array(Float32Array.from(new Int32Array(buffer, byteOffset, byteLength / 4)).buffer); // prettier-ignore
  if (dtype === 'U32') return new Uint8Array(Float32Array.from(new Uint32Array(buffer, byteOffset, byteLength / 4)).buffer); // prettier-ignore
  return bytes;
}
