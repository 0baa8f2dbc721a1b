import fs from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import type { RawBlock } from '../raw-rows.ts';
import type { ColumnFileRecord } from './manifest.ts';
import type { WorkDirectory } from './work-directory.ts';

/** The content of a file of the work directory, which is removed. */
export function taken(work: WorkDirectory, name: string, size: number): ArrayBuffer {
  const path = join(work.path, name);
  const bytes = new Uint8Array(size);
  const fd = fs.openSync(path, 'r');
  try {
    for (let done = 0; done < size;) {
      const read = fs.readSync(fd, bytes, done, Math.min(size - done, 1 << 28), done);
      if (read === 0) throw new UserError(`${path}: ${done} bytes, expected ${size}; prepare the data again`);
      done += read;
    }
  } finally {
    fs.closeSync(fd);
  }
  fs.rmSync(path);
  return bytes.buffer;
}

/** A column that a source has for all rows or for none: the first block decides. */
export function optionalColumn(
  work: WorkDirectory,
  name: string,
  valuesOf: (block: RawBlock) => Float32Array | Float64Array | Uint8Array | undefined,
) {
  let writer: ReturnType<WorkDirectory['writer']> | undefined;
  return {
    append(block: RawBlock, rowsBefore: number): void {
      const values = valuesOf(block);
      if (rowsBefore === 0 && values) writer = work.writer(name);
      if ((writer === undefined) !== (values === undefined))
        throw new Error(`${name}: some blocks have this column and others have not`);
      if (values) writer!.append(values.subarray(0, block.size));
    },
    finish: (): ColumnFileRecord[] => (writer ? [{ name, digest: writer.finish() }] : []),
  };
}
