import { createHash, type Hash } from 'node:crypto';
import { checksum } from '../../checksum.ts';
import type { RawBlock, RawSource } from '../../raw-rows.ts';
import { openText } from '../../text/open-text.ts';
import { requireUnchanged } from '../../text/text-file.ts';
import { categoryColumns, integerColumns } from '../columns.ts';
import { type BadLines, parseTsv } from '../parse-tsv.ts';
import { compareDays, type FoundDay } from './compare-days.ts';
import type { DayFile } from './day-files.ts';
import { daysText } from './day-list.ts';

interface DayReading {
  /** Malformed lines of all days together to leave out before giving up. */
  readonly maxBadLines: number;
  /** Bytes of all files read so far, and the file being read. */
  readonly onRead: (bytes: number, path: string) => void;
}

/** Days in Criteo's columns, one file after the other, as a stream of blocks. Its errors name file, line and column. */
export function daySource(files: readonly DayFile[], { maxBadLines, onRead }: DayReading): RawSource {
  let badLines: BadLines = { count: 0, first: [] };
  let found: FoundDay[] = [];

  async function* hashed(
    chunks: AsyncIterable<Uint8Array>,
    text: ReturnType<typeof checksum>,
    md5: Hash,
  ): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      text.update(chunk);
      md5.update(chunk);
      yield chunk;
    }
  }

  async function* blocks(): AsyncGenerator<RawBlock> {
    badLines = { count: 0, first: [] };
    found = [];
    let before = 0;
    for (const [index, { day, file }] of files.entries()) {
      const [text, md5] = [checksum(), createHash('md5')];
      const chunks = hashed(
        openText(file.path, (bytes) => onRead(before + Math.min(bytes, file.bytes), file.path)),
        text,
        md5,
      );
      let rows = 0;
      for await (const block of parseTsv(chunks, { file: file.path, maxBadLines }, badLines)) {
        rows += block.size;
        yield { ...block, day: index };
      }
      requireUnchanged(file);
      found.push({ day, rows, text: text.digest(), md5: md5.digest('hex') });
      before += file.bytes;
    }
  }

  return {
    dense: integerColumns.map((name) => ({ name, kind: 'integer' })),
    fields: categoryColumns.map((name) => ({ name, kind: 'integer32', written: 'hex' })),
    // One day is a log of its own, which does not come in days.
    ...(files.length > 1 && { days: files.map(({ name }) => name) }),
    blocks,
    origin: () => ({
      name: `day_${daysText(files.map(({ day }) => day))}`,
      checksum: textOf(found),
      badLines: badLines.count,
      firstBadLines: badLines.first,
      published: compareDays(found),
    }),
  };
}

/** One checksum of the days that were read whole. */
function textOf(found: readonly FoundDay[]): string {
  const all = checksum();
  for (const { text } of found) all.update(Buffer.from(text));
  return all.digest();
}
