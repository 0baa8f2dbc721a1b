import { allAtOnce, type Cells, type CellReader } from './cells.ts';
import type { ParquetColumn } from './columns.ts';
import { BadValue, Damage } from './damage.ts';
import { deltaBytes, deltaIntegers, deltaLengthBytes, placeIn } from './delta.ts';
import type { Page } from './pages.ts';
import { booleanCells, joinedStreams, plainCells, sizeOf } from './plain.ts';
import { Runs } from './runs.ts';
import type { Out, Sink } from './sink.ts';

/** The values of a page that are not null, as elements of the sink's array. */
export interface ValueReader<A extends Out> {
  /** Writes the next `count` values as values `at` on. */
  read(out: A, at: number, count: number): void;
}

/** The dictionary of a chunk, converted once, with the entries that the sink does not take: they matter only if a row has them. */
export interface Dictionary<A extends Out> {
  readonly size: number;
  readonly values: A;
  readonly bad: ReadonlyMap<number, BadValue>;
}

export function dictionaryOf<A extends Out>(page: Page, column: ParquetColumn, sink: Sink<A>): Dictionary<A> {
  const { physical, length } = column;
  const size = page.values;
  if (size > page.bytes.length)
    throw new Damage(`a dictionary of ${size} values in ${page.bytes.length} bytes`);
  const cells = plainCells(physical, length, page.bytes, 0, page.bytes.length).read(size);
  const values = sink.array(size);
  sink.newDictionary?.();
  const bad = new Map<number, BadValue>();
  try {
    sink.write(cells, values, 0);
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    for (let i = 0; i < size; i++) tryOne(cells, i, values, sink, bad);
  }
  return { size, values, bad };
}

function tryOne<A extends Out>(
  cells: Cells,
  i: number,
  values: A,
  sink: Sink<A>,
  bad: Map<number, BadValue>,
): void {
  try {
    sink.write(cells.subarray(i, i + 1), values, i);
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    bad.set(i, error);
  }
}

export function valuesOf<A extends Out>(
  page: Page,
  column: ParquetColumn,
  sink: Sink<A>,
  dictionary: Dictionary<A> | undefined,
): ValueReader<A> {
  if (page.encoding === 'RLE_DICTIONARY' || page.encoding === 'PLAIN_DICTIONARY') {
    if (dictionary === undefined) throw new Damage('a page without the dictionary that it needs');
    return numbered(page, dictionary, sink.width);
  }
  const cells = cellsOf(page, column);
  return { read: (out, at, count) => sink.write(cells.read(count), out, at) };
}

/** Numbers of dictionary entries, the first byte their width. A page of nulls alone may have not even that. */
function numbered<A extends Out>(
  { bytes, from }: Page,
  dictionary: Dictionary<A>,
  width: number,
): ValueReader<A> {
  const numbers = from < bytes.length ? new Runs(bytes, from + 1, bytes.length, bytes[from]) : undefined;
  const { size, values, bad } = dictionary;
  let scratch = new Uint32Array(0);
  return {
    read(out, at, count) {
      if (numbers === undefined) throw new Damage('a page ends before its values do');
      if (scratch.length < count) scratch = new Uint32Array(count);
      const one = numbers.same(count);
      if (one === undefined) numbers.read(scratch, count);
      else scratch.fill(one, 0, count);
      let most = 0;
      for (let i = 0; i < count; i++) if (scratch[i] > most) most = scratch[i];
      if (most >= size) throw new Damage(`entry ${most + 1} of a dictionary of ${size}`);
      if (bad.size > 0)
        for (let i = 0; i < count; i++) {
          const error = bad.get(scratch[i]);
          if (error) throw error;
        }
      if (width === 1) copyOne(scratch, values, out, at, count);
      else copyThree(scratch, values, out, at, count);
    },
  };
}

function copyOne(numbers: Uint32Array, values: Out, out: Out, at: number, count: number): void {
  for (let i = 0; i < count; i++) out[at + i] = values[numbers[i]];
}

function copyThree(numbers: Uint32Array, values: Out, out: Out, at: number, count: number): void {
  for (let i = 0, to = 3 * at; i < count; i++, to += 3) {
    const from = 3 * numbers[i];
    out[to] = values[from];
    out[to + 1] = values[from + 1];
    out[to + 2] = values[from + 2];
  }
}

function cellsOf(page: Page, { physical, length }: ParquetColumn): CellReader {
  const { encoding, bytes, from } = page;
  const end = bytes.length;
  const place = placeIn(bytes, from, end);
  const wrong = () => new Damage('a page ends before its values do');
  if (encoding === 'PLAIN') return plainCells(physical, length, bytes, from, end);
  if (encoding === 'RLE' && physical === 'BOOLEAN') return booleanCells(lengthFirst(bytes, from, end));
  if (encoding === 'BYTE_STREAM_SPLIT') {
    const size = sizeOf(physical, length);
    if (!size) throw new Damage(`${physical} in the encoding ${encoding}`);
    const joined = joinedStreams(bytes, from, end, size);
    return plainCells(physical, length, joined, 0, joined.length);
  }
  if (encoding === 'DELTA_BINARY_PACKED' && (physical === 'INT32' || physical === 'INT64')) {
    const integers = deltaIntegers(place, page.values);
    return allAtOnce(physical === 'INT64' ? integers : Int32Array.from(integers, Number), wrong);
  }
  const ofBytes = physical === 'BYTE_ARRAY' || physical === 'FIXED_LEN_BYTE_ARRAY';
  if (encoding === 'DELTA_LENGTH_BYTE_ARRAY' && ofBytes)
    return allAtOnce(deltaLengthBytes(place, page.values), wrong);
  if (encoding === 'DELTA_BYTE_ARRAY' && ofBytes) return allAtOnce(deltaBytes(place, page.values), wrong);
  throw new Damage(
    `${physical} in the encoding ${encoding ?? 'of an unknown number'}, which is not supported`,
  );
}

/** Runs of booleans, their length in four bytes before them. */
function lengthFirst(bytes: Uint8Array, from: number, end: number): Runs {
  if (from + 4 > end) throw new Damage('a page ends before its values do');
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(from, true);
  return new Runs(bytes, from + 4, Math.min(end, from + 4 + length), 1);
}
