import type { Scalar, Tensor } from '../../tensors/index.ts';

/**
 * The steps of one training. A step is the same sequence of kernel calls every time, so that a backend may record it once and make the
 * calls again on the same memory, without tfjs's tape and its tensors. The tape stays the reference: a step that was replayed leaves the
 * same bits.
 */
export interface StepReplay {
  /** One step: on the tape, or its calls again. Loss and tensors are the caller's. */
  run<Memo>(step: ReplayableStep<Memo>): TapedStep<Memo>;
  readonly counts: StepCounts;
  /** Forgets what was recorded. */
  dispose(): void;
}

/** A step as the trainer asks for it. */
export interface ReplayableStep<Memo> {
  /** Steps of one kind, whose inputs have the same lengths, are expected to be the same calls. */
  readonly kind: string;
  /** The ids of the batch: what was computed of those of one step is no constant of the next. */
  readonly ids: Uint32Array;
  /**
   * Everything else that differs from step to step, in the same places every time: arrays of numbers, or what attributes of kernels
   * refer to. Known by identity.
   */
  readonly inputs: readonly unknown[];
  /** The rate by which rows learn. Dense variables have their rates from StepNumbers. */
  readonly rate: number;
  /** True for the last step of a training: on the tape, it shows whether steps are still what was replayed. */
  readonly last?: boolean;
  readonly tape: () => TapedStep<Memo>;
}

export interface TapedStep<Memo> {
  readonly loss: Scalar;
  /** Tensors that the step leaves behind, float32. */
  readonly left: readonly Tensor[];
  /** Anything else that the trainer knows after it: the same for all steps of the same calls. */
  readonly memo: Memo;
  /** The reason why the calls of another step would be others, where the trainer knows of one. */
  readonly varies?: string;
}

/** How many steps were replayed, how many ran on the tape, and why so where it is not only to record them. */
export interface StepCounts {
  readonly replayed: number;
  readonly taped: number;
  readonly reason?: string;
}

/**
 * The numbers of an optimizer's step on a variable. The optimizer changes them before every step, whether it runs on the tape or is
 * replayed: a kernel reads them when it runs.
 */
export interface StepNumbers {
  learningRate: number;
  /** The t of Adam's corrections, from 1. */
  step: number;
}
