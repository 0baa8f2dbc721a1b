import type { ReplayableStep, TapedStep } from '../../harness/contract/step-replay.ts';
import type { Inputs } from './inputs.ts';

/** The calls of one step, as a backend keeps them, and the memory that they work on. */
export interface StepRecording {
  /** True while all memory outside the step is as it was, and nobody else has the step's. */
  readonly usable: boolean;
  /** True once memory outside the step is gone: a variable has another place, say. */
  readonly isOutdated: boolean;
  /** Bytes that it keeps beside the memory of steps. */
  readonly bytes: number;
  /**
   * Called before the next step is recorded: takes note of arrays that were changed since. Between steps a method may change an array that
   * its calls read: calls that are made again read the new numbers, as the tape does.
   */
  noteChanges(): void;
  /** The first difference from another step that would matter if that one's calls were made for other batches; undefined if there is none. */
  differenceFrom(other: this): string | undefined;
  /** Gives back what it holds for replays. */
  dispose(): void;
}

/** A step that was recorded, with what the trainer knows after it. */
export interface RecordedStep {
  readonly recording: StepRecording;
  readonly memo: unknown;
  /** A copy: the batch's own may be overwritten by the next. */
  readonly ids: Uint32Array;
}

/** A backend's way to record steps and to make their calls again. */
export interface StepRecorder<Step extends RecordedStep> {
  /** Called before each step: memory that others have done with is free from here on. */
  begin(): void;
  /** Runs a step on the tape. Returns what it was, or the reason why its calls cannot be made again. */
  record<Memo>(
    step: ReplayableStep<Memo>,
    inputs: Inputs,
  ): { readonly result: TapedStep<Memo>; readonly recorded: Step | string };
  /** Makes the calls again. Loss and tensors are the caller's. */
  replay(step: Step, inputs: Inputs): Pick<TapedStep<unknown>, 'loss' | 'left'>;
}
