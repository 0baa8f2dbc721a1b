import fs from 'node:fs';
import zlib from 'node:zlib';
import { execa } from 'execa';
import { UserError } from '../../base/user-error.ts';

const chunkBytes = 1 << 18;

export type Compression = 'none' | 'gzip' | 'zstd';

/** The kind of compression, read from the first bytes of the file. Throws a UserError if the ending of its name differs. */
export function compressionOf(path: string): Compression {
  const magic = Buffer.alloc(4);
  const fd = fs.openSync(path, 'r');
  fs.readSync(fd, magic, 0, 4, 0);
  fs.closeSync(fd);
  if (magic.readUInt16BE(0) === 0x1f8b) return 'gzip';
  if (magic.readUInt32LE(0) === 0xfd2fb528) return 'zstd';
  const ending = /\.(gz|zst)$/.exec(path)?.[1];
  if (ending !== undefined)
    throw new UserError(`${path}: ends in .${ending} but is not compressed that way; download it again`);
  return 'none';
}

/**
 * The text of a file, decompressed, in chunks whose memory may be reused by the next one. `onRead` gets the bytes of
 * the file consumed so far (of the text, for zstd). Throws a UserError for a truncated or corrupted archive.
 */
export async function* openText(
  path: string,
  onRead: (bytes: number) => void = () => {},
): AsyncGenerator<Uint8Array> {
  const compression = compressionOf(path);
  const chunks =
    compression === 'gzip'
      ? gunzip(path, onRead)
      : compression === 'zstd'
        ? unzstd(path, onRead)
        : plain(path, onRead);
  let first = true;
  for await (const chunk of chunks) {
    if (first && isTar(chunk))
      throw new UserError(`${path}: is a tar archive; unpack it and give the file inside`);
    first = false;
    yield chunk;
  }
}

/** Reads synchronously into one buffer: faster on one core than a stream, and the parser has nothing else to do. */
function* plain(path: string, onRead: (bytes: number) => void): Generator<Uint8Array> {
  const buffer = new Uint8Array(chunkBytes);
  const fd = fs.openSync(path, 'r');
  try {
    for (let position = 0, size; (size = fs.readSync(fd, buffer, 0, chunkBytes, position)) > 0;) {
      position += size;
      onRead(position);
      yield buffer.subarray(0, size);
    }
  } finally {
    fs.closeSync(fd);
  }
}

async function* gunzip(path: string, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const file = fs.createReadStream(path, { highWaterMark: chunkBytes });
  const text = zlib.createGunzip({ chunkSize: chunkBytes });
  file.on('error', (error) => text.destroy(error)).pipe(text);
  try {
    for await (const chunk of text as AsyncIterable<Uint8Array>) {
      onRead(file.bytesRead);
      yield chunk;
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'Z_BUF_ERROR')
      throw new UserError(`${path}: the gzip data end too early; download the file again`);
    if (code?.startsWith('Z_'))
      throw new UserError(`${path}: the gzip data are corrupted; download the file again`);
    throw error;
  } finally {
    file.destroy();
  }
}

/** Node 20 has no zstd, so the `zstd` program does it. */
async function* unzstd(path: string, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const program = execa('zstd', ['-d', '-c', '-q', '--', path], {
    buffer: { stdout: false },
    encoding: 'buffer',
    reject: false,
  });
  let position = 0;
  try {
    for await (const chunk of program.stdout as AsyncIterable<Uint8Array>) {
      position += chunk.length;
      onRead(position);
      yield chunk;
    }
    const end = await program;
    if (end.code === 'ENOENT') {
      throw new UserError(
        `${path}: reading .zst needs the zstd program; install it, or decompress the file yourself`,
      );
    }
    if (end.exitCode !== 0) {
      const said = Buffer.from(end.stderr ?? '')
        .toString()
        .trim()
        .split('\n')
        .pop();
      throw new UserError(`${path}: zstd could not decompress it (${said}); download the file again`);
    }
  } finally {
    program.kill();
  }
}

const isTar = (chunk: Uint8Array) => Buffer.from(chunk.subarray(257, 262)).toString('latin1') === 'ustar';
