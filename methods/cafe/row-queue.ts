import type { Remembered, StepMemory } from '../../harness/contract/step-memory.ts';

/** Rows that are free, in the order in which they became so: at first 0, 1, ... */
export class RowQueue implements StepMemory {
  private rows: Uint32Array;
  private first = 0;
  private count: number;

  constructor(rows: number) {
    this.rows = Uint32Array.from({ length: rows }, (_, row) => row);
    this.count = rows;
  }

  get empty(): boolean {
    return this.count === 0;
  }

  /** The row that has been free for longest. There is one. */
  take(): number {
    const row = this.rows[this.first];
    this.first = (this.first + 1) % this.rows.length;
    this.count--;
    return row;
  }

  read(): Remembered {
    return { freeRows: this.rows, firstFree: this.first, countFree: this.count };
  }

  write({ freeRows, firstFree, countFree }: Remembered): void {
    this.rows = freeRows as Uint32Array;
    [this.first, this.count] = [firstFree, countFree] as number[];
  }

  put(row: number): void {
    this.rows[(this.first + this.count++) % this.rows.length] = row;
  }
}
