import fs from 'node:fs';
import { UserError } from '../../base/user-error.ts';
import { type Advice, writing } from '../../files/disk-fault.ts';
import { isReplaceable, removeLeftover } from '../../files/whole-file.ts';
import { layOut, type TensorShape } from './header.ts';

export type { Dtype } from './dtypes.ts';
export type { TensorShape } from './header.ts';

/** A tensor with its bytes, row-major and little-endian. They are asked for when it is the tensor's turn. */
export interface TensorToWrite extends TensorShape {
  readonly pieces: Iterable<Uint8Array>;
}

/**
 * Writes tensors to a safetensors file, whole or not at all, piece by piece: no tensor is held whole. Throws a UserError that names
 * `path` where the disk refuses, and a RangeError where pieces are not as long as their shape says. Nothing is left beside `path` then.
 */
export function writeSafetensors(
  path: string,
  tensors: readonly TensorToWrite[],
  metadata?: Readonly<Record<string, string>>,
  advice?: Advice,
): void {
  const file = new SafetensorsFile(path, tensors, metadata, advice);
  try {
    for (const { name, pieces } of tensors) for (const piece of pieces) file.append(name, piece);
    file.finish();
  } finally {
    file.abandon();
  }
}

/**
 * A safetensors file that is being written. Its tensors may grow by turns, each from its first byte on, for what comes out of one
 * pass over rows. The file has its name from `finish` on; until then the bytes are in a file beside it.
 */
export class SafetensorsFile {
  private readonly path: string;
  private readonly advice: Advice | undefined;
  private readonly temporary: string;
  private readonly file: number;
  /** Next byte of each tensor, and the byte behind its last. */
  private readonly places: Map<string, { next: number; readonly to: number }>;
  private open = true;

  constructor(
    path: string,
    tensors: readonly TensorShape[],
    metadata?: Readonly<Record<string, string>>,
    advice?: Advice,
  ) {
    if (!isReplaceable(path)) throw new UserError(`${path}: is no file that can be replaced; choose another`);
    const { header, places } = layOut(tensors, metadata);
    this.path = path;
    this.advice = advice;
    this.temporary = `${path}.${process.pid}.tmp`;
    this.places = new Map([...places].map(([name, { from, to }]) => [name, { next: from, to }]));
    this.file = writing(path, () => fs.openSync(this.temporary, 'w'), advice);
    this.orAbandon(() => this.write(header, 0));
  }

  /** Writes the next bytes of a tensor. Throws a RangeError where they are more than its shape has. */
  append(name: string, piece: Uint8Array): void {
    const place = this.places.get(name);
    if (place === undefined) throw new RangeError(`the file has no tensor ${name}`);
    if (place.next + piece.byteLength > place.to)
      throw new RangeError(`${name} has more bytes than its shape`);
    this.orAbandon(() => this.write(piece, place.next));
    place.next += piece.byteLength;
  }

  /** Puts the file in its place. Throws a RangeError where bytes of a tensor are missing. */
  finish(): void {
    for (const [name, { next, to }] of this.places)
      if (next < to) throw new RangeError(`${to - next} bytes of ${name} are missing`);
    this.orAbandon(() => {
      fs.fsyncSync(this.file);
      fs.closeSync(this.file);
      this.open = false;
      fs.renameSync(this.temporary, this.path);
    });
  }

  /** Gives the file up, and leaves nothing of it. It does nothing after `finish`. */
  abandon(): void {
    if (!this.open) return;
    this.open = false;
    fs.closeSync(this.file);
    removeLeftover(this.temporary);
  }

  private write(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.byteLength;)
      done += fs.writeSync(this.file, bytes, done, bytes.byteLength - done, at + done);
  }

  private orAbandon(work: () => void): void {
    try {
      writing(this.path, work, this.advice);
    } catch (error) {
      this.abandon();
      removeLeftover(this.temporary);
      throw error;
    }
  }
}
