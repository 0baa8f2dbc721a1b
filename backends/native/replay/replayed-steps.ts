import * as tf from '../../../tensors/index.ts';
import type {
  ReplayableStep,
  StepCounts,
  StepReplay,
  TapedStep,
} from '../../../harness/contract/step-replay.ts';
import type { NativeBackend } from '../backend.ts';
import type { Inputs } from './call-list.ts';
import { Recording } from './recording.ts';
import { type Recorded, StepKind } from './step-kind.ts';

/** Kinds of steps that are known at most, and bytes of this process that their recordings keep, but for those of the largest. */
const mostKinds = 256;
const mostBytes = 2 ** 25;

/** Records steps, and replays those that are the same calls as the one before. See StepReplay. */
export class ReplayedSteps implements StepReplay {
  private readonly backend: NativeBackend;
  private readonly kinds = new Map<string, StepKind>();
  private replayed = 0;
  private taped = 0;
  private reason: string | undefined;

  constructor(backend: NativeBackend) {
    this.backend = backend;
  }

  get counts(): StepCounts {
    const { replayed, taped, reason } = this;
    return { replayed, taped, ...(reason !== undefined && { reason }) };
  }

  run<Memo>(step: ReplayableStep<Memo>): TapedStep<Memo> {
    const kind = this.kindOf(step);
    const inputs = { values: [step.ids, ...step.inputs], rate: step.rate };
    const recorded = kind?.take();
    if (recorded) return this.replay(recorded, inputs);
    this.taped++;
    if (kind === undefined || kind.reason !== undefined) return step.tape();
    const result = this.record(kind, step, inputs);
    this.reason ??= kind.reason;
    return result;
  }

  dispose(): void {
    this.kinds.clear();
  }

  private kindOf({ kind, ids, inputs }: ReplayableStep<unknown>): StepKind | undefined {
    const lengths = inputs.map((input) => (ArrayBuffer.isView(input) ? input.byteLength : typeof input));
    const name = [kind, ids.length, ...lengths].join();
    const known = this.kinds.get(name);
    if (known) return known;
    if (this.kinds.size === mostKinds || this.bytesOfOthers > mostBytes) {
      this.reason ??= `batches come in more than ${this.kinds.size} sizes`;
      return undefined;
    }
    const fresh = new StepKind();
    this.kinds.set(name, fresh);
    return fresh;
  }

  private get bytesOfOthers(): number {
    const all = [...this.kinds.values()].map(({ bytes }) => bytes);
    return all.reduce((sum, bytes) => sum + bytes, 0) - Math.max(0, ...all);
  }

  private replay<Memo>({ recording, loss, left, memo }: Recorded, inputs: Inputs): TapedStep<Memo> {
    recording.replay(inputs);
    this.replayed++;
    return {
      loss: tf.keep(tf.scalar(loss[0])),
      left: left.length > 0 ? this.backend.adopt(left) : [],
      memo: memo as Memo,
    };
  }

  private record<Memo>(kind: StepKind, { ids, tape }: ReplayableStep<Memo>, inputs: Inputs): TapedStep<Memo> {
    const { backend } = this;
    kind.begin();
    const { result, list, taken } = backend.record(inputs, tape);
    const refusal = list.refusal ?? result.varies;
    if (refusal !== undefined) {
      kind.giveUp(refusal);
      return result;
    }
    const { left, memo } = result;
    const recorded: Recorded = {
      ...{ recording: new Recording(backend, list, taken), memo, ids: ids.slice() },
      loss: backend.floats(result.loss),
      left: left.map((tensor) => ({ values: backend.floats(tensor), shape: tensor.shape })),
    };
    // The loss may live on while the next step runs: in memory of its own, the step's stays free.
    const loss = tf.keep(tf.scalar(recorded.loss[0]));
    result.loss.dispose();
    kind.add(recorded);
    return { ...result, loss };
  }
}
