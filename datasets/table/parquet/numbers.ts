import { missingInteger } from '../../raw-rows.ts';
import { isNumber } from '../label-rule.ts';
import { ByteCells, type Cells } from './cells.ts';
import { cellText, half, integerAt } from './cell-text.ts';
import { BadValue } from './damage.ts';
import type { Form } from './form.ts';
import type { Sink } from './sink.ts';

/** Values as doubles: dates and times in seconds; NaN for NaN and for an empty text. Throws BadValue for a text that is no number. */
export function numbersOf(cells: Cells, form: Form): Float64Array {
  const numbers = new Float64Array(cells.length);
  if (form.kind === 'nanoseconds of a Julian day' || (form.kind === 'moment' && form.perSecond === 1e9)) {
    // Nanoseconds since 1970 are more than doubles hold: microseconds are exact.
    for (let i = 0; i < numbers.length; i++) numbers[i] = Number(integerAt(cells, i, form) / 1000n) / 1e6;
    return numbers;
  }
  const unsigned = form.kind === 'integer' && form.unsigned;
  if (cells instanceof BigInt64Array) {
    const words = new Uint32Array(cells.buffer, cells.byteOffset, 2 * cells.length);
    for (let i = 0; i < numbers.length; i++) {
      const high = words[2 * i + 1];
      numbers[i] = (unsigned ? high : high | 0) * 2 ** 32 + words[2 * i];
    }
  } else if (cells instanceof ByteCells) {
    for (let i = 0; i < numbers.length; i++) numbers[i] = numberOfBytes(cells, i, form);
  } else {
    numbers.set(cells);
    if (unsigned) for (let i = 0; i < numbers.length; i++) numbers[i] = numbers[i] >>> 0;
  }
  if (form.kind === 'date') for (let i = 0; i < numbers.length; i++) numbers[i] *= 86_400;
  const unit = unitOf(form);
  if (unit !== 1) for (let i = 0; i < numbers.length; i++) numbers[i] /= unit;
  return numbers;
}

/** Counts in one: a decimal's power of ten, ticks of a second. */
function unitOf(form: Form): number {
  if (form.kind === 'decimal') return 10 ** form.scale;
  return form.kind === 'moment' ? form.perSecond : 1;
}

function numberOfBytes(cells: ByteCells, i: number, form: Form): number {
  if (form.kind === 'decimal') return Number(integerAt(cells, i, form));
  if (form.kind === 'half') return half(cells.at(i));
  const text = cellText(cells, i, form);
  if (text === '') return NaN;
  if (!isNumber(text))
    throw new BadValue(
      `${quote(text)} is not a number; if it stands for a missing value, name it with --missing`,
    );
  return Number(text);
}

/** Texts that stand for a missing value: numbers and dates are compared as the text that a CSV file would have. */
export function absentTest(missing: readonly string[], form: Form) {
  const absent = new Set(missing);
  return (cells: Cells, i: number) => absent.has(cellText(cells, i, form));
}

/** The numbers of cells, with NaN for those that stand for a missing value. */
function presentNumbers(cells: Cells, form: Form, missing: readonly string[]): Float64Array {
  if (missing.length === 0) return numbersOf(cells, form);
  const isAbsent = absentTest(missing, form);
  return Float64Array.from({ length: cells.length }, (_, i) =>
    isAbsent(cells, i) ? NaN : numbersOf(cells.subarray(i, i + 1), form)[0],
  );
}

/** Floats of 32 bits; null and NaN are missing. */
export const floatSink = (form: Form, missing: readonly string[] = []): Sink<Float32Array> => ({
  width: 1,
  array: (count) => new Float32Array(count),
  write(cells, out, at) {
    const plain = cells instanceof Float32Array || cells instanceof Float64Array;
    out.set(plain && missing.length === 0 ? cells : presentNumbers(cells, form, missing), at);
    for (let i = at; i < at + cells.length; i++)
      if (Math.abs(out[i]) === Infinity)
        throw new BadValue(
          `${cellText(cells, i - at, form)} is no finite 32-bit float; make it finite, or null`,
        );
  },
  writeMissing: (out, from, to) => void out.fill(NaN, from, to),
});

/** Integers of 32 bits, and missingInteger. */
export const integerSink = (form: Form, missing: readonly string[] = []): Sink<Int32Array> => ({
  width: 1,
  array: (count) => new Int32Array(count),
  write(cells, out, at) {
    const numbers = presentNumbers(cells, form, missing);
    for (let i = 0; i < numbers.length; i++) {
      const number = numbers[i];
      if (Number.isNaN(number)) out[at + i] = missingInteger;
      else if (Number.isInteger(number) && Math.abs(number) < 2 ** 31) out[at + i] = number;
      else
        throw new BadValue(`${cellText(cells, i, form)} is no whole number of 32 bits: use the form number`);
    }
  },
  writeMissing: (out, from, to) => void out.fill(missingInteger, from, to),
});

export const quote = (text: string) => JSON.stringify(text.length > 24 ? `${text.slice(0, 24)}...` : text);
