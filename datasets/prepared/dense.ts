import { missingInteger, type RawBlock } from '../raw-rows.ts';

/** log(x + 1) of small x, which are almost all: a logarithm each would cost as much as parsing. */
const smallLogs = Float32Array.from({ length: 65_536 }, (_, x) => Math.log(x + 1));
/** Rows written before the next column is read: their part of the output stays in the nearest cache. */
const stripe = 256;

/**
 * Dense values of a block, by column, into floats by row [size, columns]: log(x + 1) with x <= 0 as 0, or x itself. A missing
 * value (NaN in a column of floats) is 0.
 */
export function denseRows(block: RawBlock, logTransform: boolean, rows: Float32Array): void {
  const width = block.dense.length;
  for (let begin = 0; begin < block.size; begin += stripe) {
    const end = Math.min(begin + stripe, block.size);
    for (let f = 0; f < width; f++) {
      const column = block.dense[f];
      if (column instanceof Float32Array) {
        for (let row = begin, at = begin * width + f; row < end; row++, at += width) {
          const x = column[row];
          rows[at] = logTransform ? (x > 0 ? Math.log(x + 1) : 0) : Number.isNaN(x) ? 0 : x;
        }
      } else if (logTransform) {
        for (let row = begin, at = begin * width + f; row < end; row++, at += width) {
          const x = column[row];
          rows[at] = x < 65_536 ? smallLogs[x & ~(x >> 31)] : Math.log(x + 1); // x < 0 becomes 0 without a branch
        }
      } else {
        for (let row = begin, at = begin * width + f; row < end; row++, at += width) {
          const x = column[row];
          rows[at] = x === missingInteger ? 0 : x;
        }
      }
    }
  }
}
