import { UserError } from '../../../base/user-error.ts';
import type { RowSource } from '../../../harness/contract/conversion.ts';
import { halves } from '../../../harness/serving/half.ts';

/** Forms of floats that a user's tables may have. */
export type FloatForm = 'F32' | 'F16' | 'BF16';

export const floatBytes: Readonly<Record<FloatForm, number>> = { F32: 4, F16: 2, BF16: 2 };

/** Floats of some bytes, little-endian, which begin at a word. */
export function toFloats(bytes: Uint8Array<ArrayBuffer>, form: FloatForm): Float32Array {
  if (form === 'F32') return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const words = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  if (form === 'F16') {
    const values = halves();
    return Float32Array.from(words, (word) => values[word]);
  }
  // A bfloat16 is the upper half of a 32-bit float.
  return new Float32Array(Uint32Array.from(words, (word) => word << 16).buffer);
}

/** A table in a file. */
export interface StoredRows {
  readonly name: string;
  readonly path: string;
  readonly rows: number;
  readonly width: number;
  readonly form: FloatForm;
  /** Bytes of the table. */
  readonly read: (from: number, count: number) => Uint8Array<ArrayBuffer>;
}

/** Its rows. A float that is no finite number is a UserError that names the row. */
export function rowSource({ name, path, rows, width, form, read }: StoredRows): RowSource {
  const bytesPerRow = floatBytes[form] * width;
  return {
    rows,
    width,
    read(from, to) {
      const floats = toFloats(read(from * bytesPerRow, (to - from) * bytesPerRow), form);
      for (let at = 0; at < floats.length; at++)
        if (!(Math.abs(floats[at]) < Infinity)) {
          const row = from + Math.floor(at / width);
          throw new UserError(`${path}: row ${row} of ${name} has the float ${floats[at]}; only finite ones can be compressed`); // prettier-ignore
        }
      return floats;
    },
  };
}
