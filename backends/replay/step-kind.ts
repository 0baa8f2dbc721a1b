import { UserError } from '../../base/user-error.ts';
import type { RecordedStep } from './recorded-step.ts';

/** Pairs of steps that are compared at most before steps stay on the tape. */
const mostComparisons = 4;
/** Recordings that may be lost at most, one after the other, before they were of use. */
const mostLosses = 4;
/** Steps with the ids of the one before that are recorded at most. */
const mostRepeats = 16;
/** Replays before a step is recorded again to see that it is still the same, and the factor from there to the next time. */
const firstCheck = 32;
const checkFactor = 4;

/** Steps that are expected to be the same calls: recorded until two are alike, and then replayed. */
export class StepKind<Step extends RecordedStep> {
  /** The reason why its steps stay on the tape. */
  reason: string | undefined;
  /** The step before, not yet known to be like the next. */
  private before: Step | undefined;
  private recorded: Step | undefined;
  private comparisons = 0;
  private repeats = 0;
  private losses = 0;
  private replays = 0;
  private nextCheck = firstCheck;
  private isOfUse = false;

  /** The step to replay; undefined where one has to be recorded, or its memory is another's by now. */
  take(last = false): Step | undefined {
    if (this.recorded === undefined) return undefined;
    if (!this.recorded.recording.usable) {
      this.forget();
      this.lose();
      return undefined;
    }
    if (last || this.replays === this.nextCheck) return undefined;
    this.replays++;
    this.isOfUse = true;
    return this.recorded;
  }

  /** A step is about to be recorded, and will be compared with one that is known. */
  begin(): void {
    (this.recorded ?? this.before)?.recording.noteChanges();
  }

  /** Takes a step that ran on the tape. Throws a UserError if it is another one than those that were replayed. */
  add(step: Step): void {
    if (this.recorded) return this.check(this.recorded, step);
    const { before } = this;
    this.before = step;
    if (before === undefined) return;
    if (before.recording.isOutdated) return this.lose();
    if (step.ids.length > 0 && sameIds(before.ids, step.ids)) {
      if (++this.repeats === mostRepeats) this.giveUp('every step has the same batch');
      return;
    }
    const difference = before.recording.differenceFrom(step.recording);
    if (difference === undefined) {
      this.recorded = step;
      this.before = undefined;
    } else if (++this.comparisons === mostComparisons) this.giveUp(difference);
  }

  /** A step cannot be made again. Throws a UserError if others like it were replayed: they were not what they are meant to be. */
  refuse(reason: string): void {
    if (this.replays > 0) throw changed(reason);
    this.giveUp(reason);
  }

  private giveUp(reason: string): void {
    this.reason = reason;
    this.before = undefined;
    this.forget();
  }

  /** Forgets the step that is replayed. */
  forget(): void {
    this.recorded?.recording.dispose();
    this.recorded = undefined;
  }

  /** Bytes that recordings keep beside the memory of steps. */
  get bytes(): number {
    return this.recorded?.recording.bytes ?? 0;
  }

  /** A recording was lost. */
  private lose(): void {
    this.losses = this.isOfUse ? 0 : this.losses + 1;
    this.isOfUse = false;
    if (this.losses === mostLosses) this.giveUp('the memory of steps is used by others');
  }

  private check(known: Step, step: Step): void {
    const difference = known.recording.differenceFrom(step.recording);
    if (difference !== undefined) throw changed(difference);
    this.forget();
    this.recorded = step;
    this.nextCheck *= checkFactor;
  }
}

function changed(what: string): UserError {
  return new UserError(
    `training steps have changed while they were replayed (${what}): the method's embed() has to ask ` +
      'training.reached, or to use computedTensor (CONTRIBUTING.md, "Add a method")',
  );
}

const sameIds = (a: Uint32Array, b: Uint32Array) => a.every((id, at) => id === b[at]);
