import type { Conversion } from '../../harness/contract/conversion.ts';
import type { Table } from '../../harness/contract/method.ts';
import { blockBytes, blockFloats, storedBytes } from '../../harness/contract/storage.ts';
import { tableFloats, tableRows } from '../../harness/contract/table-shape.ts';
import { encodePieces, packPieces } from '../../harness/serving/piecewise.ts';
import { packedIntegers } from '../safetensors/packed-integers.ts';
import { type Dtype, type TensorToWrite, writeSafetensors } from '../safetensors/write.ts';
import type { ManifestLayer } from './manifest.ts';

/** Tables of one width that were converted together. */
export interface ConvertedLayer {
  readonly dim: number;
  /** The user's tables, in the order of the conversion's recipes. */
  readonly sources: readonly { readonly name: string; readonly rows: number }[];
  readonly conversion: Conversion;
}

/** Writes what layers serve, piece by piece, to a safetensors file; returns what manifest.json says of it. */
export function writeLayers(path: string, layers: readonly ConvertedLayer[]): ManifestLayer[] {
  const written = layers.map((layer, i) => layerOf(layer, `layer${i}`));
  writeSafetensors(
    path,
    written.flatMap(({ tensors }) => tensors),
    { format: 'embed-bench-compressed-tables' },
  );
  return written.map(({ manifest }) => manifest);
}

function layerOf({ dim, sources, conversion }: ConvertedLayer, prefix: string) {
  const { plan, recipe } = conversion;
  const { tables, weights = [], maps = [], choices } = plan;
  const tensors: TensorToWrite[] = [];
  const manifest: ManifestLayer = {
    dim,
    tables: tables.map((table, i) => {
      const tensor = `${prefix}.table${i}`;
      const pieces = conversion.tables.get(table);
      if (pieces === undefined) throw new Error(`${tensor} has no contents`);
      tensors.push({ name: tensor, ...tableTensor(table), pieces: encodePieces(table, pieces) });
      return { tensor, rows: tableRows(table), width: table.width, stored: table.stored ?? null };
    }),
    weights: weights.map((weight, i) => {
      const tensor = `${prefix}.weight${i}`;
      const values = conversion.weights?.get(weight);
      if (values === undefined) throw new Error(`${tensor} has no contents`);
      tensors.push({ name: tensor, dtype: 'F32', shape: weight.shape, pieces: [bytesOf(values)] });
      return { tensor, shape: [...weight.shape] };
    }),
    maps: maps.map((map, i) => {
      const tensor = `${prefix}.map${i}`;
      const { length, bits } = map;
      const values = conversion.maps?.get(map) ?? (() => [map.values]);
      tensors.push({ name: tensor, ...packedIntegers(length, bits), pieces: lazily(() => packPieces(values(), bits)) });
      return { tensor, length, bits };
    }), // prettier-ignore
    sources: sources.map(({ name, rows }, i) => ({ name, rows, recipe: recipe[i] })),
    choices: { ...choices },
  };
  return { tensors, manifest };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** A list that is made when it is gone through. */
function* lazily(pieces: () => Iterable<Uint8Array>): Iterable<Uint8Array> {
  yield* pieces();
}

/** Floats have their own dtype; a row of integer codes with scale and offset is a row of bytes; other forms are bytes. */
function tableTensor(table: Table): { dtype: Dtype; shape: number[] } {
  const { width, stored } = table;
  const rows = tableRows(table);
  if (stored === undefined) return { dtype: 'F32', shape: [rows, width] };
  if (stored.kind === 'fp16') return { dtype: 'F16', shape: [rows, width] };
  if (stored.kind === 'row-wise' && blockFloats(table, stored) === width)
    return { dtype: 'U8', shape: [rows, blockBytes(width, stored.bits)] };
  if (stored.kind === 'fp8' && !stored.scaled)
    return { dtype: stored.element === 'e4m3' ? 'F8_E4M3' : 'F8_E5M2', shape: [rows, width] };
  return { dtype: 'U8', shape: [tableFloats(table) === 0 ? 0 : storedBytes(table)] };
}
