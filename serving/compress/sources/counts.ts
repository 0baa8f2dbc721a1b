import { UserError } from '../../../base/user-error.ts';
import { openSafetensors } from '../../safetensors/read.ts';
import { openNpy } from './npy.ts';
import type { UserTable } from './open-tables.ts';

/** Integers in a file: bytes of each, and how one is read. */
interface Integers {
  readonly bytes: number;
  readonly at: (view: DataView, byte: number) => number | bigint;
}

const integers: Readonly<Record<string, Integers>> = {
  U8: { bytes: 1, at: (view, byte) => view.getUint8(byte) },
  I8: { bytes: 1, at: (view, byte) => view.getInt8(byte) },
  U16: { bytes: 2, at: (view, byte) => view.getUint16(byte, true) },
  I16: { bytes: 2, at: (view, byte) => view.getInt16(byte, true) },
  U32: { bytes: 4, at: (view, byte) => view.getUint32(byte, true) },
  I32: { bytes: 4, at: (view, byte) => view.getInt32(byte, true) },
  U64: { bytes: 8, at: (view, byte) => view.getBigUint64(byte, true) },
  I64: { bytes: 8, at: (view, byte) => view.getBigInt64(byte, true) },
};

const pieceCounts = 2 ** 18;

interface StoredCounts {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly read: (from: number, count: number) => Uint8Array<ArrayBuffer>;
}

/**
 * How often each row was looked up, for each table: 32-bit numbers from a .npy file (one table) or a .safetensors file with a tensor of
 * the name of each table. Throws a UserError where counts are missing, of another length, or no integers from 0 to 2^32 - 1.
 */
export function readCounts(path: string, tables: readonly UserTable[]): Uint32Array[] {
  if (path.toLowerCase().endsWith('.npy')) {
    if (tables.length > 1)
      throw new UserError(`${path}: a .npy file has counts of one table, there are ${tables.length}; use a .safetensors file with a tensor for each`); // prettier-ignore
    const { descr, shape, read, close } = openNpy(path);
    try {
      const dtype = descr.replace(/^[<|]([iu])(\d)$/, (_, kind: string, bytes: string) => `${kind.toUpperCase()}${8 * Number(bytes)}`); // prettier-ignore
      return [countsOf(path, tables[0], { dtype, shape, read })];
    } finally {
      close();
    }
  }
  const { tensors, close } = openSafetensors(path);
  try {
    return tables.map((table) => {
      const stored = tensors.get(table.name);
      if (stored === undefined)
        throw new UserError(`${path}: has no counts of ${table.name}; name each tensor of counts like its table`); // prettier-ignore
      return countsOf(path, table, stored);
    });
  } finally {
    close();
  }
}

function countsOf(
  path: string,
  { name, source }: UserTable,
  { dtype, shape, read }: StoredCounts,
): Uint32Array {
  // prettier-ignore
  const form = Object.hasOwn(integers, dtype) ? integers[dtype] : undefined;
  if (form === undefined)
    throw new UserError(`${path}: counts of ${name} are of ${dtype}; integers are read`);
  if (shape.length !== 1 || shape[0] !== source.rows)
    throw new UserError(`${path}: counts of ${name} have the shape [${shape.join(', ')}]; it takes [${source.rows}], one for each row`); // prettier-ignore
  const counts = new Uint32Array(source.rows);
  for (let from = 0; from < counts.length; from += pieceCounts) {
    const some = Math.min(pieceCounts, counts.length - from);
    const view = new DataView(read(from * form.bytes, some * form.bytes).buffer);
    for (let i = 0; i < some; i++) {
      const count = Number(form.at(view, i * form.bytes));
      if (count < 0 || count > 0xffffffff)
        throw new UserError(`${path}: the count ${count} of row ${from + i} of ${name} is not from 0 to 2^32 - 1`); // prettier-ignore
      counts[from + i] = count;
    }
  }
  return counts;
}
