import type { Trainer } from './trainer.ts';

/** Most snapshots that a mean is made of. */
export const mostSnapshots = 8;

/**
 * The steps after which a snapshot is taken, counted from the stage's first: the last one, and others at equal distances in the
 * `window` steps that end with it, as far as they come after step `from`.
 */
export function snapshotSteps(from: number, to: number, window: number): ReadonlySet<number> {
  const steps = Math.min(to - from, Math.max(1, Math.round(window)));
  const count = Math.min(mostSnapshots, steps);
  return new Set(Array.from({ length: count }, (_, i) => to - Math.floor((i * steps) / count)));
}

/**
 * The mean of a trainer's weights and rows over snapshots of the end of an epoch: Polyak and Juditsky, SIAM J. Control Optim. 30 (1992);
 * Izmailov et al., UAI 2018. Any method's rows are averaged as they are stored in training. It is kept in this process, in as many bytes
 * as the weights and rows; what is the same in all snapshots stays so bit by bit.
 */
export class WeightAverage {
  private readonly trainer: Trainer;
  private mean: Float32Array[] = [];
  private count = 0;
  private last: Float32Array[] | undefined;

  constructor(trainer: Trainer) {
    this.trainer = trainer;
  }

  /**
   * False where steps change what a row stands for, or round or prune it (`afterStep`): a mean of such states is none that the
   * method could be in.
   */
  static suits({ embedding: { plan } }: Trainer): boolean {
    return plan.afterStep === undefined;
  }

  /** The mean of the snapshots since it was last put in, and their number. */
  get soFar(): { readonly mean: readonly Float32Array[]; readonly count: number } {
    return { mean: this.mean, count: this.count };
  }

  /** Goes on from such a mean, which it changes. */
  goOnFrom({ mean, count }: WeightAverage['soFar']): void {
    this.mean = [...mean];
    this.count = count;
  }

  /** Takes a snapshot. */
  async take(): Promise<void> {
    const values = await this.trainer.readWeights();
    this.count++;
    if (this.count === 1) this.mean = values;
    else this.mean.forEach((mean, i) => addTo(mean, values[i], this.count));
  }

  /** Puts the mean of the snapshots in the place of the weights, and keeps those for `putBack`. The next snapshot begins another mean. */
  async putIn(): Promise<void> {
    this.last = await this.trainer.readWeights();
    this.trainer.writeWeights(this.mean);
    this.mean = [];
    this.count = 0;
  }

  /** Undoes `putIn`, so that the same mean can be put in again. */
  async takeOut(): Promise<void> {
    [this.mean, this.count] = [await this.trainer.readWeights(), 1];
    this.putBack();
  }

  /** Puts the weights back with which training goes on. */
  putBack(): void {
    if (this.last) this.trainer.writeWeights(this.last);
    this.last = undefined;
  }
}

/** Makes the mean of count - 1 values one of count. */
function addTo(mean: Float32Array, values: Float32Array, count: number): void {
  for (let i = 0; i < mean.length; i++) mean[i] += (values[i] - mean[i]) / count;
}
