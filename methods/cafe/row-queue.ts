/** Rows that are free, in the order in which they became so: at first 0, 1, ... */
export class RowQueue {
  private readonly rows: Uint32Array;
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

  put(row: number): void {
    this.rows[(this.first + this.count++) % this.rows.length] = row;
  }
}
