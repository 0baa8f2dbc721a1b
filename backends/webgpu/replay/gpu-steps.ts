/// <reference types="@webgpu/types" />
import * as tf from '../../../tensors/index.ts';
import type { ReplayableStep, TapedStep } from '../../../harness/contract/step-replay.ts';
import type { Inputs } from '../../replay/inputs.ts';
import type { RecordedStep, StepRecorder } from '../../replay/recorded-step.ts';
import type { GpuBackend } from '../backend.ts';
import { GpuRecording } from './recording.ts';

/** Memory where a step leaves numbers. */
interface Left {
  readonly buffer: GPUBuffer;
  readonly shape: number[];
}

interface GpuStep extends RecordedStep {
  readonly recording: GpuRecording;
  readonly loss: Left;
  readonly left: readonly Left[];
}

/** Records steps as commands for the device, and gives these again, without tfjs's tape, tensors and uniform buffers. */
export class GpuSteps implements StepRecorder<GpuStep> {
  private readonly backend: GpuBackend;

  constructor(backend: GpuBackend) {
    this.backend = backend;
  }

  /** tfjs gives memory back once what was asked for is handed to the device. */
  begin(): void {
    this.backend.submit();
  }

  record<Memo>({ ids, tape }: ReplayableStep<Memo>, inputs: Inputs) {
    const { backend } = this;
    // Lists of pooled values come as they are: no program takes them, so that tensors made of one batch's lists would look like constants.
    if (inputs.values.some((value) => Array.isArray(value)))
      return { result: tape(), recorded: 'fields are pooled' };
    const { result, list, taken } = backend.record(inputs, tape);
    const refusal = list.refusal ?? result.varies;
    if (refusal !== undefined) return { result, recorded: refusal };
    const placeOf = (tensor: tf.Tensor): Left => ({
      ...{ buffer: backend.bufferOf(tensor, 'read'), shape: tensor.shape },
    });
    const [loss, left] = [placeOf(result.loss), result.left.map(placeOf)];
    const recording = new GpuRecording(backend, list, taken);
    // The loss may live on while the next step runs: in memory of its own, the step's stays free.
    const kept = this.copyOf(loss);
    result.loss.dispose();
    const recorded: GpuStep = { recording, memo: result.memo, ids: ids.slice(), loss, left };
    return { result: { ...result, loss: kept as tf.Scalar }, recorded };
  }

  replay({ recording, loss, left }: GpuStep, inputs: Inputs): Pick<TapedStep<unknown>, 'loss' | 'left'> {
    recording.replay(inputs);
    const copies = [loss, ...left].map((one) => this.copyOf(one));
    this.backend.submit();
    return { loss: copies[0] as tf.Scalar, left: copies.slice(1) };
  }

  /** A tensor of the same numbers, in memory that no step has. */
  private copyOf({ buffer, shape }: Left): tf.Tensor {
    const { backend } = this;
    const copy = backend.outputApart(shape);
    backend.copy(buffer, 0, backend.bufferOf(copy, 'read_write'), 0, 4 * tf.util.sizeFromShape(shape));
    return tf.keep(tf.engine().makeTensorFromTensorInfo(copy));
  }
}
