import { UserError } from '../../../base/user-error.ts';
import { compressionOf, openText } from '../../text/open-text.ts';
import { quoted } from '../../text/cell-text.ts';
import type { TextFile } from '../../text/text-file.ts';
import { textHead } from '../../text/text-head.ts';
import { isHeader } from './header.ts';
import type { TableReader } from '../reader.ts';
import type { Dialect } from './dialect.ts';
import { lineFeed } from './dialect.ts';
import { detectSeparator, headRecords, usualWidth } from './detect-dialect.ts';
import { otherFormat } from './other-formats.ts';
import { parseText } from './parse-text.ts';
import { sampleText } from './sample-text.ts';

/** The form of a text as far as it is said; the rest is recognised. */
export interface TextForm {
  readonly separator?: string;
  readonly header?: boolean;
  readonly quote?: string;
  /** Names of the columns of a file without a header. */
  readonly names?: readonly string[];
  /** The label, or another column that there must be: it tells a header from a first row. Absent for `sniff`, which guesses. */
  readonly known?: string;
}

/** A table of text, its header read. Throws a UserError for what is no such text. */
export function textReader(file: TextFile, form: TextForm): TableReader & { readonly dialect: Dialect } {
  const { path } = file;
  const head = withoutMark(textHead(path));
  const bytes =
    head.whole && head.bytes.at(-1) !== lineFeed
      ? Buffer.concat([head.bytes, Uint8Array.of(lineFeed)])
      : head.bytes;
  if (head.whole && head.bytes.length === 0)
    throw new UserError(`${path}: the file has no text; download or unpack it again`);
  refuseOtherFormats(path, bytes);
  const quote = form.quote ?? (form.separator === '::' ? '' : '"');
  const separator = form.separator ?? detectSeparator(bytes, quote);
  if (separator === undefined)
    throw new UserError(
      `${path}: no separator (tab, comma, semicolon, pipe, space, ::) gives its first lines the same number of columns; say which: --separator ";"`,
    );
  const dialectQuote = separator === '::' ? (form.quote ?? '') : quote;
  const records = headRecords(bytes, separator, dialectQuote, 20);
  const [first] = records;
  if (first === undefined)
    throw new UserError(
      `${path}: its first record does not end within ${bytes.length} bytes: is the file text?`,
    );
  requireRow(path, first, records);
  const header = form.header ?? (form.names === undefined && isHeader(records, form.known));
  const columns = header
    ? first.map((name, at) => name.trim() || String(at + 1)) // an index without a name, a separator at the end
    : (form.names ?? first.map((_, at) => String(at + 1)));
  if (columns.length !== first.length)
    throw new UserError(`${path}: ${first.length} columns, and names for ${columns.length}: name each once`);
  const dialect = { separator, quote: dialectQuote, header };
  return {
    format: formatName(separator, compressionOf(path)),
    columns,
    dialect,
    sample: (onMalformed) => sampleText(file, dialect, columns.length, onMalformed),
    blocks: (resolved, context) =>
      parseText(
        withContent(openText(path, context.onRead), context.onContent),
        { file: path, names: columns, dialect },
        resolved,
        context,
      ),
  };
}

/** Throws a UserError if the first line is a title or a comment: it has one column, and most lines after it have more. */
function requireRow(path: string, first: readonly string[], records: readonly (readonly string[])[]): void {
  const { columns } = usualWidth(records);
  if (first.length > 1 || columns < 2) return;
  throw new UserError(
    `${path}:1: ${quoted(first[0])} is one column, and the lines after it have ${columns}: remove lines before the header`,
  );
}

async function* withContent(
  chunks: AsyncIterable<Uint8Array>,
  onContent: ((bytes: Uint8Array) => void) | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onContent?.(chunk);
    yield chunk;
  }
}

function withoutMark({ bytes, whole }: { bytes: Uint8Array; whole: boolean }) {
  return {
    bytes: bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes,
    whole,
  };
}

function refuseOtherFormats(path: string, head: Uint8Array): void {
  const other = otherFormat(head);
  if (other !== undefined) throw new UserError(`${path}: ${other}`);
  const nul = head.indexOf(0);
  if (nul >= 0) {
    const line = head.subarray(0, nul).reduce((lines, byte) => lines + Number(byte === lineFeed), 1);
    throw new UserError(`${path}:${line}: a NUL byte; text has none: is the file text, in UTF-8?`);
  }
}

function formatName(separator: string, compression: string): string {
  const text =
    separator === '\t' ? 'TSV' : separator === ',' ? 'CSV' : `text separated by ${JSON.stringify(separator)}`;
  return compression === 'none' ? text : `${compression} ${text}`;
}
