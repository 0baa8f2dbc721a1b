import { hash } from 'node:crypto';

/** Equal for arrays of the same bits. */
export function digestOfNumbers({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return hash('sha256', new Uint8Array(buffer, byteOffset, byteLength));
}
