/** Values of a column as the file stores them, without nulls and before they have a meaning. */
export type Cells = NumberCells | BigInt64Array | ByteCells;

export type NumberCells = Int32Array | Uint32Array | Float32Array | Float64Array | Uint8Array;

/** Texts and other values of bytes: value i is bytes[starts[i], ends[i]). */
export class ByteCells {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;

  constructor(bytes: Uint8Array, starts: Uint32Array, ends: Uint32Array) {
    this.bytes = bytes;
    this.starts = starts;
    this.ends = ends;
  }

  get length(): number {
    return this.starts.length;
  }

  subarray(from: number, to: number): ByteCells {
    return new ByteCells(this.bytes, this.starts.subarray(from, to), this.ends.subarray(from, to));
  }

  /** The bytes of value i as a view. */
  at(i: number): Uint8Array {
    return this.bytes.subarray(this.starts[i], this.ends[i]);
  }
}

/** The values of a page, a part at a time. Throws Damage where the page has fewer. */
export interface CellReader {
  read(count: number): Cells;
}

/** All values are there already. */
export function allAtOnce(cells: Cells, damage: () => Error): CellReader {
  let done = 0;
  return {
    read(count) {
      if (done + count > cells.length) throw damage();
      done += count;
      return cells.subarray(done - count, done);
    },
  };
}
