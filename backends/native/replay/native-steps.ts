import * as tf from '../../../tensors/index.ts';
import type { ReplayableStep, TapedStep } from '../../../harness/contract/step-replay.ts';
import type { Inputs } from '../../replay/inputs.ts';
import type { RecordedStep, StepRecorder } from '../../replay/recorded-step.ts';
import type { NativeBackend } from '../backend.ts';
import { Recording } from './recording.ts';

/** A step of calls of the add-on, with the numbers that it left. */
interface NativeStep extends RecordedStep {
  readonly recording: Recording;
  readonly loss: Float32Array;
  readonly left: readonly { readonly values: Float32Array; readonly shape: number[] }[];
}

/** Records steps as calls of the add-on, and makes these again. */
export class NativeSteps implements StepRecorder<NativeStep> {
  private readonly backend: NativeBackend;

  constructor(backend: NativeBackend) {
    this.backend = backend;
  }

  /** The pool has memory back at once. */
  begin(): void {}

  record<Memo>({ ids, tape }: ReplayableStep<Memo>, inputs: Inputs) {
    const { backend } = this;
    const { result, list, taken } = backend.record(inputs, tape);
    const refusal = list.refusal ?? result.varies;
    if (refusal !== undefined) return { result, recorded: refusal };
    const { left, memo } = result;
    const recorded: NativeStep = {
      ...{ recording: new Recording(backend, list, taken), memo, ids: ids.slice() },
      loss: backend.floats(result.loss),
      left: left.map((tensor) => ({ values: backend.floats(tensor), shape: tensor.shape })),
    };
    // The loss may live on while the next step runs: in memory of its own, the step's stays free.
    const loss = tf.keep(tf.scalar(recorded.loss[0]));
    result.loss.dispose();
    return { result: { ...result, loss }, recorded };
  }

  replay({ recording, loss, left }: NativeStep, inputs: Inputs): Pick<TapedStep<unknown>, 'loss' | 'left'> {
    recording.replay(inputs);
    return {
      loss: tf.keep(tf.scalar(loss[0])),
      left: left.length > 0 ? this.backend.adopt(left) : [],
    };
  }
}
