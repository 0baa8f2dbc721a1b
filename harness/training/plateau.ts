import type { TrainingPractice } from '../contract/training-practice.ts';

/** The learning rate is divided on plateaus down to this share of itself. FuxiCTR ends at 1e-6 from 1e-3, which is the same. */
export const plateauFloor = 1e-3;

export interface PlateauState {
  readonly factor: number;
  /** Epochs in a row without gain. */
  readonly failures: number;
  readonly best?: number;
}

/** Epochs without a better validation AUC, and their consequences: a lower rate, the end of the stage. */
export class Plateau {
  /** The factor on the learning rate that epochs without gain have left. */
  factor: number;
  private readonly practice: Pick<TrainingPractice, 'patience' | 'reduceOnPlateau'>;
  private best: number | undefined;
  private failures: number;

  /** `before`: the factor of the stage before, where its network continues; or how far this stage has come in another process. */
  constructor(
    practice: Pick<TrainingPractice, 'patience' | 'reduceOnPlateau'>,
    before: PlateauState = { factor: 1, failures: 0 },
  ) {
    this.practice = practice;
    this.factor = before.factor;
    this.failures = before.failures;
    this.best = before.best;
  }

  get state(): PlateauState {
    const { factor, failures, best } = this;
    return { factor, failures, ...(best !== undefined && { best }) };
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
