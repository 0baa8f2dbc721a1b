import fs from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { shellWord } from '../../base/shell-word.ts';
import { textHead } from '../text/text-head.ts';
import { columnNames } from '../criteo/columns.ts';
import { openParquet } from './parquet/open-file.ts';
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
  /** The command that reads it. */
  readonly command: string;
  /** Data sets that read this form and no other; absent if it is no published one. */
  readonly datasets?: readonly string[];
}

/** The format of a file by its first bytes and lines; undefined if they say nothing. Throws a UserError for an archive that cannot be read. */
export function recognise(path: string): Recognised | undefined {
  if (isParquet(firstBytes(path, 4)))
    return (
      publishedForm(path, parquetNames(path), ' as Parquet') ?? {
        what: 'a Parquet file',
        command: sniffed(path),
      }
    );
  const { bytes } = textHead(path);
  if (bytes.includes(0)) return undefined;
  const separator = detectSeparator(bytes, '"');
  if (separator === undefined) return undefined;
  const records = headRecords(bytes, separator, separator === '::' ? '' : '"', 20);
  const [first] = records;
  if (separator === ' ' && first.slice(1).every((cell) => /^[0-9]+:[-+.0-9eE]+$/.test(cell)))
    return libsvm(path, records);
  if (first.length === columnNames.length && separator === '\t' && records.every(isCriteoLine))
    return { what: "Criteo's train file", command: bench('criteo', path), datasets: ['criteo'] };
  if (separator === '::' && first.length === 4 && first.every((cell) => /^[0-9.]+$/.test(cell)))
    return {
      what: "MovieLens's ratings.dat",
      command: bench('movielens', path),
      datasets: ['movielens'],
    };
  const published = publishedForm(path, first);
  if (published !== undefined) return published;
  const header = isHeader(records, undefined) ? ' with a header' : '';
  const form = separator === '\t' ? 'tabs' : separator === ',' ? 'commas' : JSON.stringify(separator);
  if (separator === '\t' && header === '') return undefined;
  return { what: `a file of columns separated by ${form}${header}`, command: sniffed(path) };
}

/** A published form by the names of its columns. */
function publishedForm(path: string, columns: readonly string[], as = ''): Recognised | undefined {
  const names = new Set(columns.map((name) => name.trim()));
  const form = forms.find(({ has }) => has.every((name) => names.has(name)));
  if (form === undefined) return undefined;
  const { what, datasets, split } = form;
  return { what: what + as, datasets, command: bench(datasets[0], split ? dirname(path) : path) };
}

interface PublishedForm {
  /** Names of columns that this form has and no other one. */
  readonly has: readonly string[];
  readonly what: string;
  readonly datasets: readonly string[];
  /** The log comes split: its folder is read. */
  readonly split?: true;
}

const forms: readonly PublishedForm[] = [
  {
    has: ['Label', 'I1', 'I13', 'C1', 'C26'],
    what: 'a file of Criteo_x4',
    datasets: ['criteo-x4'],
    split: true,
  },
  {
    has: ['label', 'I1', 'I13', 'C1', 'C26'],
    what: 'a file of Criteo_x1',
    datasets: ['criteo-x1'],
    split: true,
  },
  {
    has: ['click', 'hour', 'banner_pos', 'device_ip'],
    what: "Avazu's train file",
    datasets: ['avazu', 'avazu-x4'],
  },
  { has: ['label', 'feat_1', 'feat_22'], what: 'a file of Avazu_x1', datasets: ['avazu-x1'], split: true },
  { has: ['ACTION', 'RESOURCE', 'MGR_ID'], what: "Amazon access's train file", datasets: ['amazon-access'] },
  {
    has: ['userId', 'movieId', 'rating', 'timestamp'],
    what: "MovieLens's ratings.csv",
    datasets: ['movielens'],
  },
];

function libsvm(path: string, records: readonly (readonly string[])[]): Recognised {
  const isFrappe = records.every(
    ([label, ...cells]) =>
      /^-?1$/.test(label) && cells.length === 10 && cells.every((cell) => cell.endsWith(':1')),
  );
  if (isFrappe)
    return { what: "Frappe's libfm text", command: bench('frappe', dirname(path)), datasets: ['frappe'] };
  return {
    what: 'libsvm text (index:value)',
    command: bench(
      'table',
      path,
      "--no-header --separator space --label 1 --categorical '*:index', if every row has one category per field in one order",
    ),
  };
}

function parquetNames(path: string): readonly string[] {
  try {
    const file = openParquet(path);
    file.close();
    return file.columns.map(({ name }) => name);
  } catch (error) {
    if (error instanceof UserError) return []; // the reader says what is wrong with it
    throw error;
  }
}

const bench = (dataset: string, data: string, flags?: string) =>
  [`npm run bench -- --method md --dataset ${dataset} --data ${shellWord(data)}`, flags]
    .filter(Boolean)
    .join(' ');

const sniffed = (path: string) => `npm run data -- sniff ${shellWord(path)}`;

const isCriteoLine = (cells: readonly string[]) =>
  /^[01]$/.test(cells[0]) &&
  cells.slice(1, 14).every((cell) => /^(-?[0-9]+)?$/.test(cell)) &&
  cells.slice(14).every((cell) => /^[0-9a-fA-F]{0,8}$/.test(cell));
