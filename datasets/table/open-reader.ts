import type { TextFile } from '../text/text-file.ts';
import { parseLabel } from './label-rule.ts';
import { parquetReader } from './parquet/parquet-reader.ts';
import type { TableReader } from './reader.ts';
import { firstBytes, isParquet } from './recognise.ts';
import type { TableSchema } from './schema.ts';
import { textReader } from './text/text-reader.ts';

/** The outer form of a file as far as a schema says it; without a label for `sniff`. A side table has a key in place of a label. */
export type FileForm = Partial<
  Pick<TableSchema, 'separator' | 'header' | 'quote' | 'names' | 'label' | 'counts'>
> & { readonly key?: string | undefined };

/** Opens a file by its first bytes. Only the beginning (of Parquet: the end, too) is read here. Throws a UserError. */
export function openReader(file: TextFile, form: FileForm): TableReader {
  if (isParquet(firstBytes(file.path, 4))) return parquetReader(file.path);
  const { label, counts, key, ...outer } = form;
  const known = label === undefined ? (counts?.clicks ?? key) : parseLabel(label).column;
  return textReader(file, { ...outer, ...(known !== undefined && { known }) });
}
