import type { TrainingPlace } from '../contract/method.ts';

/** The place of the step that runs, as methods see it; it notes what they ask. */
export class TrainingClock implements TrainingPlace {
  static at(index: number, steps: number): TrainingClock {
    const clock = new TrainingClock();
    clock.set(index, steps);
    return clock;
  }

  steps = Infinity;
  /** True if embed() has read the number of the step that was watched last, so that steps differ. */
  indexWasRead = false;
  readonly counter = new Float64Array(1);
  private watching = false;
  /** Steps from which on embed() is another one. */
  private readonly turns = new Set<number>();

  /** Goes on to a step. */
  set(index: number, steps: number): void {
    this.counter[0] = index;
    this.steps = steps;
  }

  get index(): number {
    if (this.watching) this.indexWasRead = true;
    return this.counter[0];
  }

  reached(step: number): boolean {
    this.turns.add(step);
    return this.counter[0] >= step;
  }

  /** Between two turns that are known so far, steps are of one phase. */
  get phase(): number {
    let passed = 0;
    for (const turn of this.turns) if (this.counter[0] >= turn) passed++;
    return passed;
  }

  /** Runs a part of a step whose calls are recorded. */
  watch<T>(part: () => T): T {
    this.indexWasRead = false;
    return this.whileWatching(true, part);
  }

  /** Runs what runs again in every step. */
  unwatched<T>(part: () => T): T {
    return this.whileWatching(false, part);
  }

  private whileWatching<T>(watching: boolean, part: () => T): T {
    const before = this.watching;
    this.watching = watching;
    try {
      return part();
    } finally {
      this.watching = before;
    }
  }
}
