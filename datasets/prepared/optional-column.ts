import fs from 'node:fs';
import { join } from 'node:path';
import type { RawBlock } from '../raw-rows.ts';
import { readValues } from './file-bytes.ts';
import type { ColumnFileRecord } from './manifest.ts';
import type { WorkDirectory } from './work-directory.ts';

/** Fills `values` with the content of a file of the work directory, which is removed. */
export function taken<Values extends Float64Array | Uint8Array>(
  work: WorkDirectory,
  name: string,
  values: Values,
): Values {
  const path = join(work.path, name);
  const fd = fs.openSync(path, 'r');
  try {
    readValues({ fd, path }, values, 0, { advice: 'prepare the data again' });
  } finally {
    fs.closeSync(fd);
  }
  fs.rmSync(path);
  return values;
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
