import type {
  ReplayableStep,
  StepCounts,
  StepReplay,
  TapedStep,
} from '../../harness/contract/step-replay.ts';
import type { Inputs } from './inputs.ts';
import type { RecordedStep, StepRecorder } from './recorded-step.ts';
import { StepKind } from './step-kind.ts';

/** Kinds of steps that are known at most, and bytes that their recordings keep beside the memory of steps, but for those of the largest. */
const mostKinds = 256;
const mostBytes = 2 ** 25;

/** Records steps, and replays those that are the same calls as the one before. See StepReplay. */
export class ReplayedSteps<Step extends RecordedStep> implements StepReplay {
  private readonly recorder: StepRecorder<Step>;
  private readonly kinds = new Map<string, StepKind<Step>>();
  private replayed = 0;
  private taped = 0;
  private reason: string | undefined;

  constructor(recorder: StepRecorder<Step>) {
    this.recorder = recorder;
  }

  get counts(): StepCounts {
    const { replayed, taped, reason } = this;
    return { replayed, taped, ...(reason !== undefined && { reason }) };
  }

  run<Memo>(step: ReplayableStep<Memo>): TapedStep<Memo> {
    this.recorder.begin();
    const kind = this.kindOf(step);
    const inputs = { values: [step.ids, ...step.inputs], rate: step.rate };
    const recorded = kind?.take(step.last);
    if (recorded) {
      this.replayed++;
      return { ...this.recorder.replay(recorded, inputs), memo: recorded.memo as Memo };
    }
    this.taped++;
    if (kind === undefined || kind.reason !== undefined) return step.tape();
    const result = this.record(kind, step, inputs);
    this.reason ??= kind.reason;
    return result;
  }

  dispose(): void {
    for (const kind of this.kinds.values()) kind.forget();
    this.kinds.clear();
  }

  private kindOf({ kind, ids, inputs }: ReplayableStep<unknown>): StepKind<Step> | undefined {
    const lengths = inputs.map((input) => (ArrayBuffer.isView(input) ? input.byteLength : typeof input));
    const name = [kind, ids.length, ...lengths].join();
    const known = this.kinds.get(name);
    if (known) return known;
    if (this.kinds.size === mostKinds || this.bytesOfOthers > mostBytes) {
      this.reason ??= `batches come in more than ${this.kinds.size} sizes`;
      return undefined;
    }
    const fresh = new StepKind<Step>();
    this.kinds.set(name, fresh);
    return fresh;
  }

  private get bytesOfOthers(): number {
    const all = [...this.kinds.values()].map(({ bytes }) => bytes);
    return all.reduce((sum, bytes) => sum + bytes, 0) - Math.max(0, ...all);
  }

  private record<Memo>(kind: StepKind<Step>, step: ReplayableStep<Memo>, inputs: Inputs): TapedStep<Memo> {
    kind.begin();
    const { result, recorded } = this.recorder.record(step, inputs);
    if (typeof recorded === 'string') kind.refuse(recorded);
    else kind.add(recorded);
    return result;
  }
}
