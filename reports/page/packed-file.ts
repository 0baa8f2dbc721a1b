import { gzipSync } from 'node:zlib';

/** A file inside the page, gzipped: a `data:` link. Scripts of the page unpack it. */
export interface PackedFile {
  /** The name with `.gz`, for a reader without scripts. */
  readonly file: string;
  readonly href: string;
  /** The size of the gzipped file; its link is a third longer. */
  readonly bytes: number;
}

/** The byte for the operating system is set to `unknown`, so that all systems write the same bytes. */
export function packedFile(name: string, text: string): PackedFile {
  const bytes = gzipSync(text, { level: 9 });
  bytes[9] = 255;
  const href = `data:application/gzip;base64,${bytes.toString('base64')}`;
  return { file: `${name}.gz`, href, bytes: bytes.length };
}
