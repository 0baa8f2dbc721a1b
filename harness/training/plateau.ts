import type { TrainingPractice } from '../contract/training-practice.ts';

/** The learning rate is divided on plateaus down to this share of itself. FuxiCTR ends at 1e-6 from 1e-3, which is the same. */
export const plateauFloor = 1e-3;

/** Epochs without a better validation AUC, and their consequences: a lower rate, the end of the stage. */
export class Plateau {
  /** The factor on the learning rate that epochs without gain have left. */
  factor: number;
  private readonly practice: Pick<TrainingPractice, 'patience' | 'reduceOnPlateau'>;
  private best: number | undefined;
  private failures = 0;

  /** `factor`: that of the stage before, where its network continues. */
  constructor(practice: Pick<TrainingPractice, 'patience' | 'reduceOnPlateau'>, factor = 1) {
    this.practice = practice;
    this.factor = factor;
  }

  /** Takes the validation AUC of an epoch. True if it is the best so far. */
  add(auc: number): boolean {
    const better = this.best === undefined || auc > this.best;
    if (better) {
      this.best = auc;
      this.failures = 0;
    } else {
      this.failures++;
      this.factor = Math.max(plateauFloor, this.factor / (this.practice.reduceOnPlateau ?? 1));
    }
    return better;
  }

  /** True once as many epochs in a row as `patience` brought no gain. */
  get over(): boolean {
    return this.failures >= (this.practice.patience ?? Infinity);
  }
}
