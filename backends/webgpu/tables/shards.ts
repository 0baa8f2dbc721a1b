/// <reference types="@webgpu/types" />
import type { GpuBackend } from '../backend.ts';

/** A stretch of rows of a table, in one buffer. */
export interface Shard {
  readonly buffer: GPUBuffer;
  readonly first: number;
  readonly rows: number;
}

/** Most floats that are brought to the card at a time. */
const pieceFloats = 2 ** 22;

const usage = 0x80 | 0x04 | 0x08; // STORAGE | COPY_SRC | COPY_DST

/** Rows of floats, all zero at first, cut into buffers of so many rows. */
export class Shards {
  readonly width: number;
  readonly all: readonly Shard[];
  private readonly backend: GpuBackend;

  constructor(backend: GpuBackend, rows: number, width: number, rowsEach: number) {
    this.backend = backend;
    this.width = width;
    this.all = Array.from({ length: Math.ceil(rows / rowsEach) }, (_, i) => {
      const first = i * rowsEach;
      const count = Math.min(rowsEach, rows - first);
      const size = 4 * count * width;
      return { buffer: backend.device.createBuffer({ size, usage }), first, rows: count };
    });
  }

  get bytes(): number {
    return this.all.reduce((sum, { buffer }) => sum + buffer.size, 0);
  }

  copyTo(other: Shards): void {
    this.all.forEach(({ buffer }, i) => this.backend.copy(buffer, 0, other.all[i].buffer, 0, buffer.size));
  }

  /** Floats `from` to `to` (exclusive) of all rows, one after the other. */
  async read(from: number, to: number): Promise<Float32Array> {
    const floats = new Float32Array(to - from);
    for (const { buffer, first, rows } of this.all) {
      const start = Math.max(from, first * this.width);
      const end = Math.min(to, (first + rows) * this.width);
      if (start >= end) continue;
      const offset = 4 * (start - first * this.width);
      floats.set(
        new Float32Array(await this.backend.download(buffer, offset, 4 * (end - start))),
        start - from,
      );
    }
    return floats;
  }

  /** Floats of all rows, one after the other. */
  write(floats: Float32Array): void {
    this.backend.submit(); // uploads come before what was not submitted
    for (const { buffer, first, rows } of this.all) {
      const own = floats.subarray(first * this.width, (first + rows) * this.width);
      for (let from = 0; from < own.length; from += pieceFloats)
        this.backend.upload(own.subarray(from, from + pieceFloats), buffer, 4 * from);
    }
  }

  dispose(): void {
    for (const { buffer } of this.all) this.backend.watch.destroy(buffer);
    this.backend.forgetMemory(this.bytes);
  }
}

/**
 * Rows that programs can reach in one buffer: they count its floats in 32 bits. What belongs to the rows of a table is cut
 * where these are.
 */
export function rowsPerBuffer(bytes: number, width: number): number {
  return Math.max(1, Math.floor(Math.min(bytes, 2 ** 34 - 16) / (4 * width)));
}
