import { writeToken } from '../../../datasets/text-token.ts';
import { noBadLines } from '../../../datasets/text/bad-lines.ts';
import { resolveColumns } from '../../../datasets/table/resolve.ts';
import { tableSchema, type WrittenSchema } from '../../../datasets/table/schema.ts';
import { parseText } from '../../../datasets/table/text/parse-text.ts';

/** A row of a block, by column. */
export interface ParsedRow {
  readonly label: number;
  readonly dense: readonly number[];
  readonly tokens: readonly (readonly number[])[];
}

export const columnNamesFor = (header: string): readonly string[] => header.split(',');

/** The token of a cell, given as text or as bytes. */
export function tokenOf(cell: string | Uint8Array): number[] {
  const bytes = typeof cell === 'string' ? Buffer.from(cell) : cell;
  const words = new Uint32Array(3);
  writeToken(bytes, 0, bytes.length, words, 0);
  return Array.from(words);
}

/** All rows of a text with a header, in chunks of a size or as given. */
export async function parsed(
  text: string | readonly Uint8Array[],
  schema: WrittenSchema,
  form: { separator: string; quote: string; names: readonly string[]; chunk?: number; blockRows?: number },
): Promise<ParsedRow[]> {
  const chunks = typeof text === 'string' ? cut(Buffer.from(text), form.chunk ?? 1 << 16) : text;
  const columns = resolveColumns(tableSchema.parse(schema), form.names, 'log.csv');
  const dialect = { separator: form.separator, quote: form.quote, header: true };
  const rows: ParsedRow[] = [];
  const context = {
    badLines: noBadLines(0),
    ...(form.blockRows !== undefined && { blockRows: form.blockRows }),
  };
  for await (const block of parseText(
    chunks,
    { file: 'log.csv', names: form.names, dialect },
    columns,
    context,
  ))
    for (let row = 0; row < block.size; row++)
      rows.push({
        label: block.labels[row],
        dense: block.dense.map((values) => values[row] + 0),
        tokens: block.tokens.map((words) => {
          const width = words.length / block.size;
          return Array.from(words.subarray(row * width, (row + 1) * width));
        }),
      });
  return rows;
}

/** Each chunk lies in memory that the next one overwrites, as in openText. */
function* cut(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  const memory = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = bytes.subarray(at, at + size);
    memory.set(chunk);
    yield memory.subarray(0, chunk.length);
  }
}
