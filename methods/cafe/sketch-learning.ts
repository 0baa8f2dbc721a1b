import { none } from '../../harness/contract/backend.ts';
import type { Step } from '../../harness/contract/method.ts';
import type { Remembered, StepMemory } from '../../harness/contract/step-memory.ts';
import { HotSketch, type Sketch } from './hot-sketch.ts';
import { type Importance, importanceOf } from '../shared/dedicated-rows/importance.ts';
import type { SketchState } from './sketch-state.ts';
import { StagedSketch } from './staged-sketch.ts';
import type { DedicatedRows } from '../shared/dedicated-rows/dedicated-rows.ts';

export interface SketchLearningRules {
  readonly importance: Importance;
  /** Threshold in mean lookups, at first where it rises. */
  readonly threshold: number;
  /** True if the threshold rises so that the rows suffice. */
  readonly rises: boolean;
  readonly decay: number;
  /** `rank`: scores do not decay, and rows change hands when the threshold rises. */
  readonly evict: 'decay' | 'rank';
  /** True if what the optimizer knows of a hashed row goes along with an id that gets a row. */
  readonly keepState: boolean;
}

/** Importance that is added between two decays, in thresholds per row (the authors' code). */
const thresholdsPerDecay = 10;

/** Updates a sketch, and moves the rows it gives away, as training continues. */
export class SketchLearning implements StepMemory {
  private readonly owned: DedicatedRows;
  private readonly state: () => SketchState;
  private readonly rules: SketchLearningRules;
  private sketch: Sketch | undefined;
  /** Importance since the last decay. */
  private added = 0;

  constructor(dedicatedRows: DedicatedRows, state: () => SketchState, rules: SketchLearningRules) {
    this.owned = dedicatedRows;
    this.state = state;
    this.rules = rules;
  }

  /** Starts with an empty sketch. */
  begin(): void {
    const { threshold, evict } = this.rules;
    const state = this.state();
    const rules = { hotRows: this.owned.shape.dedicated, threshold };
    const plain = evict === 'decay' && state.frontBuckets === 0;
    this.sketch = plain ? new HotSketch(state, rules) : new StagedSketch(state, rules);
    this.added = 0;
  }

  read(): Remembered {
    return this.sketch === undefined ? {} : { added: this.added, ...this.sketch.read() };
  }

  write(remembered: Remembered): void {
    if (remembered.added === undefined) return;
    this.begin();
    this.sketch!.write(remembered);
    this.added = remembered.added as number;
  }

  async learn(step: Step): Promise<void> {
    const { owned: dedicatedRows, rules, sketch } = this;
    if (sketch === undefined) throw new Error('a sketch learns from steps of a training that it saw begin');
    const weights = await importanceOf(step, rules.importance);
    const keys = dedicatedRows.numbers.keysOf(step.ids, step.counted);
    for (let at = 0; at < keys.length; at++) {
      if (keys[at] === none) continue;
      sketch.add(keys[at], weights[at]);
      this.added += weights[at];
    }
    if (rules.rises && sketch.crowded) sketch.fitThreshold();
    if (
      rules.evict === 'decay' &&
      this.added > thresholdsPerDecay * dedicatedRows.shape.dedicated * sketch.threshold
    ) {
      sketch.decay(rules.decay);
      this.added = 0;
    }
    const { ids, rows } = sketch.promote();
    await dedicatedRows.promote(step, ids, rows, rules.keepState);
  }
}
