/**
 * Results of a device that computes while this process continues: they are waited for in turn, with so many outstanding
 * that the device need not wait for the process, and no more. With none outstanding, each is waited for at once.
 */
export class Pipeline<T> {
  private readonly outstanding: number;
  private readonly take: (result: T, milliseconds: number) => void;
  private readonly waiting: { readonly start: number; readonly result: Promise<T> }[] = [];
  private lastEnd = 0;

  /** `take` gets every result with the time it took: from its start, or from the end of the one before, to its end. */
  constructor(outstanding: number, take: (result: T, milliseconds: number) => void) {
    this.outstanding = outstanding;
    this.take = take;
  }

  /** `start`: when its work began to be asked for, by performance.now(). */
  async add(start: number, result: Promise<T>): Promise<void> {
    result.catch(() => {}); // it is thrown where it is waited for
    this.waiting.push({ start, result });
    while (this.waiting.length > this.outstanding) await this.next();
  }

  async finish(): Promise<void> {
    while (this.waiting.length > 0) await this.next();
  }

  private async next(): Promise<void> {
    const { start, result } = this.waiting.shift()!;
    const value = await result;
    const end = performance.now();
    this.take(value, end - Math.max(start, this.lastEnd));
    this.lastEnd = end;
  }
}
