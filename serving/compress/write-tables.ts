import { UserError } from '../../base/user-error.ts';
import type { Conversion } from '../../harness/contract/conversion.ts';
import { tableRows, weightFloats } from '../../harness/contract/table-shape.ts';
import { encodePieces, packPieces } from '../../harness/serving/piecewise.ts';
import type { ManifestLayer, ManifestMap, ManifestTable, ManifestTensor } from '../program/manifest.ts';
import { describeTable, tableTensor } from '../program/stored-tensor.ts';
import { type ManifestEmbedding, tablesFormat, tablesVersion } from '../program/tables-manifest.ts';
import { packedIntegers } from '../safetensors/packed-integers.ts';
import { type TensorToWrite, writeSafetensors } from '../safetensors/write.ts';
import { ownRowsProgram, type RecipeLayer, recipeProgram } from './recipe-program.ts';

/** Tables of one width that were converted together. */
export interface ConvertedLayer {
  readonly dim: number;
  /** The user's tables, in the order of the conversion's recipes. */
  readonly sources: readonly { readonly name: string; readonly rows: number }[];
  readonly conversion: Conversion;
}

export interface WrittenTables {
  /** The parts of manifest.json that describe the file. */
  readonly layer: ManifestLayer;
  readonly embeddings: readonly ManifestEmbedding[];
  /** Programs of the same tables that give 1 for ids with a stored row or code of their own, 0 for others. */
  readonly ownRows: readonly ManifestEmbedding[];
}

/** Row numbers are below 2^32 - 1, which is `none`. */
const mostRows = 2 ** 32 - 1;

/** Writes what layers serve, piece by piece, to a safetensors file. Throws a UserError for a table of more rows than indices can number. */
export function writeTables(path: string, converted: readonly ConvertedLayer[]): WrittenTables {
  const tables: ManifestTable[] = [];
  const weights: ManifestTensor[] = [];
  const maps: ManifestMap[] = [];
  const tensors: TensorToWrite[] = [];
  const programs = converted.flatMap(({ dim, sources, conversion }) => {
    const { plan, recipe } = conversion;
    const layer = recipeLayer(dim, plan, { table: tables.length, weight: weights.length, map: maps.length });
    for (const table of plan.tables) {
      const tensor = `tables.${tables.length}`;
      if (tableRows(table) > mostRows) throw new UserError(`${tensor} would have ${tableRows(table)} rows; a folder has 2^32 - 1 of one width: take fewer --tables at a time`); // prettier-ignore
      const pieces = contentsOf(conversion.tables, table, tensor);
      tables.push(describeTable(table, tensor));
      tensors.push({ name: tensor, ...tableTensor(table), pieces: encodePieces(table, pieces) });
    }
    for (const weight of plan.weights ?? []) {
      const tensor = `weights.${weights.length}`;
      const values = contentsOf(conversion.weights, weight, tensor);
      weights.push({ tensor, shape: [...weight.shape] });
      tensors.push({ name: tensor, dtype: 'F32', shape: weight.shape, pieces: [bytesOf(values)] });
    }
    for (const map of plan.maps ?? []) {
      const tensor = `maps.${maps.length}`;
      const { length, bits, holds } = map;
      const values = conversion.maps?.get(map) ?? (() => [map.values]);
      maps.push({ tensor, length, bits, ...(holds && { holds }) });
      tensors.push({ name: tensor, ...packedIntegers(length, bits), pieces: whenRead(() => packPieces(values(), bits)) }); // prettier-ignore
    }
    return sources.map((source, i) => ({
      vectors: { ...source, dim, program: recipeProgram(recipe[i], layer) },
      own: { ...source, dim: 1, program: ownRowsProgram(recipe[i], layer) },
    }));
  });
  writeSafetensors(path, tensors, { format: tablesFormat, version: String(tablesVersion) });
  return {
    layer: { tables, weights, maps, arrays: [] },
    embeddings: programs.map(({ vectors }) => vectors),
    ownRows: programs.map(({ own }) => own),
  };
}

const recipeLayer = (
  dim: number,
  { tables, weights = [] }: Conversion['plan'],
  first: RecipeLayer['first'],
): RecipeLayer => ({
  dim,
  widths: tables.map(({ width }) => width),
  weightFloats: weights.map(weightFloats),
  first,
});

function contentsOf<Part, Contents>(
  contents: ReadonlyMap<Part, Contents> | undefined,
  part: Part,
  tensor: string,
): Contents {
  const found = contents?.get(part);
  if (found === undefined) throw new Error(`${tensor} has no contents`);
  return found;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** A list that is made when it is gone through. */
function* whenRead(pieces: () => Iterable<Uint8Array>): Iterable<Uint8Array> {
  yield* pieces();
}
