import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { checksum } from '../../datasets/checksum.ts';
import { removeLeftover } from '../../files/whole-file.ts';
import type { ByteSink } from '../../harness/contract/checkpoints.ts';

/**
 * A checkpoint is one file: these eight letters, the length of its head as a 32-bit number, the head (v8.serialize), the state's bytes
 * as they are in memory, and a checksum of all that. It gets its name when it is whole and on the disk.
 */
const letters = 'EBCHECK1';
const lengthBytes = 4;
const checksumLength = 32;
const pieceBytes = 2 ** 20;

export interface CheckpointHead {
  /** All that decides the bits of the run, as text. */
  readonly text: string;
  /** When it was written, in milliseconds since 1970. */
  readonly at: number;
  /** Bytes of the state. */
  readonly bytes: number;
  readonly facts: unknown;
}

/** Writes one and replaces another of its name. Throws what the disk says, and leaves the other one as it was then. */
export async function writeCheckpoint(
  path: string,
  head: CheckpointHead,
  write: (sink: ByteSink) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`; // tasks of a cluster may have one folder
  const fd = fs.openSync(temporary, 'wx');
  try {
    try {
      await writeAll(fd, head, write);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(temporary, path);
  } catch (error) {
    removeLeftover(temporary);
    throw error;
  }
  syncFolder(dirname(path));
}

async function writeAll(
  fd: number,
  head: CheckpointHead,
  write: (sink: ByteSink) => Promise<void>,
): Promise<void> {
  const sum = checksum();
  const append = (bytes: Uint8Array) => {
    sum.update(bytes);
    for (let done = 0; done < bytes.length;) done += fs.writeSync(fd, bytes, done);
  };
  const body = serialize(head);
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32LE(body.length);
  append(Buffer.concat([Buffer.from(letters, 'latin1'), length, body]));
  let bytes = 0;
  await write({
    write({ buffer, byteOffset, byteLength }) {
      append(new Uint8Array(buffer, byteOffset, byteLength));
      bytes += byteLength;
    },
  });
  if (bytes !== head.bytes) throw new Error(`a state of ${bytes} bytes where ${head.bytes} were promised`);
  fs.writeSync(fd, Buffer.from(sum.digest(), 'latin1'));
}

/** A file that is gone after a power cut costs the time since the last one, and no more. */
function syncFolder(folder: string): void {
  try {
    const fd = fs.openSync(folder, 'r');
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    // not all systems can
  }
}

export interface OpenCheckpoint {
  readonly head: CheckpointHead;
  readonly read: (into: ArrayBufferView) => void;
  readonly close: () => void;
}

/** Opens one, all of whose bytes are checked. `missing`: there is none; `damaged`: it is not as it was written. */
export function openCheckpoint(path: string): OpenCheckpoint | 'missing' | 'damaged' {
  let fd: number;
  try {
    fd = fs.openSync(path, 'r');
  } catch {
    return 'missing';
  }
  let at = 0;
  const readBytes = (length: number) => {
    const bytes = Buffer.alloc(length);
    readFully(fd, bytes, at);
    at += length;
    return bytes;
  };
  try {
    const { size } = fs.fstatSync(fd);
    if (!isWhole(fd, size)) throw new Error('another checksum');
    if (readBytes(letters.length).toString('latin1') !== letters) throw new Error('another kind of file');
    const head = deserialize(readBytes(readBytes(lengthBytes).readUInt32LE())) as CheckpointHead;
    if (at + head.bytes + checksumLength !== size) throw new Error('another length');
    const end = size - checksumLength;
    return {
      head,
      read(into) {
        if (at + into.byteLength > end) throw new Error(`${path}: the state ends too soon`);
        readFully(fd, new Uint8Array(into.buffer, into.byteOffset, into.byteLength), at);
        at += into.byteLength;
      },
      close: () => fs.closeSync(fd),
    };
  } catch {
    fs.closeSync(fd);
    return 'damaged'; // or Node cannot read what another version wrote
  }
}

function isWhole(fd: number, size: number): boolean {
  const sum = checksum();
  const end = size - checksumLength;
  if (end <= 0) return false;
  const piece = new Uint8Array(Math.min(pieceBytes, end));
  for (let at = 0; at < end; at += piece.length) {
    const part = piece.subarray(0, Math.min(piece.length, end - at));
    readFully(fd, part, at);
    sum.update(part);
  }
  const expected = Buffer.alloc(checksumLength);
  readFully(fd, expected, end);
  return sum.digest() === expected.toString('latin1');
}

function readFully(fd: number, into: Uint8Array, at: number): void {
  for (let done = 0; done < into.length;) {
    const read = fs.readSync(fd, into, done, into.length - done, at + done);
    if (read === 0) throw new Error('the file ends too soon');
    done += read;
  }
}
