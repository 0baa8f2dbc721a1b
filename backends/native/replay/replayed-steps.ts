import * as tf from '../../../tensors/index.ts';
import type {
  ReplayableStep,
  StepCounts,
  StepReplay,
  TapedStep,
} from '../../../harness/contract/step-replay.ts';
import type { NativeBackend } from '../backend.ts';
import { differenceOf } from './compare-calls.ts';
import type { Inputs } from './call-list.ts';
import { Recording } from './recording.ts';

/** Kinds of steps that are known at most, and bytes of this process that their recordings keep, but for those of the largest. */
const mostKinds = 256;
const mostBytes = 2 ** 25;
/** Pairs of steps that are compared at most before steps of a kind stay on the tape. */
const mostComparisons = 4;
/** Recordings of a kind that may be lost at most before they were of use. */
const mostLosses = 4;
/** Steps with the ids of the one before that are recorded at most. */
const mostRepeats = 16;

/** A step that was recorded, with what it left. */
interface Recorded {
  readonly recording: Recording;
  readonly loss: Float32Array;
  readonly left: readonly { readonly values: Float32Array; readonly shape: number[] }[];
  readonly memo: unknown;
  /** A copy: the batch's own may be overwritten by the next. */
  readonly ids: Uint32Array;
}

/** Steps that are expected to be the same calls. */
interface Kind {
  /** The step before, not yet known to be like the next. */
  before?: Recorded;
  /** The step that is replayed. */
  recorded?: Recorded;
  comparisons: number;
  repeats: number;
  losses: number;
  replayed: boolean;
  givenUp: boolean;
}

/** Records steps, and replays those that are the same calls as the one before. See StepReplay. */
export class ReplayedSteps implements StepReplay {
  private readonly backend: NativeBackend;
  private readonly kinds = new Map<string, Kind>();
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
    if (kind?.recorded && this.stillUsable(kind)) return this.replay(kind, kind.recorded, inputs);
    this.taped++;
    return kind === undefined || kind.givenUp ? step.tape() : this.record(kind, step, inputs);
  }

  dispose(): void {
    this.kinds.clear();
  }

  private kindOf({ kind, ids, inputs }: ReplayableStep<unknown>): Kind | undefined {
    const lengths = inputs.map((input) => (ArrayBuffer.isView(input) ? input.byteLength : typeof input));
    const name = [kind, ids.length, ...lengths].join();
    const known = this.kinds.get(name);
    if (known) return known;
    if (this.kinds.size === mostKinds || this.bytesOfOthers > mostBytes) {
      this.reason ??= `batches come in more than ${this.kinds.size} sizes`;
      return undefined;
    }
    const fresh: Kind = { comparisons: 0, repeats: 0, losses: 0, replayed: false, givenUp: false };
    this.kinds.set(name, fresh);
    return fresh;
  }

  private get bytesOfOthers(): number {
    const all = [...this.kinds.values()].map(({ recorded }) => recorded?.recording.bytes ?? 0);
    return all.reduce((sum, bytes) => sum + bytes, 0) - Math.max(0, ...all);
  }

  private stillUsable(kind: Kind): boolean {
    if (kind.recorded!.recording.usable) return true;
    delete kind.recorded;
    kind.losses = kind.replayed ? 0 : kind.losses + 1;
    kind.replayed = false;
    if (kind.losses === mostLosses) this.giveUp(kind, 'the memory of steps is used by others');
    return false;
  }

  private replay<Memo>(
    kind: Kind,
    { recording, loss, left, memo }: Recorded,
    inputs: Inputs,
  ): TapedStep<Memo> {
    recording.replay(inputs);
    kind.replayed = true;
    this.replayed++;
    return {
      loss: tf.keep(tf.scalar(loss[0])),
      left: left.length > 0 ? this.backend.adopt(left) : [],
      memo: memo as Memo,
    };
  }

  private record<Memo>(kind: Kind, { ids, tape }: ReplayableStep<Memo>, inputs: Inputs): TapedStep<Memo> {
    const { backend } = this;
    const { result, list, taken } = backend.record(inputs, tape);
    const refusal = list.refusal ?? result.varies;
    if (refusal !== undefined) {
      this.giveUp(kind, refusal);
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
    this.compare(kind, recorded);
    return { ...result, loss };
  }

  /** Keeps a recording to be replayed once it is like the one before. */
  private compare(kind: Kind, recorded: Recorded): void {
    const { before } = kind;
    kind.before = recorded;
    if (before === undefined) return;
    if (recorded.ids.length > 0 && sameIds(before.ids, recorded.ids)) {
      if (++kind.repeats === mostRepeats) this.giveUp(kind, 'every step has the same batch');
      return;
    }
    const difference = differenceOf(before.recording, recorded.recording);
    if (difference === undefined) {
      kind.recorded = recorded;
      delete kind.before;
    } else if (++kind.comparisons === mostComparisons) this.giveUp(kind, difference);
  }

  private giveUp(kind: Kind, reason: string): void {
    kind.givenUp = true;
    delete kind.before;
    delete kind.recorded;
    this.reason ??= reason;
  }
}

const sameIds = (a: Uint32Array, b: Uint32Array) => a.every((id, at) => id === b[at]);
