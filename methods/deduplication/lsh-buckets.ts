/** So many are compared with at most in each table, the latest ones: where more agree, blocks lie dense. */
const maxCompared = 8;

/** Blocks by keys, one of each hash table. */
export class Buckets {
  private readonly tables: number;
  private readonly mask: number;
  private readonly heads: Int32Array;
  private readonly nexts: Int32Array;
  private readonly keys: Uint32Array;

  constructor(count: number, tables: number) {
    this.tables = tables;
    const slots = 2 ** Math.ceil(Math.log2(Math.max(2, count)));
    this.mask = slots - 1;
    this.heads = new Int32Array(tables * slots).fill(-1);
    this.nexts = new Int32Array(tables * count);
    this.keys = new Uint32Array(tables * count);
  }

  add(keys: Uint32Array, block: number): void {
    const { tables } = this;
    for (let table = 0; table < tables; table++) {
      const slot = table * (this.mask + 1) + (keys[table] & this.mask);
      const entry = block * tables + table;
      this.keys[entry] = keys[table];
      this.nexts[entry] = this.heads[slot];
      this.heads[slot] = block;
    }
  }

  /** The first that `isNear`; those for which it knows no answer are not counted as compared. */
  find(keys: Uint32Array, isNear: (block: number) => boolean | undefined): number | undefined {
    const { tables } = this;
    for (let table = 0; table < tables; table++) {
      let compared = 0;
      let block = this.heads[table * (this.mask + 1) + (keys[table] & this.mask)];
      for (; block >= 0 && compared < maxCompared; block = this.nexts[block * tables + table]) {
        if (this.keys[block * tables + table] !== keys[table]) continue;
        const near = isNear(block);
        if (near === true) return block;
        if (near === false) compared++;
      }
    }
    return undefined;
  }
}
