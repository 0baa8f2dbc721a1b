import fs from 'node:fs';
import { shellWord } from '../../base/shell-word.ts';
import { textHead } from '../text/text-head.ts';
import { columnNames } from '../criteo/columns.ts';
import { detectSeparator, headRecords } from './text/detect-dialect.ts';
import { isHeader } from './text/header.ts';

/** The first bytes of a file as they are stored, fewer if it is shorter. */
export function firstBytes(path: string, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  const fd = fs.openSync(path, 'r');
  try {
    return bytes.subarray(0, fs.readSync(fd, bytes, 0, count, 0));
  } finally {
    fs.closeSync(fd);
  }
}

/** Parquet files begin with PAR1, those with an encrypted footer with PARE. */
export const isParquet = (start: Uint8Array): boolean =>
  ['PAR1', 'PARE'].includes(Buffer.from(start.subarray(0, 4)).toString('latin1'));

/** A format that is not the one asked for. */
export interface Recognised {
  /** The format with its article: `a CSV file with a header`. */
  readonly what: string;
  /** The arguments of `npm run`, but for the file, that read it. */
  readonly command: string;
  /** The train file of the Criteo challenge. */
  readonly criteo?: true;
}

/** The format of a file by its first bytes and lines; undefined if they say nothing. Throws a UserError for an archive that cannot be read. */
export function recognise(path: string): Recognised | undefined {
  const start = firstBytes(path, 4);
  if (isParquet(start)) return { what: 'a Parquet file', command: sniffed(path) };
  const { bytes } = textHead(path);
  if (bytes.includes(0)) return undefined;
  const separator = detectSeparator(bytes, '"');
  if (separator === undefined) return undefined;
  const records = headRecords(bytes, separator, separator === '::' ? '' : '"', 20);
  const [first] = records;
  const bench = (flags: string) =>
    `npm run bench -- --method md --dataset table --data ${shellWord(path)} ${flags}`;
  if (separator === ' ' && first.slice(1).every((cell) => /^[0-9]+:[-+.0-9eE]+$/.test(cell)))
    return {
      what: 'libsvm text (index:value)',
      command: bench(
        "--no-header --separator space --label 1 --categorical '*', if every row has one value per field in one order,",
      ),
    };
  if (first.length === columnNames.length && separator === '\t' && records.every(isCriteoLine))
    return {
      what: "Criteo's train file",
      command: `npm run bench -- --method md --dataset criteo --data ${shellWord(path)}`,
      criteo: true,
    };
  if (separator === '::' && first.length === 4 && first.every((cell) => /^[0-9.]+$/.test(cell)))
    return { what: "MovieLens's ratings.dat", command: bench('--label "3>=4" --categorical 1,2 --time 4') };
  const names = new Set(first);
  if (['userId', 'movieId', 'rating', 'timestamp'].every((name) => names.has(name)))
    return {
      what: "MovieLens's ratings.csv",
      command: bench('--label "rating>=4" --categorical userId,movieId --time timestamp'),
    };
  if (['click', 'hour', 'banner_pos', 'device_ip'].every((name) => names.has(name)))
    return { what: "Avazu's train file", command: sniffed(path) };
  const header = isHeader(records, undefined) ? ' with a header' : '';
  const form = separator === '\t' ? 'tabs' : separator === ',' ? 'commas' : JSON.stringify(separator);
  if (separator === '\t' && header === '') return undefined;
  return { what: `a file of columns separated by ${form}${header}`, command: sniffed(path) };
}

const sniffed = (path: string) => `npm run data -- sniff ${shellWord(path)}`;

const isCriteoLine = (cells: readonly string[]) =>
  /^[01]$/.test(cells[0]) &&
  cells.slice(1, 14).every((cell) => /^(-?[0-9]+)?$/.test(cell)) &&
  cells.slice(14).every((cell) => /^[0-9a-fA-F]{0,8}$/.test(cell));
