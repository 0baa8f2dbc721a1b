/** The time that a stage takes, without what is no work of its own, and the memory of the processes that have trained it. */
export class StageMeter {
  private readonly start: number;
  private leftOut = 0;
  private earlier = { seconds: 0, peakRssBytes: 0 };

  /** `start`: when its tables began to be made, by performance.now(). */
  constructor(start: number) {
    this.start = start;
  }

  /** Seconds in this process and, where it goes on from another one, in that. */
  get seconds(): number {
    return this.earlier.seconds + (performance.now() - this.start - this.leftOut) / 1000;
  }

  /** The most memory that a process that trained it has held so far. */
  get peakRssBytes(): number {
    return Math.max(this.earlier.peakRssBytes, process.resourceUsage().maxRSS * 1024);
  }

  /** Leaves out the time that something takes: waiting for others, writing a checkpoint. */
  async pause<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.leftOut += performance.now() - began;
    }
  }

  /** Goes on from a process that had come as far as this one is now. What this one took to come there is left out. */
  goOnFrom(earlier: { readonly seconds: number; readonly peakRssBytes: number }): void {
    this.earlier = { ...earlier };
    this.leftOut = performance.now() - this.start;
  }
}
