export interface Comparison {
  readonly name: string;
  /** The largest difference, relative where the number is above 1. */
  readonly error: number;
  /** Sentences about what should be equal and is not. */
  readonly unlike: readonly string[];
}

/** Collects by how much numbers differ from those of the reference, and what is another than it should be. */
export class Differences {
  /** The largest difference, relative where the number is above 1. */
  error = 0;
  /** Sentences about what should be equal and is not. */
  readonly unlike: string[] = [];

  differ(found: ArrayLike<number>, expected: readonly number[], what: string): void {
    if (found.length !== expected.length)
      this.unlike.push(`${what}: ${found.length} numbers, ${expected.length} of the reference`);
    expected.forEach((number, i) => {
      const off = Math.abs(found[i] - number) / Math.max(1, Math.abs(number));
      this.error = Math.max(this.error, Number.isNaN(off) ? Infinity : off);
    });
  }

  same(found: unknown, expected: unknown, what: string): void {
    const [ours, theirs] = [JSON.stringify(found), JSON.stringify(expected)];
    if (ours !== theirs) this.unlike.push(`${what}: ${ours} is not ${theirs}`);
  }
}
