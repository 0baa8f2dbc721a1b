import zlib from 'node:zlib';
import { compressors } from 'hyparquet-compressors';
import { Damage } from './damage.ts';

/** Bytes that a page may have: memory stays bounded, whatever a damaged header says. Writers aim at about a megabyte. */
export const mostPageBytes = 1 << 29;

type Decompress = (bytes: Uint8Array, length: number) => Uint8Array;

/** Node's own zstd, from Node 22.15 on; the package's is several times slower. */
const nodeZstd = (zlib as { zstdDecompressSync?: (bytes: Uint8Array, options: object) => Buffer })
  .zstdDecompressSync;

const codecs: Readonly<Record<string, Decompress | undefined>> = {
  UNCOMPRESSED: (bytes) => bytes,
  GZIP: (bytes, length) => zlib.gunzipSync(bytes, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (bytes, length) => zlib.brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, length) }),
  ZSTD: nodeZstd
    ? (bytes, length) => nodeZstd(bytes, { maxOutputLength: Math.max(1, length) })
    : (bytes, length) => {
        requireZstdLength(bytes, length);
        return compressors.ZSTD!(bytes, length);
      },
  SNAPPY: (bytes, length) => {
    requireSnappyLength(bytes, length);
    return compressors.SNAPPY!(bytes, length);
  },
  LZ4: (bytes, length) => compressors.LZ4!(bytes, length),
  LZ4_RAW: (bytes, length) => compressors.LZ4_RAW!(bytes, length),
};

export const codecNames: readonly string[] = Object.keys(codecs);

/** The bytes of a page. Throws Damage if they are not `length` bytes; the codec must be one of codecNames. */
export function decompressed(codec: string, bytes: Uint8Array, length: number): Uint8Array {
  let result: Uint8Array;
  try {
    result = codecs[codec]!(bytes, length);
  } catch (error) {
    // Each package has errors of its own, a trap of WebAssembly among them.
    throw error instanceof Damage ? error : new Damage(`a page is no ${codec} data (${firstLine(error)})`);
  }
  if (result.length !== length)
    throw new Damage(`a page has ${result.length} bytes, and its header says ${length}`);
  // A Buffer of Node has another slice() than other arrays of bytes.
  return new Uint8Array(result.buffer, result.byteOffset, length);
}

export const firstLine = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0];

/** Snappy data begin with their length: it is compared before memory is taken. */
function requireSnappyLength(bytes: Uint8Array, length: number): void {
  let said = 0;
  for (let i = 0, unit = 1; i < 5; i++, unit *= 128) {
    said += (bytes[i] & 0x7f) * unit;
    if (!(bytes[i] & 0x80)) break;
  }
  if (said !== length) throw new Damage(`a page has ${said} bytes, and its header says ${length}`);
}

/** Zstd frames mostly say their length (RFC 8878, section 3.1.1.1): it is compared before memory is taken. */
function requireZstdLength(bytes: Uint8Array, length: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 18 || view.getUint32(0, true) !== 0xfd2fb528) return;
  const flags = view.getUint8(4);
  const single = (flags & 32) !== 0;
  const at = 5 + (single ? 0 : 1) + [0, 1, 2, 4][flags & 3];
  const said = [
    () => (single ? view.getUint8(at) : undefined),
    () => view.getUint16(at, true) + 256,
    () => view.getUint32(at, true),
    () => Number(view.getBigUint64(at, true)),
  ][flags >>> 6]();
  if (said !== undefined && said > length)
    throw new Damage(`a page has ${said} bytes, and its header says ${length}`);
}
