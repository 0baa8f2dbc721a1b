import * as tf from '../../tensors/index.ts';
import { readAndDispose } from '../measuring/read-and-dispose.ts';

/** The mean loss of the samples of one training step. */
export interface StepLoss {
  readonly size: number;
  readonly loss: number;
}

/** Training steps whose losses are read together. */
export class StepGroup {
  /** When its first step was asked for, by performance.now(). */
  start = 0;
  private readonly sizes: number[] = [];
  private readonly tensors: tf.Scalar[] = [];

  get steps(): number {
    return this.sizes.length;
  }

  add(size: number, step: () => tf.Scalar): void {
    if (this.steps === 0) this.start = performance.now();
    this.sizes.push(size);
    this.tensors.push(step());
  }

  /** Disposes the tensors. */
  async losses(): Promise<StepLoss[]> {
    const { sizes, tensors } = this;
    const all = tensors.length === 1 ? tensors[0] : tf.stack(tensors);
    if (tensors.length > 1) tf.dispose(tensors);
    const losses = await readAndDispose(all);
    return sizes.map((size, i) => ({ size, loss: losses[i] }));
  }
}
