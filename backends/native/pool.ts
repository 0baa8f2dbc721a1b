import type { Addon } from './addon.ts';

/** Bytes of free blocks that are kept for later; more go back to the system. */
const maxFree = 2 ** 30;

/**
 * Buffers outside of the JavaScript heap, taken and given back by size class. A training step needs the same sizes as the
 * one before: after the first, nothing is allocated, and memory is warm. A block that is lost rather than given back is
 * freed with its ArrayBuffer, when that is garbage.
 */
export class BufferPool {
  private readonly addon: Addon;
  private readonly free = new Map<number, ArrayBuffer[]>();
  private freeBytes = 0;
  /** Bytes of all blocks that were ever taken from the system. */
  allocatedBytes = 0;
  private readonly blocks = new WeakSet<ArrayBufferLike>();
  private readonly overwrite: boolean;

  /** `overwrite`: blocks given back are overwritten at once, so that a test that still reads them fails. */
  constructor(addon: Addon, { overwrite = false } = {}) {
    this.addon = addon;
    this.overwrite = overwrite;
  }

  owns(buffer: ArrayBufferLike): boolean {
    return this.blocks.has(buffer);
  }

  /** A block of at least `bytes`, content undefined. */
  take(bytes: number): ArrayBuffer {
    const size = sizeClass(bytes);
    const block = this.free.get(size)?.pop();
    if (block === undefined) return this.allocate(size);
    this.freeBytes -= block.byteLength;
    return block;
  }

  give(block: ArrayBuffer): void {
    if (this.overwrite) new Uint8Array(block).fill(0x77);
    if (this.freeBytes + block.byteLength > maxFree) return;
    const blocks = this.free.get(block.byteLength);
    if (blocks === undefined) this.free.set(block.byteLength, [block]);
    else blocks.push(block);
    this.freeBytes += block.byteLength;
  }

  private allocate(bytes: number): ArrayBuffer {
    const block = this.addon.allocate(bytes);
    this.blocks.add(block);
    this.allocatedBytes += block.byteLength;
    return block;
  }

  clear(): void {
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
