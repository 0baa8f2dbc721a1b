import { missingInteger } from '../raw-rows.ts';
import { hexPair } from '../text/hex-pair.ts';
import { categoryColumns, integerColumns } from './columns.ts';
import type { RowBuffer } from './row-buffer.ts';

const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const minus = 45;
const zero = 48;
const lastField = categoryColumns.length - 1;

/**
 * Appends the lines of bytes[from, to) to `rows` until the buffer is full or a line is not in the usual form
 * (integers of at most 9 digits, categories of exactly 8 hex digits). Such a line is left to readLine, which knows
 * every valid form and every fault: this loop has to be fast, not complete. bytes[to - 1] must be a line feed; it
 * stops every inner loop. Returns where the first line that was not taken begins.
 */
export function parseLines(bytes: Uint8Array, from: number, to: number, rows: RowBuffer): number {
  const { capacity, stride, labels, integers, tokens } = rows;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lastInteger = integerColumns.length * stride;
  let row = rows.size;
  let lineStart = from;
  lines: while (row < capacity && lineStart < to) {
    let p = lineStart;
    const label = bytes[p] - zero;
    if ((label & ~1) !== 0 || bytes[p + 1] !== tab) break;
    p += 2;
    for (let at = row; at < lastInteger; at += stride) {
      let c = bytes[p++];
      if (c === tab) {
        integers[at] = missingInteger;
        continue;
      }
      const negative = c === minus;
      if (negative) c = bytes[p++];
      const begin = p;
      let value = c - zero;
      if (value >>> 0 > 9) break lines;
      while ((c = bytes[p++]) !== tab) {
        const digit = c - zero;
        if (digit >>> 0 > 9) break lines;
        value = (Math.imul(value, 10) + digit) | 0;
      }
      if (p - begin > 9) break lines;
      integers[at] = negative ? -value : value;
    }
    for (let field = 0, at = row; field <= lastField; field++, at += stride) {
      if (bytes[p] <= carriageReturn) {
        tokens[at] = 0;
      } else {
        if (p + 8 >= to) break lines;
        const a = hexPair[view.getUint16(p)];
        const b = hexPair[view.getUint16(p + 2)];
        const c = hexPair[view.getUint16(p + 4)];
        const d = hexPair[view.getUint16(p + 6)];
        if ((a | b | c | d) < 0) break lines;
        tokens[at] = (a << 24) | (b << 16) | (c << 8) | d;
        p += 8;
      }
      if (bytes[p++] !== tab) {
        if (field !== lastField) break lines;
        if (bytes[p - 1] === carriageReturn) p++;
      }
    }
    if (bytes[p - 1] !== lineFeed) break;
    labels[row++] = label;
    lineStart = p;
  }
  rows.size = row;
  return lineStart;
}
