import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import zlib from 'node:zlib';
import { UserError } from '../../base/user-error.ts';
import { compressionOf } from './open-text.ts';

/** Stored bytes that are read for a head, and bytes of text at least that it has if the file has them. */
const headBytes = 1 << 16;

/**
 * The beginning of a text, decompressed: 64 KiB or more, or all of it. `whole` says whether it is all. Throws a UserError for an archive that
 * cannot be read.
 */
export function textHead(path: string): { readonly bytes: Uint8Array; readonly whole: boolean } {
  const compression = compressionOf(path);
  if (compression === 'zstd') return zstdHead(path);
  const stored = new Uint8Array(headBytes);
  const fd = fs.openSync(path, 'r');
  let size: number;
  let whole: boolean;
  try {
    size = fs.readSync(fd, stored, 0, headBytes, 0);
    whole = fs.fstatSync(fd).size <= size;
  } finally {
    fs.closeSync(fd);
  }
  if (compression === 'none') return { bytes: stored.subarray(0, size), whole };
  try {
    // An archive whose rest is not here is no damage.
    const options = whole ? {} : { finishFlush: zlib.constants.Z_SYNC_FLUSH };
    return { bytes: zlib.gunzipSync(stored.subarray(0, size), options), whole };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR')
      throw new UserError(`${path}: the gzip data end too early; download the file again`);
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_'))
      throw new UserError(`${path}: the gzip data are corrupted; download the file again`);
    throw error;
  }
}

function zstdHead(path: string): { bytes: Uint8Array; whole: boolean } {
  // The program is stopped once it has written enough.
  const { stdout, stderr, status, error } = spawnSync('zstd', ['-d', '-c', '-q', '--', path], {
    maxBuffer: headBytes,
  });
  const code = (error as { readonly code?: string } | undefined)?.code;
  if (code === 'ENOENT')
    throw new UserError(
      `${path}: reading .zst needs the zstd program; install it, or decompress the file yourself`,
    );
  if (code === 'ENOBUFS') return { bytes: stdout, whole: false };
  if (status !== 0) {
    const said = stderr.toString().trim().split('\n').pop();
    throw new UserError(`${path}: zstd could not decompress it (${said}); download the file again`);
  }
  return { bytes: stdout, whole: true };
}
