import type { Case, FieldRecipe, RowSource } from '../../../harness/contract/conversion.ts';

/** Floats that are read at a time: 4 MiB. */
const pieceFloats = 2 ** 20;

export const rowsPerPiece = (width: number) => Math.max(1, Math.floor(pieceFloats / width));

const pieceOf = ({ width, pieceRows = rowsPerPiece(width) }: RowSource) => pieceRows;

/** Rows of an array, [rows, width], and rows that are read in pieces are gone through alike. */
export type AnyRows = Float32Array | RowSource;

export interface RowPiece {
  /** Number of its first row. */
  readonly first: number;
  /** [rows, width] */
  readonly values: Float32Array;
}

/** All rows in order; those of an array are one piece. */
export function* piecesOf(rows: AnyRows): Iterable<RowPiece> {
  if (rows instanceof Float32Array) yield { first: 0, values: rows };
  else
    for (let first = 0; first < rows.rows; first += pieceOf(rows))
      yield { first, values: rows.read(first, Math.min(rows.rows, first + pieceOf(rows))) };
}

export const countRows = (rows: AnyRows, width: number) =>
  rows instanceof Float32Array ? rows.length / width : rows.rows;

/** All rows in one array, for methods that compare each with many. */
export function readAll(sources: readonly RowSource[]): Float32Array {
  const all = new Float32Array(sources.reduce((sum, { rows, width }) => sum + rows * width, 0));
  let at = 0;
  for (const source of sources)
    for (const { values } of piecesOf(source)) {
      all.set(values, at);
      at += values.length;
    }
  return all;
}

/** Rows in the order of their numbers here, [numbers, width]: a pass over the source, if the numbers are in no order. */
export function takeRows(source: RowSource, numbers: Uint32Array): Float32Array {
  const { width } = source;
  const taken = new Float32Array(numbers.length * width);
  const size = pieceOf(source);
  let piece: { first: number; end: number; values: Float32Array } = {
    first: 0,
    end: 0,
    values: new Float32Array(0),
  };
  const take = (at: number) => {
    const number = numbers[at];
    if (number < piece.first || number >= piece.end) {
      const first = number - (number % size);
      const end = Math.min(source.rows, first + size);
      piece = { first, end, values: source.read(first, end) };
    }
    const from = (number - piece.first) * width;
    for (let k = 0; k < width; k++) taken[at * width + k] = piece.values[from + k];
  };
  if (isAscending(numbers)) for (let at = 0; at < numbers.length; at++) take(at);
  else {
    const order = Uint32Array.from(numbers.keys()).sort((a, b) => numbers[a] - numbers[b]);
    for (const at of order) take(at);
  }
  return taken;
}

function isAscending(numbers: Uint32Array): boolean {
  for (let i = 1; i < numbers.length; i++) if (numbers[i] < numbers[i - 1]) return false;
  return true;
}

/** Rows of some numbers, ascending, in pieces. */
export function* takePieces(source: RowSource, numbers: Uint32Array): Iterable<Float32Array> {
  const size = pieceOf(source);
  for (let from = 0; from < numbers.length; from += size)
    yield takeRows(source, numbers.subarray(from, from + size));
}

/** Rows of several sources, one after the other, in pieces. */
export function* stackedPieces(sources: readonly RowSource[]): Iterable<Float32Array> {
  for (const source of sources) for (const { values } of piecesOf(source)) yield values;
}

/** A row of a table for each id below `end`, from row `first` on. */
export const rowsOfIds = (end: number, table: number, first: number): Case => ({
  ids: { kind: 'below', end },
  terms: [{ table, row: { first, add: 'position' }, at: 0 }],
});

/** The recipes of a table with a row for each id, one field after the other. */
export const rowOfEveryId = (
  fields: readonly { readonly cardinality: number }[],
  offsets: readonly number[],
): FieldRecipe[] => fields.map(({ cardinality }, f) => [rowsOfIds(cardinality, 0, offsets[f])]);
