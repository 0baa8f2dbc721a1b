import fs from 'node:fs';
import { once } from 'node:events';
import { diskFault } from '../../files/disk-fault.ts';
import { isReplaceable, removeLeftover } from '../../files/whole-file.ts';
import { UserError } from '../../base/user-error.ts';
import { missingInteger, type RawBlock, type RawSource } from '../raw-rows.ts';
import { categoryColumns, integerColumns } from './columns.ts';

const tab = 9;
const lineFeed = 10;
const minus = 45;
const zero = 48;
const bufferBytes = 1 << 20;
/** Label, 13 integers of up to 11 characters, 26 tokens of 8, each with a separator. */
const maxLine = 2 + integerColumns.length * 12 + categoryColumns.length * 9;
const hexDigits = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/**
 * Writes a source with Criteo's 13 + 26 columns as a raw Criteo TSV; token 0 becomes an empty cell, as it was read.
 * The file appears under its name only when it is whole. Returns rows and bytes written; throws a UserError when the
 * source has other columns or the disk is full.
 */
export async function writeTsv(source: RawSource, path: string): Promise<{ rows: number; bytes: number }> {
  if (
    source.dense.length !== integerColumns.length ||
    source.fields.length !== categoryColumns.length ||
    source.dense.some(({ kind }) => kind !== 'integer') ||
    source.fields.some(({ kind }) => kind !== 'integer32')
  ) {
    throw new UserError(
      `${path}: a Criteo file has ${integerColumns.length} integers and ${categoryColumns.length} categories of 32 bits`,
    );
  }
  const aside = isReplaceable(path);
  const partial = aside ? `${path}.partial-${process.pid}` : path;
  let rows = 0;
  let stream: fs.WriteStream | undefined;
  try {
    stream = fs.createWriteStream(partial, { highWaterMark: 4 * bufferBytes });
    let failure: Error | undefined;
    stream.on('error', (error) => (failure = error));
    for await (const block of source.blocks()) {
      for (const bytes of lines(block)) {
        if (failure) throw failure;
        if (!stream.write(bytes)) await once(stream, 'drain');
      }
      rows += block.size;
    }
    stream.end();
    await once(stream, 'finish');
    if (aside) fs.renameSync(partial, path);
    return { rows, bytes: stream.bytesWritten };
  } catch (error) {
    stream?.destroy();
    if (aside) removeLeftover(partial);
    throw diskFault(error, path, { otherwise: 'write elsewhere' }) ?? error;
  }
}

/** The text of a block in pieces of about a mebibyte, each in fresh memory, since the stream keeps it for a while. */
function* lines(block: RawBlock): Generator<Uint8Array> {
  const { labels, dense: integers, tokens, size } = block;
  let bytes = new Uint8Array(bufferBytes);
  let p = 0;
  for (let row = 0; row < size; row++) {
    if (p + maxLine > bufferBytes) {
      yield bytes.subarray(0, p);
      bytes = new Uint8Array(bufferBytes);
      p = 0;
    }
    bytes[p++] = zero + labels[row];
    for (let f = 0; f < integers.length; f++) {
      bytes[p++] = tab;
      const value = integers[f][row];
      if (value !== missingInteger) p = putInteger(bytes, p, value);
    }
    for (let f = 0; f < tokens.length; f++) {
      bytes[p++] = tab;
      const token = tokens[f][row];
      if (token !== 0)
        for (let shift = 28; shift >= 0; shift -= 4) bytes[p++] = hexDigits[(token >>> shift) & 15];
    }
    bytes[p++] = lineFeed;
  }
  yield bytes.subarray(0, p);
}

/** Decimal digits of a 32-bit integer at `p`; returns where they end. */
function putInteger(bytes: Uint8Array, p: number, value: number): number {
  if (value < 0) {
    bytes[p++] = minus;
    value = -value;
  }
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits++;
  for (let at = p + digits - 1; at >= p; at--) {
    const rest = (value / 10) >>> 0;
    bytes[at] = zero + value - rest * 10;
    value = rest;
  }
  return p + digits;
}
