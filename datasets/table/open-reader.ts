import { UserError } from '../../base/user-error.ts';
import type { TextFile } from '../text/text-file.ts';
import type { TableReader } from './reader.ts';
import { firstBytes, isParquet } from './recognise.ts';

/** Opens a file by its first bytes. Only the beginning (of Parquet: the end, too) is read here. Throws a UserError. */
export function openReader(file: TextFile): TableReader {
  if (isParquet(firstBytes(file.path, 4)))
    throw new UserError(`${file.path}: is a Parquet file, which this version does not read yet`);
  throw new UserError(`${file.path}: not yet`);
}
