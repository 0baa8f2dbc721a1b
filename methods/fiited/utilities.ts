/** Weights of additions grow until here; then all utilities are divided by them. */
const largestScale = 2 ** 40;

/**
 * Utilities of chunks, u(t) = decay * u(t - 1) + what step t adds. What is added is made larger from step to step in the place of
 * making all utilities smaller: their order is the same, and a step costs no pass over them.
 */
export class DecayedUtilities {
  /** Utilities times `scale`: in their order, and each 0 or more. */
  readonly scaled: Float32Array;
  private readonly decay: number;
  /** The factor of what is in `scaled`. */
  scale = 1;

  /** Resets what is in `scaled`. */
  constructor(scaled: Float32Array, decay: number) {
    this.scaled = scaled.fill(0);
    this.decay = decay;
  }

  /** Goes on to the next step: all utilities decay. */
  next(): void {
    this.scale /= this.decay;
    if (this.scale < largestScale) return;
    for (let i = 0; i < this.scaled.length; i++) this.scaled[i] /= this.scale;
    this.scale = 1;
  }

  add(chunk: number, utility: number): void {
    this.scaled[chunk] += utility * this.scale;
  }

  utility(chunk: number): number {
    return this.scaled[chunk] / this.scale;
  }
}

/** The form of the way from all chunks to those that are served. */
export const forms = ['linear', 'cubic'] as const;
export type Form = (typeof forms)[number];

/** Share of chunks that are kept at some point of the way: all at 0, `last` at 1. */
export function keptShare(progress: number, last: number, form: Form): number {
  const left = 1 - Math.min(1, Math.max(0, progress));
  return last + (1 - last) * (form === 'linear' ? left : left ** 3);
}
