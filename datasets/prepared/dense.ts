import { lazily } from '../../base/lazily.ts';
import { drawFloats } from '../../base/random.ts';
import { type DenseColumn, type DenseTransform, type DenseValues, missingInteger } from '../raw-rows.ts';

/** log(x + 1) of small x, which are almost all: a logarithm each would cost as much as parsing. */
const logsOfSmall = lazily(() => {
  let x = 0;
  return drawFloats(65_536, () => Math.log(++x));
});
/** Rows written before the next column is read: their part of the output stays in the nearest cache. */
const stripe = 256;

/** A dense column that stays one, with its place among all dense columns of a block. */
export interface NumberColumn {
  readonly name: string;
  readonly at: number;
  readonly transform: Exclude<DenseTransform, 'buckets'>;
}

/** A dense column that becomes a categorical one. */
export interface BucketColumn {
  readonly name: string;
  readonly at: number;
}

/** Columns by what becomes of them: a transform of their own, or `byDefault`. */
export function denseColumns(
  columns: readonly DenseColumn[],
  byDefault: DenseTransform,
): { readonly numbers: readonly NumberColumn[]; readonly buckets: readonly BucketColumn[] } {
  const numbers: NumberColumn[] = [];
  const buckets: BucketColumn[] = [];
  columns.forEach(({ name, transform = byDefault }, at) => {
    if (transform === 'buckets') buckets.push({ name, at });
    else numbers.push({ name, at, transform });
  });
  return { numbers, buckets };
}

/**
 * Columns of a block into floats by row [size, columns]. `log`: log(x + 1), with x <= 0 as 0. `raw`: x. A missing value is 0. `standard`:
 * x, and NaN for a missing value, until mean and deviation are known (standardize.ts).
 */
export function denseRows(
  dense: readonly DenseValues[],
  size: number,
  columns: readonly NumberColumn[],
  rows: Float32Array,
): void {
  const width = columns.length;
  const smallLogs = logsOfSmall();
  for (let begin = 0; begin < size; begin += stripe) {
    const end = Math.min(begin + stripe, size);
    for (let f = 0; f < width; f++) {
      const { at: place, transform } = columns[f];
      const column = dense[place];
      const missing = transform === 'standard' ? NaN : 0;
      if (column instanceof Float32Array) {
        for (let row = begin, at = begin * width + f; row < end; row++, at += width) {
          const x = column[row];
          if (transform !== 'log') rows[at] = Number.isNaN(x) ? missing : x;
          else if ((x & 0xffff) === x) rows[at] = smallLogs[x];
          else rows[at] = x > 0 ? Math.log(x + 1) : 0;
        }
      } else if (transform === 'log') {
        for (let row = begin, at = begin * width + f; row < end; row++, at += width) {
          const x = column[row];
          rows[at] = x < 65_536 ? smallLogs[x & ~(x >> 31)] : Math.log(x + 1); // x < 0 becomes 0 without a branch
        }
      } else {
        for (let row = begin, at = begin * width + f; row < end; row++, at += width) {
          const x = column[row];
          rows[at] = x === missingInteger ? missing : x;
        }
      }
    }
  }
}

/**
 * Buckets of a dense column as tokens [size]: floor(ln(x)^2) for x > 2, else x without its fraction, as in the winning entry of the Criteo
 * challenge and in FuxiCTR (1 is also the bucket of 3 and 4 there, and 2 that of 5). A missing value is a bucket of its own.
 */
export function bucketTokens(column: DenseValues, size: number, tokens: Uint32Array): void {
  for (let row = 0; row < size; row++) {
    const x = column[row];
    if (x === missingInteger || Number.isNaN(x)) tokens[row] = missingInteger;
    else if (x > 2) tokens[row] = Math.floor(Math.log(x) ** 2);
    else tokens[row] = Math.max(Math.trunc(x), missingInteger + 1);
  }
}
