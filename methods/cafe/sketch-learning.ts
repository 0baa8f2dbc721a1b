import { none } from '../../harness/contract/backend.ts';
import type { Step } from '../../harness/contract/method.ts';
import { HotSketch } from './hot-sketch.ts';
import { type Importance, importanceOf } from '../shared/dedicated-rows/importance.ts';
import type { SketchState } from './sketch-state.ts';
import type { DedicatedRows } from '../shared/dedicated-rows/dedicated-rows.ts';

export interface SketchLearningRules {
  readonly importance: Importance;
  /** Threshold in mean lookups; if undefined, it rises so that the rows suffice. */
  readonly threshold?: number | undefined;
  readonly decay: number;
}

/** First threshold: an id that was seen once gets no row. */
const firstThreshold = 2;

/** Importance that is added between two decays, in thresholds per row (the authors' code). */
const thresholdsPerDecay = 10;

/** Updates a sketch, and moves the rows it gives away, as training continues. */
export class SketchLearning {
  private readonly owned: DedicatedRows;
  private readonly state: () => SketchState;
  private readonly rules: SketchLearningRules;
  private sketch: HotSketch | undefined;
  /** Importance since the last decay. */
  private added = 0;

  constructor(dedicatedRows: DedicatedRows, state: () => SketchState, rules: SketchLearningRules) {
    this.owned = dedicatedRows;
    this.state = state;
    this.rules = rules;
  }

  /** Starts with an empty sketch. */
  begin(): void {
    const { threshold = firstThreshold } = this.rules;
    this.sketch = new HotSketch(this.state(), { hotRows: this.owned.shape.dedicated, threshold });
    this.added = 0;
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
    if (rules.threshold === undefined && sketch.crowded) sketch.fitThreshold();
    if (this.added > thresholdsPerDecay * dedicatedRows.shape.dedicated * sketch.threshold) {
      sketch.decay(rules.decay);
      this.added = 0;
    }
    const { ids, rows } = sketch.promote();
    await dedicatedRows.promote(step, ids, rows);
  }
}
