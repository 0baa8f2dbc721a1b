import type { Addon } from './addon.ts';

/** Bytes of free blocks that are kept for later; more go back to the system. */
const maxFree = 2 ** 30;

/** A block of memory outside of the JavaScript heap. */
export interface Block {
  readonly buffer: ArrayBuffer;
  /** True while it waits in the pool for whoever asks next. */
  free: boolean;
}

/**
 * Buffers outside of the JavaScript heap, taken and given back by size class. A training step needs the same sizes as the
 * one before: after the first, nothing is allocated, and memory is warm. A block that is lost rather than given back is
 * freed with its ArrayBuffer, when that is garbage.
 */
export class BufferPool {
  private readonly addon: Pick<Addon, 'allocate'>;
  private readonly free = new Map<number, Block[]>();
  private freeBytes = 0;
  /** Bytes of all blocks that were ever taken from the system. */
  allocatedBytes = 0;
  /** All blocks that are taken are put there, too, if it is set. */
  taken: Set<Block> | undefined;
  private readonly blocks = new WeakMap<ArrayBufferLike, Block>();
  private readonly overwrite: boolean;

  /** `overwrite`: blocks given back are overwritten at once, so that a test that still reads them fails. */
  constructor(addon: Pick<Addon, 'allocate'>, { overwrite = false } = {}) {
    this.addon = addon;
    this.overwrite = overwrite;
  }

  owns(buffer: ArrayBufferLike): boolean {
    return this.blocks.has(buffer);
  }

  blockOf(buffer: ArrayBufferLike): Block | undefined {
    return this.blocks.get(buffer);
  }

  /** A block of at least `bytes`, content undefined. */
  take(bytes: number): ArrayBuffer {
    const size = sizeClass(bytes);
    const block = this.free.get(size)?.pop() ?? this.allocate(size);
    if (block.free) this.freeBytes -= block.buffer.byteLength;
    block.free = false;
    this.taken?.add(block);
    return block.buffer;
  }

  /** Takes this very block, which is free. */
  takeBack(block: Block): void {
    if (!block.free) throw new Error('a block that is in use cannot be taken');
    const { byteLength } = block.buffer;
    const waiting = this.free.get(byteLength)!;
    waiting.splice(waiting.lastIndexOf(block), 1);
    this.freeBytes -= byteLength;
    block.free = false;
  }

  give(buffer: ArrayBuffer): void {
    if (this.overwrite) new Uint8Array(buffer).fill(0x77);
    if (this.freeBytes + buffer.byteLength > maxFree) return;
    const block = this.blocks.get(buffer)!;
    const blocks = this.free.get(buffer.byteLength);
    if (blocks === undefined) this.free.set(buffer.byteLength, [block]);
    else blocks.push(block);
    block.free = true;
    this.freeBytes += buffer.byteLength;
  }

  private allocate(bytes: number): Block {
    const block = { buffer: this.addon.allocate(bytes), free: false };
    this.blocks.set(block.buffer, block);
    this.allocatedBytes += block.buffer.byteLength;
    return block;
  }

  clear(): void {
    for (const blocks of this.free.values()) for (const block of blocks) block.free = false;
    this.free.clear();
    this.freeBytes = 0;
  }
}

/** Four sizes to a doubling, whole cache lines, and whole steps of 64 KiB from 2 MiB on (as the add-on rounds). */
function sizeClass(bytes: number): number {
  if (bytes <= 64) return 64;
  const step = Math.max(64, 2 ** (Math.floor(Math.log2(bytes - 1)) - 2));
  return Math.ceil(bytes / step) * step;
}
