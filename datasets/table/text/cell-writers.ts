import { type Part, parts } from '../../../harness/contract/data.ts';
import { missingInteger } from '../../raw-rows.ts';
import { writeToken } from '../../text-token.ts';
import { indexOf } from '../index-cell.ts';
import { isNumber, labelOf, type LabelRule } from '../label-rule.ts';
import type { CategoricalColumn, NumericColumn } from '../reader.ts';
import type { DerivedValue, TimeForm } from '../schema.ts';
import { missingToken, type RowBuffer, type SeveralTokens } from './row-buffer.ts';
import { derivedFrom, timeOf } from './time.ts';

/**
 * Writes the content of a cell, bytes[from, to), into a row of the buffer. Returns what is wrong with it, as the end of a sentence that
 * begins with the content, or undefined. Writers know every valid form and every fault: parseRows leaves them what is unusual.
 */
export type CellWriter = (bytes: Uint8Array, from: number, to: number, row: number) => string | undefined;

/** The content as text. */
export const textOf = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');

const nameIt = 'if it stands for a missing value, name it with --missing';

export function labelWriter(rows: RowBuffer, rule: LabelRule | undefined): CellWriter {
  const { met } = rows;
  return (bytes, from, to, row) => {
    const cell = textOf(bytes, from, to);
    const label = labelOf(cell, rule);
    if (label === undefined) {
      if (cell === '') return 'is no label: every row needs one';
      return rule === undefined
        ? 'is no label, 0 or 1; a rule makes one of other values: --label "rating>=4", --label event=click'
        : `is no number, which the rule ${rule.compare}${rule.value} needs`;
    }
    if (rule === undefined && label === 0) {
      if (Number(cell) === -1) met.minusOne = true;
      else met.zero = true;
      if (met.zero && met.minusOne)
        return 'is beside labels 0 and -1: say which are clicks, as with --label "name>0"';
    }
    rows.labels[row] = label;
    return undefined;
  };
}

export function numberWriter(rows: RowBuffer, base: number, { form, missing }: NumericColumn): CellWriter {
  const { integers, floats } = rows;
  const absent = new Set(['', ...missing]);
  return (bytes, from, to, row) => {
    const cell = textOf(bytes, from, to);
    if (form === 'number') {
      if (!absent.has(cell) && !isNumber(cell)) return `is not a number; ${nameIt}`;
      const value = absent.has(cell) ? NaN : Math.fround(Number(cell));
      if (Math.abs(value) === Infinity) return 'is beyond the range of 32-bit floats';
      floats[base + row] = value;
      return undefined;
    }
    if (!absent.has(cell) && !/^[+-]?[0-9]+(\.0*)?$/.test(cell)) return `is not a whole number; ${nameIt}`;
    const value = absent.has(cell) ? missingInteger : Number(cell);
    if (value !== missingInteger && Math.abs(value) >= 2 ** 31)
      return 'does not fit into 32 bits: use the form number';
    integers[base + row] = value;
    return undefined;
  };
}

export function categoryWriter(
  rows: RowBuffer,
  base: number,
  { form, missing }: CategoricalColumn,
): CellWriter {
  const { words, texts } = rows;
  const absent = new Set(missing);
  if (form === 'text')
    return (bytes, from, to, row) => {
      const isMissing = absent.size > 0 && absent.has(textOf(bytes, from, to));
      writeToken(bytes, from, isMissing ? from : to, texts, base + 3 * row);
      return undefined;
    };
  return (bytes, from, to, row) => {
    const cell = textOf(bytes, from, to);
    if (cell === '' || absent.has(cell)) {
      words[base + row] = missingToken(form);
      return undefined;
    }
    if (form === 'hex') {
      if (!/^[0-9a-fA-F]{1,8}$/.test(cell))
        return 'is not a category of 1 to 8 hexadecimal digits: use the form text';
      words[base + row] = parseInt(cell, 16);
      return undefined;
    }
    if (form === 'index') {
      const index = indexOf(cell);
      if (typeof index === 'string') return index;
      words[base + row] = index;
      return undefined;
    }
    if (!/^[+-]?[0-9]+(\.0*)?$/.test(cell) || Math.abs(Number(cell)) >= 2 ** 31)
      return 'is not a whole number of 32 bits: use the form text';
    words[base + row] = Number(cell);
    return undefined;
  };
}

/** Values of one row at most: their number is a byte. */
const mostValues = 255;

export function severalWriter(column: SeveralTokens, { several, missing }: CategoricalColumn): CellWriter {
  const separator = several!.separator.charCodeAt(0);
  const absent = new Set(missing);
  return (bytes, from, to, row) => {
    const begin = row === 0 ? 0 : column.ends[row - 1];
    let end = begin;
    const isMissing = absent.size > 0 && absent.has(textOf(bytes, from, to));
    for (let p = from, start = from; p <= to && !isMissing; p++) {
      if (p < to && bytes[p] !== separator) continue;
      if (p > start) {
        if (end - begin === mostValues) return `has more than ${mostValues} values`;
        if (3 * end === column.tokens.length) column.tokens = doubled(column.tokens);
        writeToken(bytes, start, p, column.tokens, 3 * end++);
      }
      start = p + 1;
    }
    if (end === begin) {
      if (3 * end === column.tokens.length) column.tokens = doubled(column.tokens);
      column.tokens.fill(0, 3 * end, 3 * end + 3);
      end++;
    }
    column.ends[row] = end;
    return undefined;
  };
}

function doubled(tokens: Uint32Array): Uint32Array {
  const more = new Uint32Array(2 * tokens.length);
  more.set(tokens);
  return more;
}

export function timeWriter(rows: RowBuffer, form: TimeForm): CellWriter {
  return (bytes, from, to, row) => {
    const time = timeOf(textOf(bytes, from, to), form);
    if (time === undefined)
      return form === 'number' ? 'is not a number, as a time is' : `is not a time of the form ${form}`;
    rows.times![row] = time;
    return undefined;
  };
}

export function derivedWriter(rows: RowBuffer, base: number, form: TimeForm, take: DerivedValue): CellWriter {
  return (bytes, from, to, row) => {
    const time = timeOf(textOf(bytes, from, to), form);
    if (time !== undefined) rows.words[base + row] = derivedFrom(time, take);
    return undefined; // the writer of the time says what is wrong
  };
}

export function weightWriter(rows: RowBuffer): CellWriter {
  return (bytes, from, to, row) => {
    const cell = textOf(bytes, from, to);
    const weight = isNumber(cell) ? Math.fround(Number(cell)) : NaN;
    if (!(weight >= 0 && weight < Infinity)) return 'is no weight: a number, 0 or more';
    rows.weights![row] = weight;
    return undefined;
  };
}

/** Names of parts in use. */
const partNames = new Map(
  Object.entries({
    train: ['train', 'training'],
    validation: ['validation', 'valid', 'val', 'dev'],
    test: ['test'],
  }).flatMap(([part, names]) => names.map((name) => [name, parts.indexOf(part as Part)])),
);

export function partWriter(rows: RowBuffer): CellWriter {
  return (bytes, from, to, row) => {
    const part = partNames.get(textOf(bytes, from, to).toLowerCase());
    if (part === undefined) return 'is no part: train, validation (valid, val, dev) or test';
    rows.parts![row] = part;
    return undefined;
  };
}
