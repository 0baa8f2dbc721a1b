import fs from 'node:fs';
import { compressionOf, openText } from '../../text/open-text.ts';
import type { TextFile } from '../../text/text-file.ts';
import type { Sample } from '../reader.ts';
import { type Dialect, lineFeed } from './dialect.ts';
import { records } from './detect-dialect.ts';

/** Text that is sampled whole; of a longer one, stretches. */
const wholeBytes = 1 << 24;
/** Bytes of the first stretch, and of each one further on. */
const firstBytes = 1 << 22;
const stretchBytes = 1 << 19;
const stretches = 12;
/** Text of an archive that is read at most: a minute or less. A plain file is read at places up to its end. */
const mostUnpacked = 1 << 30;

/**
 * Rows for `sniff`: the first ones, and stretches further on. A stretch begins behind a line end; a record in it with another number of
 * columns, as where it begins within a cell, is left out. Rows further on have no number, 0.
 */
export async function* sampleText(
  file: TextFile,
  dialect: Dialect,
  columns: number,
  onMalformed: (row: number) => void = () => {},
): AsyncGenerator<Sample> {
  const plain = compressionOf(file.path) === 'none';
  for await (const { bytes, first } of plain ? plainStretches(file) : unpackedStretches(file.path)) {
    let row = first ? 1 - Number(dialect.header) : 0;
    const start = first ? markBytes(bytes) : bytes.indexOf(lineFeed) + 1;
    for (const cells of records(bytes.subarray(start), dialect.separator, dialect.quote)) {
      if (cells.length === columns && (!first || row > 0))
        yield { row, cells: cells.map((cell) => (cell === '' ? null : cell)) };
      else if (first && row > 0) onMalformed(row);
      if (first) row++;
    }
  }
}

interface Stretch {
  readonly bytes: Uint8Array;
  readonly first: boolean;
}

const markBytes = (bytes: Uint8Array) =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;

function* plainStretches({ path, bytes: size }: TextFile): Generator<Stretch> {
  const fd = fs.openSync(path, 'r');
  const read = (at: number, count: number) => {
    const bytes = new Uint8Array(Math.min(count, size - at));
    return bytes.subarray(0, fs.readSync(fd, bytes, 0, bytes.length, at));
  };
  try {
    if (size <= wholeBytes) {
      yield { bytes: ended(read(0, size)), first: true };
      return;
    }
    yield { bytes: read(0, firstBytes), first: true };
    const step = (size - firstBytes - stretchBytes) / (stretches - 1);
    for (let i = 0; i < stretches; i++)
      yield { bytes: read(Math.floor(firstBytes + i * step), stretchBytes), first: false };
  } finally {
    fs.closeSync(fd);
  }
}

async function* unpackedStretches(path: string): AsyncGenerator<Stretch> {
  let gathered: Uint8Array[] = [];
  let size = 0; // of those gathered
  let total = 0;
  let next = 0; // the place of the next stretch
  let first = true;
  for await (const chunk of openText(path)) {
    total += chunk.length;
    if (total > next) {
      gathered.push(Uint8Array.from(chunk));
      size += chunk.length;
    }
    // A short text is sampled whole.
    if (first && size < wholeBytes) continue;
    if (!first && size < stretchBytes) continue;
    yield { bytes: Buffer.concat(gathered), first };
    [gathered, size, first] = [[], 0, false];
    next = total + mostUnpacked / 2 ** 5;
    if (total > mostUnpacked) return;
  }
  if (first) yield { bytes: ended(Buffer.concat(gathered)), first };
}

/** A last line gets an end. */
function ended(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === lineFeed ? bytes : Buffer.concat([bytes, Uint8Array.of(lineFeed)]);
}
