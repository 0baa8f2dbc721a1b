import { Damage } from './damage.ts';

/**
 * Parquet's hybrid of repeated values and bit-packed ones (levels, numbers of dictionary entries, booleans), read a part at a time, so
 * that a page of millions of rows needs no array of its own. Source: parquet-format, Encodings.md, "RLE / Bit-Packing Hybrid".
 */
export class Runs {
  private readonly bytes: Uint8Array;
  private readonly end: number;
  private readonly width: number;
  private at: number;
  private left = 0; // values left of the run
  private packed = false;
  private repeated = 0;
  private bits = 0; // bits read but not used yet, of a packed run
  private have = 0;

  /** Runs in bytes[from, end) of values of `width` bits, 0 to 32. */
  constructor(bytes: Uint8Array, from: number, end: number, width: number) {
    if (from > end) throw new Damage('a page is shorter than its levels');
    if (width > 32) throw new Damage(`numbers of ${width} bits`);
    this.bytes = bytes;
    this.at = from;
    this.end = end;
    this.width = width;
    if (width === 0) [this.left, this.packed] = [Infinity, false];
  }

  /** Values of `width` bits without runs, as plain booleans are: bytes[from, end). */
  static packed(bytes: Uint8Array, from: number, end: number, width: number): Runs {
    const runs = new Runs(bytes, from, end, width);
    [runs.packed, runs.left] = [true, Math.floor(((end - from) * 8) / width)];
    return runs;
  }

  /** The value that each of the next `count` values has, which are then read; undefined if they are not of one run. */
  same(count: number): number | undefined {
    if (this.left === 0) this.nextRun();
    if (this.packed || this.left < count) return undefined;
    this.left -= count;
    return this.repeated;
  }

  /** Writes the next `count` values to out[0 .. count - 1]. Throws Damage if there are fewer. */
  read(out: Uint32Array, count: number): void {
    for (let done = 0; done < count;) {
      if (this.left === 0) this.nextRun();
      const some = Math.min(this.left, count - done);
      if (!this.packed) out.fill(this.repeated, done, done + some);
      else if (this.width <= 24) this.unpack(out, done, done + some);
      else this.unpackWide(out, done, done + some);
      this.left -= some;
      done += some;
    }
  }

  private nextRun(): void {
    const header = this.varint();
    this.packed = (header & 1) === 1;
    this.left = this.packed ? (header >>> 1) * 8 : header >>> 1;
    if (this.packed) {
      this.bits = this.have = 0;
      return;
    }
    const width = (this.width + 7) >>> 3;
    if (this.at + width > this.end) throw tooShort();
    let value = 0;
    for (let byte = 0; byte < width; byte++) value |= this.bytes[this.at++] << (8 * byte);
    this.repeated = value >>> 0;
  }

  private unpack(out: Uint32Array, from: number, to: number): void {
    const { bytes, width } = this;
    const mask = (1 << width) - 1;
    let { at, bits, have } = this;
    if (at + (((to - from) * width - have + 7) >> 3) > this.end) throw tooShort();
    for (let i = from; i < to; i++) {
      while (have < width) {
        bits |= bytes[at++] << have;
        have += 8;
      }
      out[i] = bits & mask;
      bits >>>= width;
      have -= width;
    }
    [this.at, this.bits, this.have] = [at, bits, have];
  }

  /** Numbers of 25 to 32 bits need more than 32 bits at a time. */
  private unpackWide(out: Uint32Array, from: number, to: number): void {
    const over = 2 ** this.width;
    for (let i = from; i < to; i++) {
      while (this.have < this.width) {
        if (this.at >= this.end) throw tooShort();
        this.bits += this.bytes[this.at++] * 2 ** this.have;
        this.have += 8;
      }
      out[i] = this.bits % over;
      this.bits = Math.floor(this.bits / over);
      this.have -= this.width;
    }
  }

  private varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.at >= this.end) throw tooShort();
      const byte = this.bytes[this.at++];
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new Damage('a run has no length');
  }
}

const tooShort = () => new Damage('a page ends before its values do');
