import { setImmediate } from 'node:timers/promises';
import { UserError } from '../../../base/user-error.ts';
import type { ReadContext, ResolvedColumns, StoredKind, TableBlock, TableReader } from '../reader.ts';
import { blockReader } from './block-reader.ts';
import type { ParquetColumn } from './columns.ts';
import { openParquet, type ParquetFile } from './open-file.ts';
import { sampleRows } from './sample.ts';

/** Rows of a block: 256 kB of a column of tokens. */
const defaultBlockRows = 16_384;

/** A Parquet file as a table: its footer is read here, its rows later. Throws a UserError for a file that is not whole. */
export function parquetReader(path: string): TableReader {
  const file = openParquet(path);
  file.close();
  const names = file.columns.map(({ name }) => name);
  return {
    format: 'Parquet',
    columns: names,
    stored: file.columns.map(storedKind),
    rows: file.rows,
    sample: () => withFile(path, sampleRows),
    blocks: (columns, context) => withFile(path, (file) => blocksOf(file, columns, context)),
  };
}

function storedKind({ list, unusable, form }: ParquetColumn): StoredKind {
  if (list || unusable !== undefined) return 'list';
  if (form.kind === 'integer' || form.kind === 'text' || form.kind === 'boolean') return form.kind;
  if (form.kind === 'uuid') return 'text';
  return form.kind === 'float' || form.kind === 'half' || form.kind === 'decimal' ? 'float' : 'time';
}

/** Opens the file for as long as something is read of it. Between two items other work has its turn: signals, a progress bar. */
async function* withFile<T>(path: string, work: (file: ParquetFile) => Iterable<T>): AsyncGenerator<T> {
  const file = openParquet(path);
  try {
    for (const item of work(file)) {
      yield item;
      await setImmediate();
    }
  } finally {
    file.close();
  }
}

function* blocksOf(file: ParquetFile, columns: ResolvedColumns, context: ReadContext): Generator<TableBlock> {
  if (context.badLines.most > 0)
    throw new UserError(
      `${file.path}: --max-bad-lines leaves out lines of text, and Parquet has none; leave the flag out`,
    );
  const { blockRows = defaultBlockRows, onRead, onContent, part } = context;
  onContent?.(file.footer);
  let bytes = file.footer.length;
  const onBytes = (page: Uint8Array) => {
    onContent?.(page);
    onRead?.((bytes += page.length));
  };
  const reader = blockReader(file, columns, Math.min(blockRows, file.rows), onBytes);
  for (let row = 0; row < file.rows; row += blockRows) {
    const block = reader.read(Math.min(blockRows, file.rows - row));
    yield part === undefined ? block : { ...block, parts: new Uint8Array(block.size).fill(part) };
  }
  reader.end();
}
