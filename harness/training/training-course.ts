import type { StepCounts } from '../contract/step-replay.ts';
import type { SavedTensorBytes } from '../measuring/saved-tensor-bytes.ts';
import type { Scores } from '../metrics/scores.ts';
import type { CurvePoint, LossCurveState } from './loss-curve.ts';
import type { PlateauState } from './plateau.ts';

/** The end of an epoch. */
export interface EpochResult {
  readonly validationAuc: number;
  /** The learning rate of its last step. */
  readonly learningRate: number;
}

/** How far a network's training has come in the schedule of its learning rate. */
export interface SchedulePlace {
  /** Steps since the network was fresh. */
  readonly steps: number;
  /** The factor on the learning rate that plateaus have left. */
  readonly factor: number;
}

export interface TrainResult {
  /** Scores of the validation part after the epoch that was kept; undefined if nothing was trained. */
  readonly validation: Scores | undefined;
  /** The epoch kept, from 1: the one with the best validation AUC. */
  readonly epoch: number;
  readonly steps: number;
  readonly samples: number;
  /** Samples per second of every step but the first few, which compile code and fill caches. */
  readonly rates: readonly number[];
  readonly curve: readonly CurvePoint[];
  /** Every epoch of the stage, or the part of it that the stage has, in their order. */
  readonly epochs: readonly EpochResult[];
  readonly after: SchedulePlace;
  /** True if `patience` ended it before its planned steps. */
  readonly endedEarly: boolean;
  /** How its steps ran, where the backend can replay steps. */
  readonly ran?: StepCounts;
  /** Snapshots whose mean was evaluated after the last epoch: 0 where the plan allows none. Undefined without `average`. */
  readonly snapshots: number | undefined;
}

/** The epoch that validation has liked best. */
export interface BestEpoch {
  readonly validation: Scores;
  readonly epoch: number;
}

/** How far a stage's training has come between two steps of an epoch: with a trainer in its state, it goes on from there. */
export interface TrainingCourse {
  readonly epoch: number;
  /** Steps done. */
  readonly step: number;
  readonly curve: LossCurveState;
  readonly plateau: PlateauState;
  readonly epochs: readonly EpochResult[];
  readonly best?: BestEpoch;
  readonly ran?: StepCounts;
}

/** How far a trainer has come, beside what it trains. */
export interface TrainerCourse {
  readonly steps: number;
  /** See StepOnTape and Embedding. */
  readonly held?: SavedTensorBytes;
  readonly gradientBytes: number;
  readonly rowGradientBytes: number;
}

/** Steps of two processes, one after the other. */
export function countsOf(
  before: StepCounts | undefined,
  own: StepCounts | undefined,
): StepCounts | undefined {
  if (before === undefined || own === undefined) return own;
  const reason = before.reason ?? own.reason;
  return {
    replayed: before.replayed + own.replayed,
    taped: before.taped + own.taped,
    ...(reason !== undefined && { reason }),
  };
}
