import zlib from 'node:zlib';
import { parquetHeader } from 'hyparquet/src/column.js';
import { decompressed, firstLine, mostPageBytes } from './codec.ts';
import type { ParquetColumn } from './columns.ts';
import { Damage } from './damage.ts';
import type { Chunk, ParquetFile } from './open-file.ts';
import { Runs } from './runs.ts';

/** A page of a chunk, decompressed. */
export interface Page {
  readonly dictionary: boolean;
  /** Values, nulls included. */
  readonly values: number;
  readonly encoding: string;
  /** Where the values begin is `from`, and `bytes` ends with them. */
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly repetition?: Runs;
  /** Undefined if no value can be null. */
  readonly definition?: Runs;
}

/** Bytes that are read at a time: small pages come many at once. */
const readAhead = 1 << 17;
/** Long texts in its statistics make a header long; it fits into this, or is none. */
const mostHeaderBytes = 1 << 24;

/**
 * The pages of a chunk, in order, as hyparquet reads their headers. Checksums of pages are compared where the writer has stored
 * them. Throws Damage. `onBytes` takes the bytes of every page as they are in the file.
 */
export function* pagesOf(
  file: ParquetFile,
  chunk: Chunk,
  column: ParquetColumn,
  onBytes: (bytes: Uint8Array) => void = () => {},
): Generator<Page> {
  const window = new Window(file, chunk);
  let values = 0;
  while (values < chunk.values) {
    const header = headerAt(window);
    const { type, compressed_page_size: size, uncompressed_page_size: length } = header;
    if (!isCount(size) || size > window.left)
      throw new Damage(`a page of ${size} bytes, ${window.left} are left`);
    if (!isCount(length) || length > mostPageBytes) throw new Damage(`a page of ${length} bytes`);
    const bytes = window.take(size);
    onBytes(bytes);
    if (header.crc !== undefined && (zlib.crc32(bytes) | 0) !== (header.crc | 0))
      throw new Damage('a page differs from its checksum');
    if (type === 'INDEX_PAGE') continue;
    const page = pageOf(header, bytes, length, chunk, column);
    if (!page.dictionary) {
      values += page.values;
      if (values > chunk.values) throw new Damage(`${values} values of ${chunk.values}`);
    }
    yield page;
  }
}

type Header = ReturnType<typeof parquetHeader>;

function pageOf(
  header: Header,
  bytes: Uint8Array,
  length: number,
  chunk: Chunk,
  column: ParquetColumn,
): Page {
  const { dictionary_page_header: dictionary, data_page_header: v1, data_page_header_v2: v2 } = header;
  if (header.type === 'DICTIONARY_PAGE' && dictionary)
    return {
      dictionary: true,
      values: count(dictionary.num_values),
      encoding: dictionary.encoding,
      bytes: decompressed(chunk.codec, bytes, length),
      from: 0,
    };
  if (header.type === 'DATA_PAGE' && v1) {
    const whole = decompressed(chunk.codec, bytes, length);
    return {
      dictionary: false,
      values: count(v1.num_values),
      encoding: v1.encoding,
      ...levels(whole, column, v1),
    };
  }
  if (header.type === 'DATA_PAGE_V2' && v2) {
    const repeats = count(v2.repetition_levels_byte_length ?? 0);
    const from = repeats + count(v2.definition_levels_byte_length ?? 0);
    if (from > bytes.length || from > length) throw new Damage('a page is shorter than its levels');
    const data = bytes.subarray(from);
    const stored = v2.is_compressed === false || length === from;
    return {
      dictionary: false,
      values: count(v2.num_values),
      encoding: v2.encoding,
      bytes: stored ? data : decompressed(chunk.codec, data, length - from),
      from: 0,
      ...(column.list && { repetition: new Runs(bytes, 0, repeats, 1) }),
      ...(column.definition > 0 && { definition: new Runs(bytes, repeats, from, bits(column.definition)) }),
    };
  }
  throw new Damage(`a page of the type ${header.type}`);
}

/** Levels of a page of version 1: before the values, each with its length in four bytes. */
function levels(
  bytes: Uint8Array,
  column: ParquetColumn,
  v1: { repetition_level_encoding: string; definition_level_encoding: string },
) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let from = 0;
  const next = (width: number, encoding: string) => {
    if (encoding !== 'RLE') throw new Damage(`levels in the encoding ${encoding}`);
    if (from + 4 > bytes.length) throw new Damage('a page is shorter than its levels');
    const begin = from + 4;
    from = begin + view.getUint32(from, true);
    if (from > bytes.length) throw new Damage('a page is shorter than its levels');
    return new Runs(bytes, begin, from, width);
  };
  const repetition = column.list ? next(1, v1.repetition_level_encoding) : undefined;
  const definition =
    column.definition > 0 ? next(bits(column.definition), v1.definition_level_encoding) : undefined;
  return { bytes, from, ...(repetition && { repetition }), ...(definition && { definition }) };
}

const bits = (level: number) => 32 - Math.clz32(level);
const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

function count(value: unknown): number {
  if (!isCount(value)) throw new Damage(`${String(value)} is no count`);
  return value;
}

/** A chunk's bytes, read ahead into fresh memory: a page keeps what it was given. */
class Window {
  private bytes = new Uint8Array(0);
  private from: number; // the place of `bytes` in the file
  private at: number;

  private readonly file: ParquetFile;
  private readonly chunk: Chunk;

  constructor(file: ParquetFile, chunk: Chunk) {
    this.file = file;
    this.chunk = chunk;
    this.from = this.at = chunk.from;
  }

  get left(): number {
    return this.chunk.end - this.at;
  }

  /** The next bytes, at least `least` unless the chunk ends before. They stay the next ones. */
  peek(least: number): Uint8Array {
    if (this.from + this.bytes.length - this.at < Math.min(least, this.left)) {
      // A few bytes more than a large page, for the header of the next one.
      const size = Math.min(this.left, Math.max(readAhead, least + 1024));
      this.bytes = new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
      this.file.read(this.bytes, this.at);
      this.from = this.at;
    }
    return this.bytes.subarray(this.at - this.from);
  }

  take(size: number): Uint8Array {
    const bytes = this.peek(size).subarray(0, size);
    this.at += size;
    return bytes;
  }

  skip(size: number): void {
    this.at += size;
  }
}

function headerAt(window: Window): Header {
  for (let size = 512; ; size *= 8) {
    const bytes = window.peek(Math.min(size, window.left));
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
    try {
      const header = parquetHeader(reader);
      window.skip(reader.offset);
      return header;
    } catch (error) {
      // The header may go on behind the bytes that were read.
      if (bytes.length >= window.left || bytes.length >= mostHeaderBytes)
        throw new Damage(`a page header cannot be read (${firstLine(error)})`);
    }
  }
}
