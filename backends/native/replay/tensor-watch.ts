import type { CallArray } from './call-list.ts';

/** The numbers of a tensor, and whether they are the tensor's no more. */
export interface Watched {
  released: boolean;
}

/** Tells of arrays that were a tensor's when a step was recorded whether they still are. */
export class TensorWatch {
  private readonly watched = new WeakMap<CallArray, Watched>();

  watch(array: CallArray): Watched {
    const known = this.watched.get(array);
    if (known && !known.released) return known;
    const watched = { released: false };
    this.watched.set(array, watched);
    return watched;
  }

  /** The tensor of these numbers is disposed. */
  release(array: CallArray): void {
    const watched = this.watched.get(array);
    if (watched) watched.released = true;
  }
}
