import fs from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { checksum } from '../../datasets/checksum.ts';
import { createWorkDirectory } from '../../datasets/prepared/work-directory.ts';
import type { FloatSink } from '../../harness/contract/stage-shelf.ts';

/**
 * A stage is a folder of two files: `floats`, as they are in memory, and `facts`, whatever goes with them behind a checksum of
 * its own. The folder gets its name when it is whole.
 */
export interface StageContent {
  /** All that decides the stage: its folder is named by a hash of it. */
  readonly text: string;
  /** The run that trained it. */
  readonly run: string;
  /** When it was shelved, in milliseconds since 1970. */
  readonly at: number;
  readonly facts: unknown;
}

interface Facts extends StageContent {
  readonly bytes: number;
  readonly checksum: string;
}

/** Writes a stage, and replaces one that has its name. Throws what the disk says. */
export async function writeStage(
  folder: string,
  content: StageContent,
  write: (sink: FloatSink) => Promise<void>,
): Promise<void> {
  const work = createWorkDirectory(folder);
  try {
    const floats = work.writer('floats');
    let bytes = 0;
    await write({
      write(piece) {
        floats.append(piece);
        bytes += piece.byteLength;
      },
    });
    const facts: Facts = { ...content, bytes, checksum: floats.finish() };
    const body = serialize(facts);
    const file = work.writer('facts', { checksum: false });
    file.append(Buffer.from(checksumOf(body), 'latin1'));
    file.append(body);
    file.finish();
    fs.rmSync(folder, { recursive: true, force: true });
    fs.renameSync(work.path, folder);
  } catch (error) {
    work.discard();
    throw error;
  }
}

export interface OpenStage {
  readonly content: StageContent;
  read(into: Float32Array): void;
  close(): void;
}

/** Opens a stage whose bytes have all been checked. Undefined if there is none, or not a whole one. */
export function openStage(folder: string, text: string): OpenStage | undefined {
  const facts = readFacts(join(folder, 'facts'));
  if (facts?.text !== text) return undefined;
  const fd = opened(join(folder, 'floats'));
  if (fd === undefined) return undefined;
  if (!isWhole(fd, facts)) {
    fs.closeSync(fd);
    return undefined;
  }
  let at = 0;
  return {
    content: facts,
    read(into) {
      const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
      if (readFully(fd, bytes, at) < bytes.length) throw new Error(`${folder}: floats ends too soon`);
      at += bytes.length;
    },
    close: () => fs.closeSync(fd),
  };
}

function readFacts(file: string): Facts | undefined {
  try {
    const bytes = fs.readFileSync(file);
    const body = bytes.subarray(checksumLength);
    if (bytes.subarray(0, checksumLength).toString('latin1') !== checksumOf(body)) return undefined;
    return deserialize(body) as Facts;
  } catch {
    return undefined; // there is none, or Node cannot read what another version wrote
  }
}

function isWhole(fd: number, { bytes, checksum: expected }: Facts): boolean {
  const sum = checksum();
  const piece = new Uint8Array(Math.min(pieceBytes, bytes));
  try {
    if (fs.fstatSync(fd).size !== bytes) return false;
    for (let at = 0; at < bytes; at += piece.length) {
      const read = readFully(fd, piece.subarray(0, Math.min(piece.length, bytes - at)), at);
      if (read === 0) return false;
      sum.update(piece.subarray(0, read));
    }
  } catch {
    return false; // a disk that cannot be read
  }
  return sum.digest() === expected;
}

function opened(file: string): number | undefined {
  try {
    return fs.openSync(file, 'r');
  } catch {
    return undefined;
  }
}

/** Returns the bytes that there are. */
function readFully(fd: number, into: Uint8Array, at: number): number {
  let done = 0;
  while (done < into.length) {
    const read = fs.readSync(fd, into, done, into.length - done, at + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}

const pieceBytes = 2 ** 20;
const checksumLength = 32;

function checksumOf(bytes: Uint8Array): string {
  const sum = checksum();
  sum.update(bytes);
  return sum.digest();
}
