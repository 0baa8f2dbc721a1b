import { type DenseValues, missingInteger } from '../../raw-rows.ts';
import type { Counts, ResolvedColumns, TableBlock } from '../reader.ts';
import type { TokenForm } from '../schema.ts';

/**
 * The block being filled. All columns of a kind share one flat array, in the order of the file; column `c` begins at `c * stride` (times the
 * words of a token). Indexing a flat array costs the inner loops less than an array of arrays.
 */
export interface RowBuffer {
  readonly capacity: number;
  readonly stride: number;
  readonly labels: Uint8Array; // [capacity], 0 without a column of labels
  readonly counts?: Counts; // [capacity]
  /** Labels without a rule that have been met: either 0 or -1 stands for no click, never both. */
  readonly met: { zero: boolean; minusOne: boolean };
  readonly integers: Int32Array;
  readonly floats: Float32Array;
  /** Tokens of one word: `hex`, `integer`, `index`, and those derived from the time. */
  readonly words: Uint32Array;
  /** Tokens of three words. */
  readonly texts: Uint32Array;
  readonly several: readonly SeveralTokens[];
  readonly weights?: Float32Array; // [capacity]
  readonly times?: Float64Array; // [capacity]
  readonly parts?: Uint8Array; // [capacity]
  /** Rows filled so far. */
  size: number;
}

/** A column with several tokens in a row. */
export interface SeveralTokens {
  tokens: Uint32Array; // [tokens so far, 3], grows
  /** Tokens of the rows up to each one: a row begins where the one before ends. */
  readonly ends: Uint32Array; // [capacity]
}

/** The missing token of a column: its words are 0, but whole numbers have a value of their own for it. */
export const missingToken = (form: TokenForm): number =>
  form === 'integer' || form === 'index' ? missingInteger >>> 0 : 0;

export function rowBuffer(columns: ResolvedColumns, capacity: number): RowBuffer {
  const stride = capacity + 80; // no multiple of 4096 bytes, or all columns would compete for the same cache lines
  const { counts, numeric, categorical, derived, weight, time, part } = columns;
  const single = categorical.filter(({ several }) => several === undefined);
  const texts = single.filter(({ form }) => form === 'text').length;
  const integers = numeric.filter(({ form }) => form === 'integer').length;
  return {
    capacity,
    stride,
    labels: new Uint8Array(capacity),
    met: { zero: false, minusOne: false },
    integers: new Int32Array(integers * stride),
    floats: new Float32Array((numeric.length - integers) * stride),
    words: new Uint32Array((single.length - texts + derived.length) * stride),
    texts: new Uint32Array(3 * texts * stride),
    several: categorical
      .filter(({ several }) => several !== undefined)
      .map(() => ({ tokens: new Uint32Array(3 * 2 * capacity), ends: new Uint32Array(capacity) })),
    ...(counts && { counts: { clicks: new Uint32Array(capacity), impressions: new Uint32Array(capacity) } }),
    ...(weight && { weights: new Float32Array(capacity) }),
    ...(time && { times: new Float64Array(capacity) }),
    ...(part && { parts: new Uint8Array(capacity) }),
    size: 0,
  };
}

/** The filled rows, as views of the buffer: valid until it is filled again. `filePart` is the part of all rows of the file. */
export function blockOf(
  buffer: RowBuffer,
  columns: ResolvedColumns,
  filePart: number | undefined,
): TableBlock {
  const { size, stride, counts, integers, floats, words, texts, several } = buffer;
  let [nextInteger, nextFloat, nextWord, nextText, nextSeveral] = [0, 0, 0, 0, 0];
  const dense = columns.numeric.map(({ form }): DenseValues => {
    const at = (form === 'integer' ? nextInteger++ : nextFloat++) * stride;
    return (form === 'integer' ? integers : floats).subarray(at, at + size);
  });
  const lengths: (Uint8Array | undefined)[] = [];
  const wordsAt = (number: number) => words.subarray(number * stride, number * stride + size);
  const tokens = columns.categorical.map((column) => {
    lengths.push(undefined);
    if (column.several !== undefined) {
      const { tokens, ends } = several[nextSeveral++];
      lengths[lengths.length - 1] = Uint8Array.from(
        { length: size },
        (_, row) => ends[row] - (row && ends[row - 1]),
      );
      return tokens.subarray(0, size === 0 ? 0 : 3 * ends[size - 1]);
    }
    if (column.form !== 'text') return wordsAt(nextWord++);
    const at = 3 * nextText++ * stride;
    return texts.subarray(at, at + 3 * size);
  });
  for (let left = columns.derived.length; left > 0; left--) {
    tokens.push(wordsAt(nextWord++));
    lengths.push(undefined);
  }
  const parts =
    filePart === undefined ? buffer.parts?.subarray(0, size) : new Uint8Array(size).fill(filePart);
  return {
    size,
    labels: buffer.labels.subarray(0, size),
    ...(counts && {
      counts: { clicks: counts.clicks.subarray(0, size), impressions: counts.impressions.subarray(0, size) },
    }),
    dense,
    tokens,
    ...(several.length > 0 && { lengths }),
    ...(buffer.weights && { weights: buffer.weights.subarray(0, size) }),
    ...(buffer.times && { times: buffer.times.subarray(0, size) }),
    ...(parts && { parts }),
  };
}
