import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { criteoSource } from '../../datasets/criteo/criteo-source.ts';
import { textFile } from '../../datasets/text/text-file.ts';
import { missingInteger } from '../../datasets/raw-rows.ts';
import { UserError } from '../../base/user-error.ts';
import type { Random } from '../../base/random.ts';
import { lineOf, type Row, rowsOf } from '../datasets/sample-rows.ts';
import { below, between, damaged, oneIn, oneOf } from './choices.ts';
import { failed, held, type CaseResult, type TryCase } from './part.ts';

/**
 * Logs with mutations, plain, gzip and zstd: each is read as a slow parser reads it, or refused with the number of the line
 * that is wrong. A damaged archive is refused, or its text is whole.
 */
export function inputCases(folder: string): TryCase {
  const formats = ['plain', 'plain', 'gz', ...(hasZstd() ? (['zst'] as const) : [])] as const;
  return async (stream) => {
    const format = oneOf(stream, formats);
    const rows = Array.from({ length: between(stream, 1, 12) }, () => randomRow(stream));
    const text = Buffer.from(rows.map((row) => lineOf(row) + lineEnd(stream)).join(''));
    // Either the text is damaged and then compressed, or what was compressed is damaged.
    const archiveIsDamaged = format !== 'plain' && oneIn(stream, 2);
    const written = archiveIsDamaged ? text : mutated(stream, text);
    const archive = compressed(format, written);
    const bytes = archiveIsDamaged ? damaged(stream, archive) : archive;
    const path = join(folder, format === 'plain' ? 'log.txt' : `log.txt.${format}`);
    writeFileSync(path, bytes);
    const found = await readLog(path);
    return archiveIsDamaged ? judgeArchive(found, written) : judgeText(found, written, path);
  };
}

type Read = { readonly rows: readonly Row[] } | { readonly fault: string };

async function readLog(path: string): Promise<Read> {
  try {
    const source = criteoSource(textFile(path), { maxBadLines: 0 });
    return { rows: await rowsOf(source.blocks()) };
  } catch (error) {
    if (error instanceof UserError) return { fault: error.message };
    throw error;
  }
}

function judgeText(found: Read, text: Uint8Array, path: string): CaseResult {
  const expected = slowlyParsed(text);
  if ('badLine' in expected) {
    if (!('fault' in found)) return failed('accepted', `line ${expected.badLine} of ${shown(text)}`);
    // A file whose beginning looks like an archive or a tape is refused as a whole.
    const named = found.fault.startsWith(`${path}:${expected.badLine}: `) || !/:\d+: /.test(found.fault);
    return named ? held('refused') : failed('accepted', `line ${expected.badLine}, but: ${found.fault}`);
  }
  if ('fault' in found) return failed('lost', `${found.fault} for ${shown(text)}`);
  return same(found.rows, expected.rows) ? held('read') : failed('accepted', `other rows for ${shown(text)}`);
}

function judgeArchive(found: Read, text: Uint8Array): CaseResult {
  if ('fault' in found) return held('archive refused');
  const expected = slowlyParsed(text);
  return 'rows' in expected && same(found.rows, expected.rows)
    ? held('archive read whole')
    : failed('accepted', 'other rows from a damaged archive');
}

const shown = (text: Uint8Array) => JSON.stringify(Buffer.from(text).toString('latin1').slice(0, 300));
const same = (a: readonly Row[], b: readonly Row[]) => JSON.stringify(a) === JSON.stringify(b);

/** The format in as few words as possible, for comparison. */
function slowlyParsed(bytes: Uint8Array): { readonly rows: Row[] } | { readonly badLine: number } {
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.length === 0) return { badLine: 1 };
  const rows: Row[] = [];
  for (const [index, line] of lines.entries()) {
    const row = slowRow(line.replace(/\r$/, ''));
    if (row === undefined) return { badLine: index + 1 };
    rows.push(row);
  }
  return { rows };
}

function slowRow(line: string): Row | undefined {
  const cells = line.split('\t');
  const [integers, tokens] = [cells.slice(1, 14), cells.slice(14)];
  if (cells.length !== 40 || !/^[01]$/.test(cells[0])) return undefined;
  if (!integers.every((cell) => /^(-?[0-9]+)?$/.test(cell) && Math.abs(Number(cell)) < 2 ** 31))
    return undefined;
  if (!tokens.every((cell) => /^[0-9a-fA-F]{0,8}$/.test(cell))) return undefined;
  return {
    label: Number(cells[0]),
    integers: integers.map((cell) => (cell === '' ? missingInteger : Number(cell) + 0)),
    tokens: tokens.map((cell) => (cell === '' ? 0 : parseInt(cell, 16))),
  };
}

function randomRow(stream: Random): Row {
  const integer = () =>
    oneIn(stream, 5)
      ? missingInteger
      : oneOf(stream, [0, 1, -1, 2 ** 31 - 1, -(2 ** 31) + 1, below(stream, 5000)]);
  const token = () => (oneIn(stream, 5) ? 0 : oneIn(stream, 8) ? below(stream, 16) : stream.next());
  return {
    label: below(stream, 2),
    integers: Array.from({ length: 13 }, integer),
    tokens: Array.from({ length: 26 }, token),
  };
}

const lineEnd = (stream: Random) => oneOf(stream, ['\n', '\n', '\n', '\r\n']);

const cells = ['', '0', '1', '2', '-0', '00', '01', '-', '+1', '1.5', '1e3', 'NaN', ' 1', '2147483647', '2147483648', '-2147483648', '99999999999999999999', 'feedbeef', 'FEEDBEEF', 'feedbeef0', 'xyz', 'é', '"1"', '\0', '0x1f']; // prettier-ignore

/** A cell replaced, removed, doubled; a line removed, doubled, emptied; bytes damaged; or nothing at all. */
function mutated(stream: Random, text: Buffer): Uint8Array {
  const lines = text.toString('latin1').split('\n');
  const at = below(stream, lines.length);
  const columns = lines[at].split('\t');
  const column = below(stream, columns.length);
  const withColumns = (changed: readonly string[]) =>
    Buffer.from(lines.with(at, changed.join('\t')).join('\n'), 'latin1');
  switch (below(stream, 9)) {
    case 0:
      return text;
    case 1:
    case 2:
      return withColumns(columns.with(column, oneOf(stream, cells)));
    case 3:
      return withColumns(columns.toSpliced(column, 1));
    case 4:
      return withColumns(columns.toSpliced(column, 0, oneOf(stream, cells)));
    case 5:
      return Buffer.from(lines.toSpliced(at, 1).join('\n'), 'latin1');
    case 6:
      return Buffer.from(
        lines.toSpliced(at, 0, oneOf(stream, ['', lines[at], 'label\tI1', '\ufeff'])).join('\n'),
        'latin1',
      );
    default:
      return damaged(stream, text);
  }
}

function compressed(format: 'plain' | 'gz' | 'zst', text: Uint8Array): Uint8Array {
  if (format === 'plain') return text;
  if (format === 'gz') return zlib.gzipSync(text);
  return spawnSync('zstd', ['-q', '-c', '--check'], { input: text }).stdout;
}

const hasZstd = () => spawnSync('zstd', ['--version']).status === 0;
