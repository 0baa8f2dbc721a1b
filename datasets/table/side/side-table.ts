import { UserError } from '../../../base/user-error.ts';
import { WideTokenTable } from '../../prepared/wide-token-table.ts';
import { type DenseValues, missingInteger, wordsOf } from '../../raw-rows.ts';
import type { BadLines } from '../../text/bad-lines.ts';
import { noBadLines } from '../../text/bad-lines.ts';
import { quoted } from '../../text/cell-text.ts';
import { missingToken } from '../text/row-buffer.ts';
import { columnsToRead, type OpenSide } from './open-side.ts';

/** Rows that are looked up at a time. */
const stretch = 16_384;

/** A side table in memory. Row `rows` is the one of keys that it lacks: all its values are missing. */
export interface SideTable {
  readonly rows: number;
  readonly dense: readonly DenseValues[]; // per numeric column [rows + 1]
  readonly tokens: readonly SideTokens[]; // per categorical column
  /** Bytes of all its arrays. */
  readonly bytes: number;
  /** Writes the row of each key [size, 3]; `rows` for a key that it lacks. */
  find(keys: Uint32Array, size: number, rowOf: Uint32Array): void;
}

export interface SideTokens {
  readonly words: Uint32Array; // [rows + 1, width], or [values, width] of several values
  readonly width: number;
  /** Only of a column with several values: row r has those from `starts[r]` to before `starts[r + 1]`. */
  readonly starts?: Uint32Array; // [rows + 2]
}

/** Reads all rows of a side table. Throws a UserError for a key that is missing or there twice. */
export async function loadSide(
  side: OpenSide,
  context: { readonly badLines: BadLines; readonly onContent: (bytes: Uint8Array) => void },
): Promise<SideTable> {
  const { reader, features, file } = side;
  const { numeric, categorical } = features;
  const numbers = new Uint32Array(stretch);
  const table = new WideTokenTable(wordsOf.text);
  const dense: DenseValues[][] = numeric.map(() => []);
  const tokens: Uint32Array[][] = categorical.map(() => []);
  const lengths: Uint8Array[][] = categorical.map(() => []);
  const badLines = reader.format === 'Parquet' ? noBadLines(0) : context.badLines;
  let rows = 0;
  for await (const block of reader.blocks(columnsToRead(side), {
    ...context,
    badLines,
    blockRows: stretch,
  })) {
    const keys = block.tokens[categorical.length];
    table.count(keys, 0, block.size, numbers);
    for (let row = 0; row < block.size; row++) {
      const key = keys.subarray(3 * row, 3 * row + 3);
      const place = `${file.path}: row ${rows + row + 1}`;
      if (key.every((word) => word === 0))
        throw new UserError(`${place}: the key, column ${side.key.name}, is missing; every row needs one`);
      if (numbers[row] !== rows + row)
        throw new UserError(
          `${place} has the same key${shownKey(key)} in column ${side.key.name} as row ${numbers[row] + 1}; leave one of them out`,
        );
    }
    numeric.forEach((_, f) => dense[f].push(block.dense[f].slice()));
    categorical.forEach((_, f) => {
      tokens[f].push(block.tokens[f].slice());
      lengths[f].push(block.lengths?.[f]?.slice() ?? new Uint8Array(0));
    });
    rows += block.size;
  }
  if (rows === 0) throw new UserError(`${file.path}: no row: give a side table with rows`);
  const found = {
    dense: numeric.map(({ form }, f) => joined(dense[f], form === 'integer' ? missingInteger : NaN)),
    tokens: categorical.map(({ form, several }, f): SideTokens => {
      const width = form === 'text' ? wordsOf.text : 1;
      const words = joined(
        [...tokens[f], ...Array<Uint32Array>(width - 1).fill(new Uint32Array(1))],
        missingToken(form),
      );
      return { words, width, ...(several && { starts: startsOf(lengths[f], rows) }) };
    }),
  };
  const arrays = [
    ...found.dense,
    ...found.tokens.flatMap(({ words, starts }) => (starts ? [words, starts] : [words])),
  ];
  return {
    rows,
    ...found,
    bytes: arrays.reduce((sum, { byteLength }) => sum + byteLength, table.bytes),
    find(keys, size, rowOf) {
      for (let from = 0; from < size; from += stretch) {
        const count = Math.min(stretch, size - from);
        table.number(keys.subarray(3 * from, 3 * (from + count)), 0, count, numbers);
        rowOf.set(numbers.subarray(0, count), from);
      }
    },
  };
}

/** The pieces one after the other, and a last element. */
function joined<A extends DenseValues | Uint32Array>(pieces: readonly A[], last: number): A {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const kind = pieces[0].constructor as new (length: number) => A;
  const all = new kind(length + 1);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  all[at] = last;
  return all;
}

function startsOf(lengths: readonly Uint8Array[], rows: number): Uint32Array {
  const starts = new Uint32Array(rows + 2);
  let row = 0;
  for (const piece of lengths) for (const length of piece) starts[row + 1] = starts[row++] + length;
  starts[rows + 1] = starts[rows] + 1;
  return starts;
}

/** A key that is its own token (text-token.ts), for a message. */
function shownKey([low, high, check]: Uint32Array): string {
  if (check !== 0) return '';
  const text = Buffer.from(Uint32Array.of(low, high).buffer).toString('utf8').replace(/\0+$/, '');
  return ` ${quoted(text)}`;
}
