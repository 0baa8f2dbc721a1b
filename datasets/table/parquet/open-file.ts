import fs from 'node:fs';
import { type FileMetaData, parquetMetadata } from 'hyparquet';
import { UserError } from '../../../base/user-error.ts';
import { codecNames, firstLine } from './codec.ts';
import { columnsOf, type ParquetColumn } from './columns.ts';
import { Damage } from './damage.ts';

/** An open Parquet file: its footer is read, no page is. */
export interface ParquetFile {
  readonly path: string;
  readonly bytes: number;
  /** The footer as it is in the file. */
  readonly footer: Uint8Array;
  readonly rows: number;
  readonly columns: readonly ParquetColumn[];
  readonly groups: readonly RowGroup[];
  /** Fills `bytes` beginning with byte `at` of the file. */
  read(bytes: Uint8Array, at: number): void;
  close(): void;
}

export interface RowGroup {
  readonly rows: number;
  /** One of each leaf of the schema. */
  readonly chunks: readonly Chunk[];
}

/** Pages of a column in a row group. */
export interface Chunk {
  readonly from: number;
  readonly end: number;
  readonly codec: string;
  /** Values, nulls included. */
  readonly values: number;
  readonly encrypted: boolean;
}

const magic = 'PAR1';
const again = 'write or download the file again';

/** Opens a file and reads its footer. Throws a UserError for a file that is not whole or cannot be read. */
export function openParquet(path: string): ParquetFile {
  const fd = opened(path);
  try {
    const bytes = fs.fstatSync(fd).size;
    const read = (into: Uint8Array, at: number) => fill(fd, path, into, at);
    const footer = footerOf(path, bytes, read);
    const file = { path, bytes, footer, read, close: () => fs.closeSync(fd) };
    return { ...file, ...contentOf(path, footer, bytes) };
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
}

function opened(path: string): number {
  try {
    return fs.openSync(path, 'r');
  } catch (error) {
    throw new UserError(
      `${path}: cannot be opened (${(error as NodeJS.ErrnoException).code}); check the path`,
    );
  }
}

function fill(fd: number, path: string, into: Uint8Array, at: number): void {
  for (let done = 0; done < into.length;) {
    let read: number;
    try {
      read = fs.readSync(fd, into, done, into.length - done, at + done);
    } catch (error) {
      throw new UserError(
        `${path}: cannot be read (${(error as NodeJS.ErrnoException).code}); check the disk`,
      );
    }
    if (read === 0) throw new UserError(`${path}: has become shorter while it was read; start again`);
    done += read;
  }
}

function footerOf(path: string, bytes: number, read: ParquetFile['read']): Uint8Array {
  if (bytes === 0) throw new UserError(`${path}: the file is empty; ${again}`);
  const start = new Uint8Array(Math.min(bytes, 4));
  const end = new Uint8Array(Math.min(bytes, 8));
  read(start, 0);
  read(end, bytes - end.length);
  const [first, last] = [start, end.subarray(-4)].map((four) => Buffer.from(four).toString('latin1'));
  if (first === 'PARE' || last === 'PARE')
    throw new UserError(`${path}: the file is encrypted; write it without encryption`);
  if (first !== magic)
    throw new UserError(
      `${path}: is not a Parquet file (it does not begin with ${magic}); give a .parquet file`,
    );
  if (last !== magic || bytes < 12)
    throw new UserError(`${path}: the Parquet file is truncated (no ${magic} at its end); ${again}`);
  const length = new DataView(end.buffer).getUint32(0, true);
  if (length > bytes - 12)
    throw new UserError(`${path}: the footer is damaged (${length} bytes in a file of ${bytes}); ${again}`);
  const footer = new Uint8Array(length + 8);
  read(footer, bytes - footer.length);
  return footer;
}

function contentOf(path: string, footer: Uint8Array, bytes: number) {
  try {
    const metadata = parquetMetadata(footer, { geoparquet: false });
    const columns = columnsOf(metadata);
    const dataEnd = bytes - footer.length;
    const groups = metadata.row_groups.map((group) => groupOf(group, columns.length, dataEnd));
    const rows = whole(metadata.num_rows);
    const inGroups = groups.reduce((sum, group) => sum + group.rows, 0);
    if (inGroups !== rows) throw new Damage(`${inGroups} rows in its groups, ${rows} in all`);
    return { columns, groups, rows };
  } catch (error) {
    // hyparquet reads a damaged footer until something is missing, and throws whatever that leads to.
    throw new UserError(`${path}: the footer is damaged (${firstLine(error)}); ${again}`);
  }
}

function groupOf(group: FileMetaData['row_groups'][number], columns: number, dataEnd: number): RowGroup {
  if (group.columns.length !== columns)
    throw new Damage(`${group.columns.length} columns in a row group, ${columns} in the schema`);
  const rows = whole(group.num_rows);
  return { rows, chunks: group.columns.map((column) => chunkOf(column, rows === 0 ? undefined : dataEnd)) };
}

type StoredChunk = FileMetaData['row_groups'][number]['columns'][number];

/** `dataEnd` is the end of all pages; undefined for a group without rows, whose places writers leave as they are. */
function chunkOf({ meta_data, crypto_metadata, file_path }: StoredChunk, dataEnd: number | undefined): Chunk {
  const encrypted = crypto_metadata !== undefined;
  if (meta_data === undefined) {
    if (!encrypted) throw new Damage('a column has no description');
    return { from: 0, end: 0, codec: 'UNCOMPRESSED', values: 0, encrypted };
  }
  if (file_path) throw new Damage('its columns are in other files, which is not supported');
  if (dataEnd === undefined) return { from: 0, end: 0, codec: meta_data.codec, values: 0, encrypted };
  const data = whole(meta_data.data_page_offset);
  const dictionary = meta_data.dictionary_page_offset ?? 0n;
  // Some writers give 0 for no dictionary.
  const from = dictionary > 0n && dictionary < BigInt(data) ? Number(dictionary) : data;
  const end = from + whole(meta_data.total_compressed_size);
  if (from < 4 || end > dataEnd) throw new Damage(`a column in bytes ${from} to ${end} of ${dataEnd}`);
  return { from, end, codec: meta_data.codec, values: whole(meta_data.num_values), encrypted };
}

function whole(value: bigint | number): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0) throw new Damage(`${value} is no count`);
  return number;
}

/** Throws a UserError for a chunk that cannot be read. */
export function requireReadable(
  path: string,
  group: number,
  name: string,
  { codec, encrypted }: Chunk,
): void {
  const place = `${path}: row group ${group + 1}, column ${name}`;
  if (encrypted) throw new UserError(`${place}: is encrypted; write the file without encryption`);
  if (!codecNames.includes(codec))
    throw new UserError(
      `${place}: is compressed with ${codec ?? 'an unknown codec'}; write the file with snappy, zstd, gzip or none`,
    );
}
