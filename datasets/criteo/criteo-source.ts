import { basename } from 'node:path';
import { checksum } from '../checksum.ts';
import type { RawBlock, RawSource } from '../raw-rows.ts';
import { categoryColumns, integerColumns } from './columns.ts';
import { openText } from '../text/open-text.ts';
import { type BadLines, parseTsv } from './parse-tsv.ts';
import { requireUnchanged, type TextFile } from '../text/text-file.ts';

export interface CriteoOptions {
  /** Malformed lines to leave out before giving up. */
  readonly maxBadLines: number;
  /** Bytes of the file read so far. */
  readonly onRead?: (bytes: number) => void;
}

/** A raw Criteo file, plain, .gz or .zst, as a stream of blocks. Its errors name file, line and column. */
export function criteoSource(file: TextFile, options: CriteoOptions): RawSource {
  let badLines: BadLines = { count: 0, first: [] };
  let textSum: string | undefined;

  async function* checked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const text = checksum();
    for await (const chunk of chunks) {
      text.update(chunk);
      yield chunk;
    }
    requireUnchanged(file);
    textSum = text.digest();
  }

  return {
    dense: integerColumns.map((name) => ({ name, kind: 'integer' })),
    fields: categoryColumns.map((name) => ({ name, kind: 'integer32', written: 'hex' })),
    blocks(): AsyncIterable<RawBlock> {
      badLines = { count: 0, first: [] };
      const chunks = checked(openText(file.path, options.onRead));
      return parseTsv(chunks, { file: file.path, maxBadLines: options.maxBadLines }, badLines);
    },
    origin: () => ({
      name: basename(file.path),
      checksum: textSum,
      badLines: badLines.count,
      firstBadLines: badLines.first,
    }),
  };
}
