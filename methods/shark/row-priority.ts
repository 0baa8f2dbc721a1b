import type { IdMap } from '../../harness/contract/indices.ts';
import type { Step } from '../../harness/contract/method.ts';

export interface PriorityRule {
  /** Worth of a look-up by a positive sample; one by a negative sample is worth 1. */
  readonly positive: number;
  /** Share of a priority that an update takes away. */
  readonly decay: number;
  /** Updates in a training. */
  readonly updates: number;
}

/**
 * Priorities of ids: at each update P ← (1 − β) P + β (α c⁺ + c⁻), with the look-ups since the update before by positive and by negative
 * samples. An id keeps the number of the update in which it was last seen, so that no update passes over all ids. They live in
 * two maps of a word per id, which the harness saves and restores with the rest of the training.
 */
export class RowPriorities {
  private readonly priorities: () => Float32Array;
  private readonly seen: () => Uint32Array;
  private readonly rule: PriorityRule;

  constructor([priorities, seen]: readonly [IdMap, IdMap], rule: PriorityRule) {
    this.priorities = () => new Float32Array(priorities.values.buffer);
    this.seen = () => seen.values;
    this.rule = rule;
  }

  /** The look-ups of an update, `offsets`: first row of each field. Without labels all are negative. */
  count(
    { ids, counted, labels, index, steps }: Pick<Step, 'ids' | 'counted' | 'labels' | 'index' | 'steps'>,
    offsets: readonly number[],
  ): void {
    // prettier-ignore
    const { positive, decay, updates } = this.rule;
    const [priorities, seen] = [this.priorities(), this.seen()];
    if (index === 0) for (const words of [priorities, seen]) words.fill(0); // what an earlier training left
    const label = labels?.();
    const update = Math.floor((index * updates) / steps);
    const fields = offsets.length;
    for (let at = 0, field = 0; at < ids.length; at++, field = field + 1 === fields ? 0 : field + 1) {
      if (counted?.[at] === 0) continue;
      const row = offsets[field] + ids[at];
      if (seen[row] !== update) {
        priorities[row] *= (1 - decay) ** (update - seen[row]);
        seen[row] = update;
      }
      priorities[row] += decay * (label !== undefined && label[at] > 0 ? positive : 1);
    }
  }

  /** Priorities of all rows as of the last update. */
  atEnd(): Float32Array {
    const { decay, updates } = this.rule;
    const [priorities, seen] = [this.priorities(), this.seen()];
    return Float32Array.from(priorities, (priority, row) => priority * (1 - decay) ** (updates - 1 - seen[row])); // prettier-ignore
  }
}
