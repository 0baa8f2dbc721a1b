import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import zlib from 'node:zlib';
import type { Random } from '../../base/random.ts';
import { UserError } from '../../base/user-error.ts';
import { noBadLines } from '../../datasets/text/bad-lines.ts';
import { textFile } from '../../datasets/text/text-file.ts';
import { openReader } from '../../datasets/table/open-reader.ts';
import { resolveColumns } from '../../datasets/table/resolve.ts';
import { tableSchema } from '../../datasets/table/schema.ts';
import { tokenOf } from '../datasets/table/parsed.ts';
import { below, between, damaged, oneIn, oneOf } from './choices.ts';
import { type CaseResult, failed, held, type TryCase } from './part.ts';

/**
 * CSV files with mutations, plain and gzip: each is read as a slow, strict parser reads it, or refused with the line in which the first wrong
 * record begins. A damaged header is refused, or finds its columns.
 */
export function csvCases(folder: string): TryCase {
  return async (stream) => {
    const zipped = oneIn(stream, 4);
    const path = join(folder, zipped ? 'log.csv.gz' : 'log.csv');
    const rows = Array.from({ length: between(stream, 1, 12) }, () => randomLine(stream));
    const text = Buffer.from(
      [header, ...rows].map((line) => line + oneOf(stream, ['\n', '\n', '\r\n'])).join(''),
    );
    const mutated = Buffer.from(oneIn(stream, 8) ? text : mutation(stream, text));
    writeFileSync(path, zipped ? zlib.gzipSync(mutated) : mutated);
    const found = await read(path);
    // The bytes as they are: a token is the bytes of its cell.
    const expected = slowlyParsed(mutated.toString('latin1'));
    if (expected === 'header') return 'fault' in found ? held('header refused') : held('other header');
    return judge(found, expected, path, mutated);
  };
}

const header = 'y,x,a,"b",skipped';
const schema = tableSchema.parse({
  label: 'y',
  numeric: ['x'],
  categorical: ['a', 'b'],
  separator: ',',
  header: true,
});

type Row = string; // label, number and tokens as one text
type Read = { readonly rows: readonly Row[] } | { readonly fault: string };

async function read(path: string): Promise<Read> {
  try {
    const reader = openReader(textFile(path), schema);
    const columns = resolveColumns(schema, reader.columns, path);
    const rows: Row[] = [];
    for await (const { size, labels, dense, tokens } of reader.blocks(columns, { badLines: noBadLines(0) }))
      for (let row = 0; row < size; row++)
        rows.push(
          rowText(
            labels[row],
            dense[0][row],
            tokens.map((words) => Array.from(words.subarray(3 * row, 3 * row + 3))),
          ),
        );
    return { rows };
  } catch (error) {
    if (error instanceof UserError) return { fault: error.message };
    throw error;
  }
}

const rowText = (label: number, x: number, tokens: readonly number[][]): Row =>
  `${label} ${x + 0} ${tokens.join(' ')}`;

function judge(
  found: Read,
  expected: Exclude<Expected, 'header'>,
  path: string,
  text: Uint8Array,
): CaseResult {
  const shown = JSON.stringify(Buffer.from(text).toString('latin1').slice(0, 300));
  if ('badLine' in expected) {
    if (!('fault' in found)) return failed('accepted', `line ${expected.badLine} of ${shown}`);
    const named = found.fault.startsWith(`${path}:${expected.badLine}: `) || expected.badLine === 0;
    return named
      ? held('refused')
      : failed('accepted', `line ${expected.badLine}, but: ${found.fault} for ${shown}`);
  }
  if ('fault' in found) return failed('lost', `${found.fault} for ${shown}`);
  return JSON.stringify(found.rows) === JSON.stringify(expected.rows)
    ? held('read')
    : failed('accepted', `other rows for ${shown}`);
}

/** The line in which the first wrong record begins, 0 if the place does not matter; `header` if the first line is not as it was. */
type Expected = 'header' | { readonly rows: readonly Row[] } | { readonly badLine: number };

function slowlyParsed(text: string): Expected {
  const lines = text.split('\n');
  if (lines[0].replace(/\r$/, '') !== header) return 'header';
  if (text.includes('\0')) return { badLine: 0 };
  const whole = text.endsWith('\n') ? text : `${text}\n`;
  const rows: Row[] = [];
  const labels = new Set<number>();
  const cell = /("(?:[^"]|"")*"|(?!")[^,\n]*?)(,|\r?\n)/y;
  cell.lastIndex = whole.indexOf('\n') + 1;
  while (cell.lastIndex < whole.length) {
    const badLine = whole.slice(0, cell.lastIndex).split('\n').length;
    const cells: string[] = [];
    for (let end = ','; end === ',';) {
      const match = cell.exec(whole);
      if (match === null) return { badLine };
      cells.push(match[1].startsWith('"') ? match[1].slice(1, -1).replaceAll('""', '"') : match[1]);
      if (!match[1].startsWith('"') && match[1].includes('\r')) return { badLine };
      end = match[2];
    }
    const row = rowOf(cells, labels);
    if (row === undefined) return { badLine };
    rows.push(row);
  }
  return rows.length === 0 ? { badLine: 0 } : { rows };
}

const decimal = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/;

function rowOf([y, x, a, b, skipped, ...more]: readonly string[], labels: Set<number>): Row | undefined {
  if (skipped === undefined || more.length > 0) return undefined;
  const words: Readonly<Record<string, number>> = { true: 1, True: 1, TRUE: 1, false: 0, False: 0, FALSE: 0 };
  const label = decimal.test(y) ? Number(y) : Object.hasOwn(words, y) ? words[y] : NaN;
  if (![1, 0, -1].includes(label)) return undefined;
  labels.add(label + 0);
  if (labels.has(0) && labels.has(-1)) return undefined;
  const number = x === '' ? NaN : Math.fround(Number(x));
  if (x !== '' && (!decimal.test(x) || !Number.isFinite(number))) return undefined;
  return rowText(
    label === 1 ? 1 : 0,
    number,
    [a, b].map((cell) => tokenOf(Buffer.from(cell, 'latin1'))),
  );
}

const texts = [
  '',
  'u1',
  'user-12345',
  'é',
  '"a,b"',
  '"say ""x"""',
  '"two\nlines"',
  '12345678',
  '123456789',
  '"',
  'a"b',
  'x\ry',
];
const numbers = [
  '',
  '0',
  '1.5',
  '-3',
  '1e3',
  '.5',
  '12345678901234567890',
  '0.1',
  'NaN',
  '1e99',
  '0x1',
  ' 1',
  '-',
];

function randomLine(stream: Random): string {
  const usual = (choices: readonly string[], count: number) => oneOf(stream, choices.slice(0, count));
  return [usual(['0', '1'], 2), usual(numbers, 8), usual(texts, 9), usual(texts, 9), usual(texts, 9)].join();
}

/** A cell replaced, removed or doubled; a line removed, doubled or emptied; bytes damaged. */
function mutation(stream: Random, text: Buffer): Uint8Array {
  const lines = text.toString('latin1').split('\n');
  const at = below(stream, lines.length);
  const cells = lines[at].split(',');
  const column = below(stream, cells.length);
  const joined = (changed: readonly string[]) =>
    Buffer.from(lines.with(at, changed.join()).join('\n'), 'latin1');
  switch (below(stream, 8)) {
    case 0:
    case 1:
      return joined(cells.with(column, oneOf(stream, [...texts, ...numbers, '-1', '2', 'true'])));
    case 2:
      return joined(cells.toSpliced(column, 1));
    case 3:
      return joined(cells.toSpliced(column, 0, oneOf(stream, texts)));
    case 4:
      return Buffer.from(
        lines.toSpliced(at, oneOf(stream, [0, 1]), oneOf(stream, ['', lines[at]])).join('\n'),
        'latin1',
      );
    default:
      return damaged(stream, text);
  }
}
