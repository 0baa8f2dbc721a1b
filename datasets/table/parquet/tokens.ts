import { missingInteger } from '../../raw-rows.ts';
import { writeToken } from '../../text-token.ts';
import { indexOf } from '../index-cell.ts';
import type { CategoricalColumn } from '../reader.ts';
import { cellText } from './cell-text.ts';
import { ByteCells, type Cells } from './cells.ts';
import { BadValue } from './damage.ts';
import type { Form } from './form.ts';
import { quote } from './numbers.ts';
import type { Sink } from './sink.ts';

/** Cells as tokens: three words of their text as a text file would have it, or one word of a number. */
export function tokenSink(
  form: Form,
  column: Pick<CategoricalColumn, 'form' | 'missing'>,
): Sink<Uint32Array> {
  const width = column.form === 'text' ? 3 : 1;
  const isMissing = missingTest(column.missing);
  const missing = column.form === 'integer' || column.form === 'index' ? missingInteger : 0;
  const write = writers[column.form];
  return {
    width,
    array: (count) => new Uint32Array(width * count),
    write: (cells, out, at) => write(cells, form, isMissing, out, at),
    writeMissing: (out, from, to) => void out.fill(missing, width * from, width * to),
  };
}

/** True for the bytes of a cell that stands for a missing value; undefined if no cell but the empty one does. */
type MissingTest = ((bytes: Uint8Array, from: number, to: number) => boolean) | undefined;

function missingTest(cells: readonly string[]): MissingTest {
  const texts = cells.filter((cell) => cell !== '').map((cell) => Buffer.from(cell));
  if (texts.length === 0) return undefined;
  return (bytes, from, to) =>
    texts.some((text) => text.length === to - from && text.compare(bytes, from, to) === 0);
}

const scratch = new Uint8Array(96);

function writeTexts(cells: Cells, form: Form, isMissing: MissingTest, out: Uint32Array, at: number): void {
  let to = 3 * at;
  if (cells instanceof ByteCells && form.kind === 'text') {
    const { bytes, starts, ends } = cells;
    for (let i = 0; i < starts.length; i++, to += 3) {
      if (isMissing?.(bytes, starts[i], ends[i])) out.fill(0, to, to + 3);
      else writeBytes(bytes, starts[i], ends[i], out, to);
    }
    return;
  }
  const plain = form.kind === 'integer' && !form.unsigned && !(cells instanceof ByteCells);
  for (let i = 0; i < cells.length; i++, to += 3) {
    const number = plain ? Number((cells as Int32Array | BigInt64Array)[i]) : NaN;
    // Doubles hold the digits of such numbers exactly.
    const length = Math.abs(number) <= Number.MAX_SAFE_INTEGER ? putInteger(number) : putText(cells, i, form);
    if (isMissing?.(scratch, 0, length) || isNaNCell(cells, i)) out.fill(0, to, to + 3);
    else writeToken(scratch, 0, length, out, to);
  }
}

/** NaN is a missing value, as in columns of numbers. */
const isNaNCell = (cells: Cells, i: number) =>
  (cells instanceof Float64Array || cells instanceof Float32Array) && Number.isNaN(cells[i]);

function putText(cells: Cells, i: number, form: Form): number {
  return Buffer.from(scratch.buffer).write(cellText(cells, i, form), 'latin1');
}

/** Decimal digits of a whole number, as String(value) has them. */
function putInteger(value: number): number {
  let at = 0;
  if (value < 0) {
    scratch[at++] = 45; // -
    value = -value;
  }
  const first = at;
  do {
    const rest = Math.floor(value / 10);
    scratch[at++] = 48 + value - 10 * rest;
    value = rest;
  } while (value > 0);
  scratch.subarray(first, at).reverse();
  return at;
}

const marked = new Uint8Array(24);

/** A short cell that ends in NUL would be the token of the cell without it: it gets bytes behind that no text has. */
function writeBytes(bytes: Uint8Array, from: number, to: number, out: Uint32Array, at: number): void {
  if (to - from > 8 || to === from || bytes[to - 1] !== 0) return writeToken(bytes, from, to, out, at);
  marked.set(bytes.subarray(from, to));
  marked.fill(0xff, to - from, to - from + 12);
  writeToken(marked, 0, to - from + 12, out, at);
}

function writeHex(cells: Cells, form: Form, isMissing: MissingTest, out: Uint32Array, at: number): void {
  for (let i = 0; i < cells.length; i++) {
    const text = oneText(cells, i, form, isMissing);
    if (!/^[0-9a-fA-F]{0,8}$/.test(text))
      throw new BadValue(`${quote(text)} is not a category of 1 to 8 hexadecimal digits: use the form text`);
    out[at + i] = text === '' ? 0 : parseInt(text, 16);
  }
}

function writeIntegers(cells: Cells, form: Form, isMissing: MissingTest, out: Uint32Array, at: number): void {
  for (let i = 0; i < cells.length; i++) {
    const text = oneText(cells, i, form, isMissing);
    if (text !== '' && (!/^[+-]?[0-9]+(\.0*)?$/.test(text) || Math.abs(Number(text)) >= 2 ** 31))
      throw new BadValue(`${quote(text)} is not a whole number of 32 bits: use the form text`);
    out[at + i] = text === '' ? missingInteger : Number(text);
  }
}

function writeIndices(cells: Cells, form: Form, isMissing: MissingTest, out: Uint32Array, at: number): void {
  for (let i = 0; i < cells.length; i++) {
    const text = oneText(cells, i, form, isMissing);
    const index = text === '' ? missingInteger : indexOf(text);
    if (typeof index === 'string') throw new BadValue(`${quote(text)} ${index}`);
    out[at + i] = index;
  }
}

const writers = { text: writeTexts, hex: writeHex, integer: writeIntegers, index: writeIndices };

/** The text of a cell, empty for a missing value. */
function oneText(cells: Cells, i: number, form: Form, isMissing: MissingTest): string {
  const text = isNaNCell(cells, i) ? '' : cellText(cells, i, form);
  if (isMissing === undefined) return text;
  const bytes = Buffer.from(text);
  return isMissing(bytes, 0, bytes.length) ? '' : text;
}
