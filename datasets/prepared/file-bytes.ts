import fs from 'node:fs';
import { UserError } from '../../base/user-error.ts';

/** Bytes of one read or write: the system takes fewer than 2^31, and a view of bytes fewer than 2^32. */
const pieceBytes = 2 ** 28;

type Values = ArrayBufferView & { readonly BYTES_PER_ELEMENT: number };

/** Fills `values`, of any size, from byte `position` of an open file on. `visit` takes every piece as bytes. Throws a UserError at an early end. */
export function readValues(
  { fd, path }: { readonly fd: number; readonly path: string },
  values: Values,
  position: number,
  { advice, visit }: { readonly advice: string; readonly visit?: (bytes: Uint8Array) => void },
): void {
  for (let done = 0; done < values.byteLength;) {
    const size = Math.min(pieceBytes, values.byteLength - done);
    const piece = new Uint8Array(values.buffer, values.byteOffset + done, size);
    const read = fs.readSync(fd, piece, 0, size, position + done);
    if (read === 0) throw new UserError(`${path}: ends at byte ${position + done}, expected more; ${advice}`);
    visit?.(piece.subarray(0, read));
    done += read;
  }
}
