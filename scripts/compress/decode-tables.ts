import { existsSync } from 'node:fs';
import { UserError } from '../../base/user-error.ts';
import { idsFrom, openInPieces } from '../../serving/compress/open-in-pieces.ts';
import { writeSafetensors } from '../../serving/safetensors/write.ts';

/** Rows that are decoded at a time. */
const pieceRows = 2 ** 14;

/** Decodes a folder of compressed tables into a file of 32-bit floats, and returns its path. Throws UserErrors of both. */
export function decodeTables(folder: string, out: string | undefined, force: boolean): string {
  if (out !== undefined && /\.np[yz]$/i.test(out)) throw new UserError(`--out ${out}: tables are decoded to a .safetensors file; name one`); // prettier-ignore
  const path = out ?? `${folder.replace(/\/+$/, '')}.safetensors`;
  if (!force && existsSync(path)) throw new UserError(`${path}: is there already; add --force, or choose another --out`); // prettier-ignore
  const { lookups, close } = openInPieces(folder);
  try {
    writeSafetensors(
      path,
      lookups.names.map((name) => {
        const rows = lookups.rows(name);
        function* pieces() {
          for (let from = 0; from < rows; from += pieceRows) {
            const vectors = lookups.vectors(name, idsFrom(from, Math.min(rows, from + pieceRows)));
            yield new Uint8Array(vectors.buffer);
          }
        }
        return { name, dtype: 'F32' as const, shape: [rows, lookups.dim(name)], pieces: pieces() };
      }),
    );
  } finally {
    close();
  }
  return path;
}
